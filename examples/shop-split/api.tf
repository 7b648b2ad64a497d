# api.DOMAIN: what runs as functions and wants a gateway's checks. The catalogue is open, the session asks the authorizer.

locals {
  functions = {
    catalog    = { folder = "catalog", handler = "index.handler" }
    auth       = { folder = "auth", handler = "index.handler" }
    authorizer = { folder = "auth", handler = "authorizer.handler" }
  }
  routes = {
    "GET /products"      = { function = "catalog", authorized = false }
    "GET /products/{id}" = { function = "catalog", authorized = false }
    "POST /session"      = { function = "auth", authorized = false }
    "GET /session"       = { function = "auth", authorized = true }
  }
}

resource "aws_iam_role" "function" {
  name = "shop-function"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "shop" {
  for_each         = local.functions
  function_name    = "shop-${each.key}"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  handler          = each.value.handler
  filename         = "${each.value.folder}.zip"
  source_code_hash = filebase64sha256("${each.value.folder}.zip")
  environment {
    variables = each.key == "catalog" ? { CURRENCY = "EUR" } : { TOKEN_SECRET = var.token_secret }
  }
}

resource "aws_lambda_permission" "api" {
  for_each      = local.functions
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.shop[each.key].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.shop.execution_arn}/*"
}

resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"

  # the pages of www.DOMAIN call it
  cors_configuration {
    allow_origins = ["https://www.${var.domain}", "https://www.${var.domain}:8443"]
    allow_methods = ["GET", "POST"]
    allow_headers = ["authorization", "content-type"]
    max_age       = 300
  }
}

resource "aws_apigatewayv2_integration" "shop" {
  for_each               = toset(["catalog", "auth"])
  api_id                 = aws_apigatewayv2_api.shop.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.shop[each.value].invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_authorizer" "session" {
  api_id                            = aws_apigatewayv2_api.shop.id
  name                              = "session"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.shop["authorizer"].invoke_arn
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  authorizer_result_ttl_in_seconds  = 60
  identity_sources                  = ["$request.header.Authorization"]
}

resource "aws_apigatewayv2_route" "shop" {
  for_each           = local.routes
  api_id             = aws_apigatewayv2_api.shop.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.shop[each.value.function].id}"
  authorization_type = each.value.authorized ? "CUSTOM" : "NONE"
  authorizer_id      = each.value.authorized ? aws_apigatewayv2_authorizer.session.id : null
}

resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.shop.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 50
  }
}

resource "aws_apigatewayv2_domain_name" "api" {
  domain_name = "api.${var.domain}"
  domain_name_configuration {
    certificate_arn = aws_acm_certificate.shop.arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "api" {
  api_id      = aws_apigatewayv2_api.shop.id
  domain_name = aws_apigatewayv2_domain_name.api.id
  stage       = aws_apigatewayv2_stage.live.id
}
