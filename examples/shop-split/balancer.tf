# www.DOMAIN: what runs as servers. The front end takes everything but the orders.

data "aws_availability_zones" "all" {
  state = "available"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.all.names[count.index]
}

resource "aws_lb" "shop" {
  name               = "shop"
  load_balancer_type = "application"
  subnets            = aws_subnet.public[*].id
}

locals {
  services = {
    front  = { port = var.front_port, priority = 20, paths = ["/*"] }
    orders = { port = var.orders_port, priority = 10, paths = ["/orders", "/orders/*"] }
  }
}

resource "aws_lb_target_group" "shop" {
  for_each    = local.services
  name        = "shop-${each.key}"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id
  health_check {
    path     = "/health"
    interval = 5
    timeout  = 2
  }
}

# programs on this machine; on AWS, instances or containers of the VPC
resource "aws_lb_target_group_attachment" "shop" {
  for_each          = local.services
  target_group_arn  = aws_lb_target_group.shop[each.key].arn
  target_id         = "127.0.0.1"
  port              = each.value.port
  availability_zone = "all"
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.shop.arn
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "This is no address of the shop."
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "shop" {
  for_each     = local.services
  listener_arn = aws_lb_listener.https.arn
  priority     = each.value.priority
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shop[each.key].arn
  }
  condition {
    host_header { values = ["www.${var.domain}"] }
  }
  condition {
    path_pattern { values = each.value.paths }
  }
}

# Turnpike issues it at once; AWS would ask for a DNS record of a domain that is yours, and each host name would want one that leads to its entrance.
resource "aws_acm_certificate" "shop" {
  domain_name               = "www.${var.domain}"
  subject_alternative_names = ["api.${var.domain}"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}
