# The resources of the guide "AWS Load Balancer vs API Gateway", word for word. What the guide leaves out stands below a line "completed:",
# and what it refers to in network.tf and function.tf.

resource "aws_lambda_function" "orders" {
  function_name = "orders-fn"
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "orders.zip"
  role          = aws_iam_role.lambda_exec.arn
  # completed: without it, Terraform does not see that the zip has changed
  source_code_hash = filebase64sha256("orders.zip")
}

resource "aws_lb_target_group" "orders_tg" {
  name        = "tg-orders"
  target_type = "lambda"
}

resource "aws_lb_target_group_attachment" "orders_attach" {
  target_group_arn = aws_lb_target_group.orders_tg.arn
  target_id        = aws_lambda_function.orders.arn
  # completed: a function is only registered once the balancer may call it
  depends_on = [aws_lambda_permission.balancer]
}

resource "aws_lb" "app" {
  name               = "app-alb"
  internal           = false
  load_balancer_type = "application"
  security_groups    = [aws_security_group.alb.id]
  subnets            = aws_subnet.public[*].id
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.app.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.app.arn
  # completed: a listener says what happens to what no rule takes
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "There is nothing here."
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "orders_rule" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.orders_tg.arn
  }

  condition {
    path_pattern { values = ["/orders*"] }
  }
}
