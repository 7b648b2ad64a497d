/** What two applies of one configuration differ in: everything that AWS updates in place. */
export interface Edition {
  readonly endpoint: string;
  /** `false`: as made; `true`: every argument that can be updated is another. */
  readonly changed: boolean;
}

/** Load balancing in full breadth: every argument, action, condition and kind of target group that is accepted, and the data sources that read them. */
export function balancerConfiguration({ endpoint, changed }: Edition): string {
  const either = <T>(made: T, later: T): T => (changed ? later : made);
  return `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    acm    = "${endpoint}"
    ec2    = "${endpoint}"
    elbv2  = "${endpoint}"
    iam    = "${endpoint}"
    lambda = "${endpoint}"
    sts    = "${endpoint}"
  }
  default_tags {
    tags = { owner = "${either('first', 'second')}" }
  }
}
resource "aws_vpc" "main" {
  cidr_block = "10.9.0.0/16"
}
resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}
resource "aws_subnet" "zone" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = ["us-east-1a", "us-east-1b", "us-east-1c"][count.index]
}
resource "aws_security_group" "balancer" {
  count  = 2
  name   = "balancer-\${count.index}"
  vpc_id = aws_vpc.main.id
}
resource "aws_lb" "public" {
  name                                        = "public"
  internal                                    = false
  load_balancer_type                          = "application"
  security_groups                             = ${either('[aws_security_group.balancer[0].id]', 'aws_security_group.balancer[*].id')}
  subnets                                     = ${either('slice(aws_subnet.zone[*].id, 0, 2)', 'aws_subnet.zone[*].id')}
  drop_invalid_header_fields                  = ${either(false, true)}
  preserve_host_header                        = ${either(true, false)}
  idle_timeout                                = ${either(61, 90)}
  client_keep_alive                           = ${either(3601, 7200)}
  enable_deletion_protection                  = ${either(true, false)}
  enable_http2                                = ${either(false, true)}
  enable_tls_version_and_cipher_suite_headers = ${either(true, false)}
  enable_xff_client_port                      = ${either(true, false)}
  enable_waf_fail_open                        = ${either(true, false)}
  enable_zonal_shift                          = ${either(true, false)}
  ip_address_type                             = "ipv4"
  desync_mitigation_mode                      = "${either('strictest', 'monitor')}"
  xff_header_processing_mode                  = "${either('preserve', 'remove')}"
  access_logs {
    bucket  = "${either('logs-of-first', 'logs-of-second')}"
    prefix  = "${either('one', 'two')}"
    enabled = ${either(true, false)}
  }
  connection_logs {
    bucket  = "${either('connections-of-first', 'connections-of-second')}"
    prefix  = "${either('one', 'two')}"
    enabled = ${either(true, false)}
  }
  minimum_load_balancer_capacity {
    capacity_units = ${either(200, 150)}
  }
  ipam_pools {
    ipv4_ipam_pool_id = "${either('ipam-pool-0123456789abcdef0', 'ipam-pool-0fedcba9876543210')}"
  }
  tags = { Name = "${either('public', 'public again')}" ${either('', ', more = "yes"')} }
}
resource "aws_lb" "inner" {
  name_prefix = "in-"
  internal    = true
  subnet_mapping { subnet_id = aws_subnet.zone[0].id }
  subnet_mapping { subnet_id = aws_subnet.zone[1].id }
}
resource "aws_lb_target_group" "ip" {
  name                              = "ip"
  target_type                       = "ip"
  protocol                          = "HTTP"
  protocol_version                  = "HTTP1"
  port                              = 8080
  ip_address_type                   = "ipv4"
  vpc_id                            = aws_vpc.main.id
  deregistration_delay              = "${either('30', '0')}"
  slow_start                        = ${either(60, 0)}
  load_balancing_algorithm_type     = "${either('round_robin', 'weighted_random')}"
  load_balancing_anomaly_mitigation = "${either('off', 'on')}"
  load_balancing_cross_zone_enabled = "${either('true', 'use_load_balancer_configuration')}"
  stickiness {
    enabled         = true
    type            = "${either('lb_cookie', 'app_cookie')}"
    cookie_duration = ${either(600, 900)}
    ${either('', 'cookie_name = "session"')}
  }
  health_check {
    enabled             = true
    protocol            = "${either('HTTP', 'HTTPS')}"
    port                = "${either('traffic-port', '8081')}"
    path                = "${either('/health', '/ready?deep=1')}"
    matcher             = "${either('200-299', '200,204')}"
    interval            = ${either(10, 20)}
    timeout             = ${either(4, 6)}
    healthy_threshold   = ${either(2, 3)}
    unhealthy_threshold = ${either(3, 4)}
  }
  target_group_health {
    dns_failover {
      minimum_healthy_targets_count      = "${either('2', '1')}"
      minimum_healthy_targets_percentage = "${either('50', 'off')}"
    }
    unhealthy_state_routing {
      minimum_healthy_targets_count      = ${either(1, 2)}
      minimum_healthy_targets_percentage = "${either('off', '20')}"
    }
  }
  tags = { Name = "${either('ip', 'ip again')}" }
}
resource "aws_lb_target_group" "instance" {
  name_prefix                       = "inst-"
  port                              = 80
  protocol                          = "HTTPS"
  vpc_id                            = aws_vpc.main.id
  load_balancing_algorithm_type     = "${either('least_outstanding_requests', 'round_robin')}"
  load_balancing_cross_zone_enabled = "${either('false', 'true')}"
  slow_start                        = ${either(0, 30)}
}
resource "aws_lb_target_group" "function" {
  name                               = "function"
  target_type                        = "lambda"
  lambda_multi_value_headers_enabled = ${either(true, false)}
  health_check {
    enabled  = ${either(true, false)}
    path     = "${either('/one', '/two')}"
    interval = 40
    timeout  = 20
    matcher  = "200"
  }
}
resource "aws_lb_target_group_attachment" "ip" {
  count            = ${either(1, 2)}
  target_group_arn = aws_lb_target_group.ip.arn
  target_id        = "10.9.0.\${10 + count.index}"
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
  subnet_id     = aws_subnet.zone[0].id
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
resource "aws_acm_certificate" "imported" {
  certificate_body = file("${either('one', 'two')}.pem")
  private_key      = file("${either('one', 'two')}.key")
  tags             = { Name = "${either('one', 'two')}" }
}
resource "aws_acm_certificate" "issued" {
  domain_name               = "www.example.test"
  subject_alternative_names = ["*.www.example.test"]
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"
  options {
    certificate_transparency_logging_preference = "${either('ENABLED', 'DISABLED')}"
  }
  tags = { Name = "issued" }
}
resource "aws_lb_listener" "https" {
  load_balancer_arn                    = aws_lb.public.arn
  port                                 = ${either(443, 8443)}
  protocol                             = "HTTPS"
  ssl_policy                           = "${either('ELBSecurityPolicy-TLS13-1-2-2021-06', 'ELBSecurityPolicy-2016-08')}"
  certificate_arn                      = ${either('aws_acm_certificate.imported.arn', 'aws_acm_certificate.issued.arn')}
  routing_http_response_server_enabled = ${either(false, true)}
  routing_http_response_strict_transport_security_header_value        = "${either('max-age=31536000', 'max-age=60; preload')}"
  routing_http_response_access_control_allow_origin_header_value      = "${either('https://a.example', 'https://b.example')}"
  routing_http_response_access_control_allow_methods_header_value     = "${either('GET', 'GET,POST')}"
  routing_http_response_access_control_allow_headers_header_value     = "${either('X-A', 'X-A,X-B')}"
  routing_http_response_access_control_allow_credentials_header_value = "true"
  routing_http_response_access_control_expose_headers_header_value    = "${either('X-C', 'X-D')}"
  routing_http_response_access_control_max_age_header_value           = "${either('60', '600')}"
  routing_http_response_content_security_policy_header_value          = "${either("default-src 'self'", "default-src 'none'; img-src *")}"
  routing_http_response_x_content_type_options_header_value           = "nosniff"
  routing_http_response_x_frame_options_header_value                  = "${either('DENY', 'SAMEORIGIN')}"
  routing_http_request_x_amzn_tls_version_header_name                        = "${either('X-Tls-Version', 'X-Tls-V')}"
  routing_http_request_x_amzn_tls_cipher_suite_header_name                   = "${either('X-Tls-Suite', 'X-Tls-S')}"
  routing_http_request_x_amzn_mtls_clientcert_header_name                    = "${either('X-Cert', 'X-Certificate')}"
  routing_http_request_x_amzn_mtls_clientcert_issuer_header_name             = "${either('X-Cert-Issuer', 'X-Issuer')}"
  routing_http_request_x_amzn_mtls_clientcert_leaf_header_name               = "${either('X-Cert-Leaf', 'X-Leaf')}"
  routing_http_request_x_amzn_mtls_clientcert_serial_number_header_name      = "${either('X-Cert-Serial', 'X-Serial')}"
  routing_http_request_x_amzn_mtls_clientcert_subject_header_name            = "${either('X-Cert-Subject', 'X-Subject')}"
  routing_http_request_x_amzn_mtls_clientcert_validity_header_name           = "${either('X-Cert-Validity', 'X-Validity')}"
  mutual_authentication { mode = "off" }
  default_action {
    type  = "forward"
    order = 1
    forward {
      target_group {
        arn    = aws_lb_target_group.ip.arn
        weight = ${either(80, 60)}
      }
      target_group {
        arn    = aws_lb_target_group.function.arn
        weight = ${either(20, 40)}
      }
      stickiness {
        enabled  = ${either(true, false)}
        duration = ${either(60, 120)}
      }
    }
  }
  tags = { Name = "${either('https', 'https again')}" }
}
resource "aws_lb_listener_certificate" "more" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = ${either('aws_acm_certificate.issued.arn', 'aws_acm_certificate.imported.arn')}
}
resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "${either('443', '8443')}"
      host        = "${either('#{host}', 'www.#{host}')}"
      path        = "${either('/#{path}', '/moved/#{path}')}"
      query       = "${either('#{query}', 'from=http&#{query}')}"
      status_code = "${either('HTTP_301', 'HTTP_302')}"
    }
  }
}
resource "aws_lb_listener" "fixed" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 8080
  protocol          = "HTTP"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "${either('text/plain', 'application/json')}"
      message_body = ${either('"nothing"', 'jsonencode({ nothing = true })')}
      status_code  = "${either('404', '503')}"
    }
  }
}
resource "aws_lb_listener" "plain" {
  load_balancer_arn = aws_lb.public.arn
  port              = 8081
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.instance.arn
  }
}
resource "aws_lb_listener_rule" "forward" {
  listener_arn = aws_lb_listener.https.arn
  priority     = ${either(10, 40)}
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.${either('ip', 'function')}.arn
  }
  condition {
    path_pattern { values = ${either('["/a/*", "/b?"]', '["/c/*"]')} }
  }
  condition {
    host_header { values = ${either('["www.example.test"]', '["*.example.test", "example.test"]')} }
  }
  tags = { Name = "${either('forward', 'forward again')}" }
}
resource "aws_lb_listener_rule" "weighted" {
  listener_arn = aws_lb_listener.https.arn
  priority     = ${either(20, 30)}
  action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.ip.arn
        weight = ${either(1, 3)}
      }
      target_group {
        arn    = aws_lb_target_group.function.arn
        weight = ${either(0, 1)}
      }
      stickiness {
        enabled  = ${either(false, true)}
        duration = 60
      }
    }
  }
  condition {
    http_header {
      http_header_name = "X-Ring"
      values           = ${either('["one*"]', '["one*", "two"]')}
    }
  }
  condition {
    http_request_method { values = ${either('["GET", "HEAD"]', '["POST"]')} }
  }
}
resource "aws_lb_listener_rule" "login" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 60
  action {
    type  = "authenticate-oidc"
    order = 1
    authenticate_oidc {
      authentication_request_extra_params = { prompt = "${either('login', 'consent')}" }
      authorization_endpoint              = "https://idp.example/${either('authorize', 'login')}"
      client_id                           = "${either('first', 'second')}"
      client_secret                       = "${either('secret', 'other')}"
      issuer                              = "https://idp.example"
      on_unauthenticated_request          = "${either('authenticate', 'deny')}"
      scope                               = "${either('openid', 'openid email')}"
      session_cookie_name                 = "${either('Session', 'Login')}"
      session_timeout                     = ${either(3600, 7200)}
      token_endpoint                      = "https://idp.example/token"
      user_info_endpoint                  = "https://idp.example/userinfo"
    }
  }
  action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.ip.arn
  }
  condition {
    path_pattern { values = ["/private/*"] }
  }
}
resource "aws_lb_listener_rule" "redirect" {
  listener_arn = aws_lb_listener.https.arn
  action {
    type = "redirect"
    redirect {
      host        = "${either('old.example.test', 'new.example.test')}"
      path        = "/at/#{path}"
      status_code = "HTTP_302"
    }
  }
  condition {
    query_string {
      key   = "version"
      value = "${either('1', '2')}"
    }
    query_string { value = "legacy*" }
  }
}
resource "aws_lb_listener_rule" "fixed" {
  listener_arn = aws_lb_listener.fixed.arn
  priority     = 5
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/html"
      message_body = "${either('<p>no</p>', '<p>still no</p>')}"
      status_code  = "403"
    }
  }
  condition {
    source_ip { values = ${either('["10.0.0.0/8", "2001:db8::/32"]', '["192.0.2.0/24"]')} }
  }
}
data "aws_lb" "public" {
  arn        = aws_lb.public.arn
  depends_on = [aws_lb_listener.https]
}
data "aws_lb" "named" {
  name = aws_lb.public.name
}
data "aws_lbs" "all" {
  depends_on = [aws_lb.public, aws_lb.inner]
}
data "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.public.arn
  port              = aws_lb_listener.https.port
}
data "aws_lb_listener_rule" "forward" {
  arn = aws_lb_listener_rule.forward.arn
}
data "aws_lb_target_group" "ip" {
  name = aws_lb_target_group.ip.name
}
data "aws_lb_hosted_zone_id" "here" {}
data "aws_acm_certificate" "issued" {
  domain      = aws_acm_certificate.issued.domain_name
  statuses    = ["ISSUED"]
  key_types   = ["EC_prime256v1"]
  most_recent = true
}
output "facts" {
  value = {
    zone     = data.aws_lb.public.zone_id == data.aws_lb_hosted_zone_id.here.id
    named    = data.aws_lb.named.arn == aws_lb.public.arn
    both     = length(data.aws_lbs.all.arns)
    idle     = data.aws_lb.public.idle_timeout
    listener = data.aws_lb_listener.https.arn == aws_lb_listener.https.arn
    rule     = data.aws_lb_listener_rule.forward.priority
    path     = data.aws_lb_target_group.ip.health_check[0].path
    issued   = data.aws_acm_certificate.issued.arn == aws_acm_certificate.issued.arn
    validity = aws_acm_certificate.imported.not_after
  }
}
`;
}
