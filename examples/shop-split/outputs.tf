output "api" {
  value = "https://${aws_apigatewayv2_domain_name.api.domain_name}"
}

output "shop" {
  value = "https://www.${var.domain}"
}
