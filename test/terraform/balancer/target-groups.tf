resource "aws_lb_target_group" "ip" {
  name                              = "ip"
  target_type                       = "ip"
  protocol                          = "HTTP"
  protocol_version                  = "HTTP1"
  port                              = 8080
  ip_address_type                   = "ipv4"
  vpc_id                            = aws_vpc.main.id
  deregistration_delay              = var.changed ? "0" : "30"
  slow_start                        = var.changed ? 0 : 60
  load_balancing_algorithm_type     = var.changed ? "least_outstanding_requests" : "round_robin"
  load_balancing_cross_zone_enabled = var.changed ? "use_load_balancer_configuration" : "true"
  stickiness {
    enabled         = true
    type            = var.changed ? "app_cookie" : "lb_cookie"
    cookie_duration = var.changed ? 900 : 600
    cookie_name     = var.changed ? "session" : null
  }
  health_check {
    enabled             = true
    protocol            = var.changed ? "HTTPS" : "HTTP"
    port                = var.changed ? "8081" : "traffic-port"
    path                = var.changed ? "/ready?deep=1" : "/health"
    matcher             = var.changed ? "200,204" : "200-299"
    interval            = var.changed ? 20 : 10
    timeout             = var.changed ? 6 : 4
    healthy_threshold   = var.changed ? 3 : 2
    unhealthy_threshold = var.changed ? 4 : 3
  }
  target_group_health {
    dns_failover {
      minimum_healthy_targets_count      = var.changed ? "3" : "2"
      minimum_healthy_targets_percentage = var.changed ? "60" : "50"
    }
    unhealthy_state_routing {
      minimum_healthy_targets_count      = var.changed ? 2 : 1
      minimum_healthy_targets_percentage = var.changed ? "20" : "off"
    }
  }
  tags = { Name = var.changed ? "ip again" : "ip" }
}

resource "aws_lb_target_group" "instance" {
  name_prefix                       = "inst-"
  port                              = 80
  protocol                          = "HTTPS"
  vpc_id                            = aws_vpc.main.id
  load_balancing_algorithm_type     = var.changed ? "round_robin" : "weighted_random"
  load_balancing_anomaly_mitigation = var.changed ? "off" : "on"
  load_balancing_cross_zone_enabled = var.changed ? "true" : "false"
  slow_start                        = var.changed ? 30 : 0
  stickiness {
    enabled = var.changed
    type    = "lb_cookie"
  }
}

resource "aws_lb_target_group" "function" {
  name                               = "function"
  target_type                        = "lambda"
  lambda_multi_value_headers_enabled = !var.changed
  health_check {
    enabled  = !var.changed
    path     = var.changed ? "/two" : "/one"
    interval = 40
    timeout  = 20
    matcher  = "200"
  }
}

resource "aws_lb_target_group_attachment" "ip" {
  count            = var.changed ? 2 : 1
  target_group_arn = aws_lb_target_group.ip.arn
  target_id        = "10.9.0.${10 + count.index}"
  port             = 9000 + count.index
}

resource "aws_lb_target_group_attachment" "elsewhere" {
  target_group_arn  = aws_lb_target_group.ip.arn
  target_id         = "192.168.7.7"
  availability_zone = "all"
}

resource "aws_instance" "web" {
  ami           = "ami-0c101f26f147fa7fd"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.main[0].id
}

resource "aws_lb_target_group_attachment" "instance" {
  target_group_arn = aws_lb_target_group.instance.arn
  target_id        = aws_instance.web.id
}

resource "aws_iam_role" "function" {
  name               = "function"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_function" "target" {
  function_name    = "target"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "target.zip"
  source_code_hash = filebase64sha256("target.zip")
}

resource "aws_lambda_permission" "balancer" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.target.function_name
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.function.arn
}

resource "aws_lb_target_group_attachment" "function" {
  target_group_arn = aws_lb_target_group.function.arn
  target_id        = aws_lambda_function.target.arn
  depends_on       = [aws_lambda_permission.balancer]
}

# for a Network Load Balancer: its one target is a balancer that listens on its port
resource "aws_lb_target_group" "balancer" {
  name        = "balancer"
  target_type = "alb"
  protocol    = "TCP"
  port        = 8081
  vpc_id      = aws_vpc.main.id
  health_check {
    protocol            = var.changed ? "HTTPS" : "HTTP"
    port                = var.changed ? "8443" : "traffic-port"
    path                = var.changed ? "/two" : "/one"
    matcher             = var.changed ? "200,503" : "200-599"
    healthy_threshold   = var.changed ? 2 : 4
    unhealthy_threshold = var.changed ? 3 : 5
    interval            = var.changed ? 15 : 20
    timeout             = var.changed ? 6 : 7
  }
  tags = { Name = var.changed ? "balancer again" : "balancer" }
}

resource "aws_lb_target_group_attachment" "balancer" {
  target_group_arn = aws_lb_target_group.balancer.arn
  target_id        = aws_lb.public.arn
  depends_on       = [aws_lb_listener.plain]
}

# one of several in an action: none that is sticky by the application's cookie may be there
resource "aws_lb_target_group" "weighted" {
  name     = "weighted"
  protocol = "HTTP"
  port     = 8082
  vpc_id   = aws_vpc.main.id
}

# a target group serves one balancer only
resource "aws_lb_target_group" "inner" {
  name        = "inner"
  target_type = "ip"
  protocol    = "HTTP"
  port        = 8080
  vpc_id      = aws_vpc.main.id
}
