data "aws_lb" "by_arn" {
  arn = aws_lb.public.arn
  timeouts {
    read = "1m"
  }
  depends_on = [aws_lb_listener.https]
}

data "aws_lb" "by_name" {
  name = aws_lb.public.name
}

data "aws_lb" "by_tags" {
  tags = { Name = aws_lb.public.tags["Name"] }
}

data "aws_lbs" "all" {
  depends_on = [aws_lb.public, aws_lb.inner]
}

data "aws_lbs" "by_tags" {
  tags = { Name = aws_lb.public.tags["Name"] }
}

data "aws_lb_listener" "by_port" {
  load_balancer_arn = aws_lb.public.arn
  port              = aws_lb_listener.https.port
  timeouts {
    read = "1m"
  }
}

data "aws_lb_listener" "by_arn" {
  arn = aws_lb_listener.https.arn
}

data "aws_lb_listener_rule" "by_arn" {
  arn = aws_lb_listener_rule.forward.arn
}

data "aws_lb_listener_rule" "by_priority" {
  listener_arn = aws_lb_listener.https.arn
  priority     = aws_lb_listener_rule.forward.priority
}

data "aws_lb_target_group" "by_name" {
  name = aws_lb_target_group.ip.name
  timeouts {
    read = "1m"
  }
}

data "aws_lb_target_group" "by_arn" {
  arn = aws_lb_target_group.ip.arn
}

data "aws_lb_target_group" "by_tags" {
  tags = { Name = aws_lb_target_group.ip.tags["Name"] }
}

data "aws_lb_trust_store" "by_name" {
  name = aws_lb_trust_store.clients.name
}

data "aws_lb_trust_store" "by_arn" {
  arn = aws_lb_trust_store.clients.arn
}

data "aws_lb_hosted_zone_id" "here" {
  region             = "us-east-1"
  load_balancer_type = "application"
}

data "aws_elb_service_account" "here" {
  region = "us-east-1"
}

data "aws_acm_certificate" "issued" {
  domain      = aws_acm_certificate.issued.domain_name
  statuses    = ["ISSUED"]
  key_types   = ["EC_prime256v1"]
  most_recent = true
}

output "facts" {
  value = {
    zone       = data.aws_lb.by_arn.zone_id == data.aws_lb_hosted_zone_id.here.id
    balancers  = length(distinct([data.aws_lb.by_arn.arn, data.aws_lb.by_name.arn, data.aws_lb.by_tags.arn, one(data.aws_lbs.by_tags.arns), aws_lb.public.arn])) == 1
    both       = length(data.aws_lbs.all.arns)
    idle       = data.aws_lb.by_arn.idle_timeout
    listeners  = length(distinct([data.aws_lb_listener.by_port.arn, data.aws_lb_listener.by_arn.arn, aws_lb_listener.https.arn])) == 1
    rule       = data.aws_lb_listener_rule.by_arn.priority
    rules      = data.aws_lb_listener_rule.by_priority.arn == aws_lb_listener_rule.forward.arn
    path       = data.aws_lb_target_group.by_name.health_check[0].path
    groups     = length(distinct([data.aws_lb_target_group.by_name.arn, data.aws_lb_target_group.by_arn.arn, data.aws_lb_target_group.by_tags.arn])) == 1
    stores     = length(distinct([data.aws_lb_trust_store.by_name.arn, data.aws_lb_trust_store.by_arn.arn])) == 1
    revocation = aws_lb_trust_store_revocation.clients.revocation_id
    account    = data.aws_elb_service_account.here.id
    issued     = data.aws_acm_certificate.issued.arn == aws_acm_certificate.issued.arn
    validity   = aws_acm_certificate.imported.not_after
  }
}
