resource "aws_iam_role" "lambda_exec" {
  name = "orders-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_lambda_permission" "balancer" {
  statement_id  = "balancer"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.orders.function_name
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.orders_tg.arn
}

# Turnpike issues it at once; AWS would ask for a DNS record of a domain that is yours. The wildcard is for the balancer's own name.
resource "aws_acm_certificate" "app" {
  domain_name               = "app.localhost"
  subject_alternative_names = ["*.us-east-1.elb.localhost"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}
