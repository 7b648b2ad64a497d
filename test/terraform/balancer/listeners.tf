resource "aws_lb_listener" "https" {
  load_balancer_arn                                                     = aws_lb.public.arn
  port                                                                  = var.changed ? 8443 : 443
  protocol                                                              = "HTTPS"
  ssl_policy                                                            = var.changed ? "ELBSecurityPolicy-2016-08" : "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn                                                       = var.changed ? aws_acm_certificate.issued.arn : aws_acm_certificate.imported.arn
  routing_http_response_server_enabled                                  = var.changed
  routing_http_response_strict_transport_security_header_value          = var.changed ? "max-age=60; preload" : "max-age=31536000"
  routing_http_response_access_control_allow_origin_header_value        = var.changed ? "https://b.example" : "https://a.example"
  routing_http_response_access_control_allow_methods_header_value       = var.changed ? "GET,POST" : "GET"
  routing_http_response_access_control_allow_headers_header_value       = var.changed ? "X-A,X-B" : "X-A"
  routing_http_response_access_control_allow_credentials_header_value   = "true"
  routing_http_response_access_control_expose_headers_header_value      = var.changed ? "X-D" : "X-C"
  routing_http_response_access_control_max_age_header_value             = var.changed ? "600" : "60"
  routing_http_response_content_security_policy_header_value            = var.changed ? "default-src 'none'; img-src *" : "default-src 'self'"
  routing_http_response_x_content_type_options_header_value             = "nosniff"
  routing_http_response_x_frame_options_header_value                    = var.changed ? "SAMEORIGIN" : "DENY"
  routing_http_request_x_amzn_tls_version_header_name                   = var.changed ? "X-Tls-V" : "X-Tls-Version"
  routing_http_request_x_amzn_tls_cipher_suite_header_name              = var.changed ? "X-Tls-S" : "X-Tls-Suite"
  routing_http_request_x_amzn_mtls_clientcert_header_name               = var.changed ? "X-Certificate" : "X-Cert"
  routing_http_request_x_amzn_mtls_clientcert_issuer_header_name        = var.changed ? "X-Issuer" : "X-Cert-Issuer"
  routing_http_request_x_amzn_mtls_clientcert_leaf_header_name          = var.changed ? "X-Leaf" : "X-Cert-Leaf"
  routing_http_request_x_amzn_mtls_clientcert_serial_number_header_name = var.changed ? "X-Serial" : "X-Cert-Serial"
  routing_http_request_x_amzn_mtls_clientcert_subject_header_name       = var.changed ? "X-Subject" : "X-Cert-Subject"
  routing_http_request_x_amzn_mtls_clientcert_validity_header_name      = var.changed ? "X-Validity" : "X-Cert-Validity"
  mutual_authentication { mode = "off" }
  default_action {
    type  = "forward"
    order = 1
    forward {
      target_group {
        arn    = var.changed ? aws_lb_target_group.instance.arn : aws_lb_target_group.weighted.arn
        weight = var.changed ? 60 : 80
      }
      target_group {
        arn    = aws_lb_target_group.function.arn
        weight = var.changed ? 40 : 20
      }
      stickiness {
        enabled  = var.changed
        duration = var.changed ? 120 : 60
      }
    }
  }
  tags = { Name = var.changed ? "https again" : "https" }
  timeouts {
    create = "1m"
    update = "1m"
  }
}

resource "aws_lb_listener_certificate" "more" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_acm_certificate.more.arn
}

resource "aws_lb_listener_certificate" "uploaded" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_iam_server_certificate.uploaded.arn
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      protocol    = var.changed ? "#{protocol}" : "HTTPS"
      port        = var.changed ? "8443" : "443"
      host        = var.changed ? "www.#{host}" : "#{host}"
      path        = var.changed ? "/moved/#{path}" : "/#{path}"
      query       = var.changed ? "from=http&#{query}" : "#{query}"
      status_code = var.changed ? "HTTP_302" : "HTTP_301"
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
      content_type = var.changed ? "application/json" : "text/plain"
      message_body = var.changed ? jsonencode({ nothing = true }) : "nothing"
      status_code  = var.changed ? "503" : "404"
    }
  }
}

# speaks TLS in the second edition
resource "aws_lb_listener" "plain" {
  load_balancer_arn = aws_lb.public.arn
  port              = 8081
  protocol          = var.changed ? "HTTPS" : "HTTP"
  ssl_policy        = var.changed ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null
  certificate_arn   = var.changed ? aws_acm_certificate.issued.arn : null
  default_action {
    type             = "forward"
    target_group_arn = var.changed ? aws_lb_target_group.ip.arn : aws_lb_target_group.instance.arn
  }
}

resource "aws_lb_listener" "oidc" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 8444
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.issued.arn
  default_action {
    type  = "authenticate-oidc"
    order = var.changed ? 10 : 1
    authenticate_oidc {
      authentication_request_extra_params = { prompt = var.changed ? "consent" : "login" }
      authorization_endpoint              = "https://idp.example/${var.changed ? "login" : "authorize"}"
      client_id                           = var.changed ? "second" : "first"
      client_secret                       = var.changed ? "other" : "secret"
      issuer                              = "https://idp.example${var.changed ? "/second" : ""}"
      on_unauthenticated_request          = var.changed ? "deny" : "authenticate"
      scope                               = var.changed ? "openid email" : "openid"
      session_cookie_name                 = var.changed ? "Login" : "Session"
      session_timeout                     = var.changed ? 7200 : 3600
      token_endpoint                      = "https://idp.example/${var.changed ? "tokens" : "token"}"
      user_info_endpoint                  = "https://idp.example/${var.changed ? "user" : "me"}"
    }
  }
  default_action {
    type  = "fixed-response"
    order = var.changed ? 20 : 2
    fixed_response {
      content_type = "text/plain"
      message_body = "in"
      status_code  = "200"
    }
  }
}

resource "aws_lb_listener" "cognito" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 8445
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.issued.arn
  default_action {
    type  = "authenticate-cognito"
    order = var.changed ? 10 : 1
    authenticate_cognito {
      authentication_request_extra_params = { display = var.changed ? "popup" : "page" }
      on_unauthenticated_request          = var.changed ? "deny" : "allow"
      scope                               = var.changed ? "openid email" : "openid"
      session_cookie_name                 = var.changed ? "Login" : "Session"
      session_timeout                     = var.changed ? 600 : 300
      user_pool_arn                       = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_${var.changed ? "Def" : "Abc"}"
      user_pool_client_id                 = var.changed ? "second" : "first"
      user_pool_domain                    = var.changed ? "login.shop.test" : "shop"
    }
  }
  default_action {
    type  = "fixed-response"
    order = var.changed ? 20 : 2
    fixed_response {
      content_type = "text/plain"
      message_body = "in"
      status_code  = "200"
    }
  }
}

resource "aws_lb_listener" "verify" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 8446
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.issued.arn
  mutual_authentication {
    mode                             = "verify"
    trust_store_arn                  = aws_lb_trust_store.clients.arn
    ignore_client_certificate_expiry = var.changed
    advertise_trust_store_ca_names   = var.changed ? "on" : "off"
  }
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "verified"
      status_code  = "200"
    }
  }
}

# verifies its clients in the second edition, and sends them to targets
resource "aws_lb_listener" "passthrough" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 8447
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.issued.arn
  mutual_authentication {
    mode            = var.changed ? "verify" : "passthrough"
    trust_store_arn = var.changed ? aws_lb_trust_store.others.arn : null
  }
  default_action {
    type             = var.changed ? "forward" : "fixed-response"
    target_group_arn = var.changed ? aws_lb_target_group.inner.arn : null
    dynamic "fixed_response" {
      for_each = var.changed ? [] : ["shown"]
      content {
        content_type = "text/plain"
        message_body = fixed_response.value
        status_code  = "200"
      }
    }
  }
}
