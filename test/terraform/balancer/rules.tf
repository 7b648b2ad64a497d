resource "aws_lb_listener_rule" "forward" {
  listener_arn = aws_lb_listener.https.arn
  priority     = var.changed ? 40 : 10
  action {
    type             = "forward"
    target_group_arn = var.changed ? aws_lb_target_group.function.arn : aws_lb_target_group.ip.arn
  }
  condition {
    path_pattern { values = var.changed ? ["/c/*"] : ["/a/*", "/b?"] }
  }
  condition {
    host_header { values = var.changed ? ["*.example.test", "example.test"] : ["www.example.test"] }
  }
  tags = { Name = var.changed ? "forward again" : "forward" }
}

resource "aws_lb_listener_rule" "weighted" {
  listener_arn = aws_lb_listener.https.arn
  priority     = var.changed ? 30 : 20
  action {
    type = "forward"
    forward {
      target_group {
        arn    = var.changed ? aws_lb_target_group.instance.arn : aws_lb_target_group.weighted.arn
        weight = var.changed ? 3 : 1
      }
      target_group {
        arn    = aws_lb_target_group.function.arn
        weight = var.changed ? 1 : 0
      }
      stickiness {
        enabled  = var.changed
        duration = var.changed ? 61 : 60
      }
    }
  }
  condition {
    http_header {
      http_header_name = var.changed ? "X-Circle" : "X-Ring"
      values           = var.changed ? ["one*", "two"] : ["one*"]
    }
  }
  condition {
    http_request_method { values = var.changed ? ["POST"] : ["GET", "HEAD"] }
  }
}

resource "aws_lb_listener_rule" "oidc" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 60
  action {
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
  action {
    type  = "fixed-response"
    order = var.changed ? 20 : 2
    fixed_response {
      content_type = "text/plain"
      message_body = "in"
      status_code  = "200"
    }
  }
  condition {
    path_pattern { values = ["/oidc/*"] }
  }
}

resource "aws_lb_listener_rule" "cognito" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 61
  action {
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
  action {
    type  = "fixed-response"
    order = var.changed ? 20 : 2
    fixed_response {
      content_type = "text/plain"
      message_body = "in"
      status_code  = "200"
    }
  }
  condition {
    path_pattern { values = ["/cognito/*"] }
  }
}

# the provider chooses its priority, the next behind all that are there: made at the same time as the others, it might take one of theirs
resource "aws_lb_listener_rule" "redirect" {
  depends_on   = [aws_lb_listener_rule.fixed, aws_lb_listener_rule.answer]
  listener_arn = aws_lb_listener.fixed.arn
  action {
    type = "redirect"
    redirect {
      protocol    = var.changed ? "HTTPS" : "HTTP"
      host        = var.changed ? "new.example.test" : "old.example.test"
      port        = var.changed ? "8443" : "8080"
      path        = var.changed ? "/moved/#{path}" : "/at/#{path}"
      query       = var.changed ? "from=https&#{query}" : "#{query}"
      status_code = var.changed ? "HTTP_301" : "HTTP_302"
    }
  }
  condition {
    query_string {
      key   = var.changed ? "edition" : "version"
      value = var.changed ? "2" : "1"
    }
    query_string { value = "legacy*" }
  }
}

# sends to targets in the second edition
resource "aws_lb_listener_rule" "fixed" {
  listener_arn = aws_lb_listener.fixed.arn
  priority     = 5
  action {
    type             = var.changed ? "forward" : "fixed-response"
    target_group_arn = var.changed ? aws_lb_target_group.inner.arn : null
    dynamic "fixed_response" {
      for_each = var.changed ? [] : ["<p>no</p>"]
      content {
        content_type = "text/html"
        message_body = fixed_response.value
        status_code  = "403"
      }
    }
  }
  condition {
    source_ip { values = var.changed ? ["192.0.2.0/24"] : ["10.0.0.0/8", "2001:db8::/32"] }
  }
}

resource "aws_lb_listener_rule" "answer" {
  listener_arn = aws_lb_listener.fixed.arn
  priority     = 6
  action {
    type = "fixed-response"
    fixed_response {
      content_type = var.changed ? "application/json" : "text/html"
      message_body = var.changed ? "{}" : "<p>no</p>"
      status_code  = var.changed ? "404" : "403"
    }
  }
  condition {
    path_pattern { values = ["/answer"] }
  }
}
