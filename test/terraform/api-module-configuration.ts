/** The shape of the widely used community module: maps of routes with their integrations, for an HTTP and a WebSocket API, each with its stage, log group and route settings. */
export const API_MODULE_CONFIGURATION = `
locals {
  function = "arn:aws:lambda:us-east-1:000000000000:function:module"
  invoke   = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\${local.function}/invocations"
  format = jsonencode({
    context = {
      domainName              = "$context.domainName"
      integrationErrorMessage = "$context.integrationErrorMessage"
      requestId               = "$context.requestId"
      status                  = "$context.status"
      error                   = { message = "$context.error.message", responseType = "$context.error.responseType" }
      integration             = { error = "$context.integration.error", integrationStatus = "$context.integration.integrationStatus" }
    }
  })
  http = {
    "ANY /"                                     = { uri = local.function, payload = "2.0", timeout = 12000 }
    "GET /some-route"                           = { uri = local.function, payload = "2.0", type = "JWT", authorizer = "cognito", rate = 80, burst = 40, metrics = true }
    "GET /some-route-with-authorizer"           = { uri = local.function, payload = "2.0", authorizer = "cognito" }
    "GET /some-route-with-authorizer-and-scope" = { uri = local.function, payload = "2.0", type = "JWT", authorizer = "cognito", scopes = ["user.id", "user.email"] }
    "POST /start-step-function" = {
      subtype = "StepFunctions-StartExecution", credentials = aws_iam_role.step.arn, payload = "1.0", timeout = 12000
      parameters = {
        StateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:module"
        Input           = jsonencode({ key1 = "value1", key2 = "value2" })
      }
    }
    "$default" = {
      uri = local.function
      tls = "module.example.test"
      responses = [
        { status_code = 500, mappings = { "append:header.header1" = "$context.requestId", "overwrite:statuscode" = "403" } },
        { status_code = 404, mappings = { "append:header.error" = "$stageVariables.environmentId" } },
      ]
    }
  }
  socket = { "$connect" = "ConnectRoute", "$disconnect" = "DisconnectRoute", "sendmessage" = "SendRoute" }
}
resource "aws_iam_role" "step" {
  name               = "step"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "apigateway.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["http", "socket"])
  name              = "/aws/apigateway/\${each.key}"
  retention_in_days = 7
}
resource "aws_apigatewayv2_api" "http" {
  name                         = "module-http"
  description                  = "My awesome HTTP API Gateway"
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = null
  cors_configuration {
    allow_headers = ["content-type", "x-amz-date", "authorization", "x-api-key", "x-amz-security-token", "x-amz-user-agent"]
    allow_methods = ["*"]
    allow_origins = ["*"]
  }
  tags = { Example = "module" }
}
resource "aws_apigatewayv2_authorizer" "cognito" {
  api_id           = aws_apigatewayv2_api.http.id
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  name             = "cognito"
  jwt_configuration {
    audience = ["d6a38afd-45d6-4874-d1aa-3c5c558aqcc2"]
    issuer   = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_module"
  }
}
resource "aws_apigatewayv2_integration" "http" {
  for_each               = local.http
  api_id                 = aws_apigatewayv2_api.http.id
  connection_type        = "INTERNET"
  credentials_arn        = try(each.value.credentials, null)
  integration_type       = "AWS_PROXY"
  integration_subtype    = try(each.value.subtype, null)
  integration_method     = try(each.value.subtype, null) == null ? "POST" : null
  integration_uri        = try(each.value.uri, null)
  payload_format_version = try(each.value.payload, null)
  request_parameters     = try(each.value.parameters, null)
  timeout_milliseconds   = try(each.value.timeout, null)
  dynamic "response_parameters" {
    for_each = try(each.value.responses, [])
    content {
      status_code = response_parameters.value.status_code
      mappings    = response_parameters.value.mappings
    }
  }
  dynamic "tls_config" {
    for_each = try([each.value.tls], [])
    content { server_name_to_verify = tls_config.value }
  }
  lifecycle { create_before_destroy = true }
}
resource "aws_apigatewayv2_route" "http" {
  for_each             = local.http
  api_id               = aws_apigatewayv2_api.http.id
  route_key            = each.key
  authorization_scopes = try(each.value.scopes, null)
  authorization_type   = try(each.value.type, null)
  authorizer_id        = try({ cognito = aws_apigatewayv2_authorizer.cognito.id }[each.value.authorizer], null)
  target               = "integrations/\${aws_apigatewayv2_integration.http[each.key].id}"
}
resource "aws_apigatewayv2_stage" "http" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this["http"].arn
    format          = local.format
  }
  default_route_settings {
    detailed_metrics_enabled = true
    throttling_burst_limit   = 100
    throttling_rate_limit    = 100
  }
  dynamic "route_settings" {
    for_each = { for key, route in local.http : key => route if can(route.rate) }
    content {
      route_key                = route_settings.key
      detailed_metrics_enabled = route_settings.value.metrics
      throttling_burst_limit   = route_settings.value.burst
      throttling_rate_limit    = route_settings.value.rate
    }
  }
  tags       = { Example = "module" }
  depends_on = [aws_apigatewayv2_route.http]
}

resource "aws_apigatewayv2_api" "socket" {
  name                       = "module-socket"
  description                = "My awesome AWS Websocket API Gateway"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}
resource "aws_apigatewayv2_integration" "socket" {
  for_each           = local.socket
  api_id             = aws_apigatewayv2_api.socket.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = local.invoke
}
resource "aws_apigatewayv2_route" "socket" {
  for_each       = local.socket
  api_id         = aws_apigatewayv2_api.socket.id
  operation_name = each.value
  route_key      = each.key
  target         = "integrations/\${aws_apigatewayv2_integration.socket[each.key].id}"
}
resource "aws_apigatewayv2_deployment" "socket" {
  api_id      = aws_apigatewayv2_api.socket.id
  description = "Managed by Terraform"
  triggers    = { redeployment = sha1(jsonencode(local.socket)) }
  depends_on  = [aws_apigatewayv2_route.socket]
  lifecycle { create_before_destroy = true }
}
resource "aws_apigatewayv2_stage" "socket" {
  api_id        = aws_apigatewayv2_api.socket.id
  name          = "prod"
  deployment_id = aws_apigatewayv2_deployment.socket.id
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this["socket"].arn
    format          = local.format
  }
  default_route_settings {
    data_trace_enabled       = true
    detailed_metrics_enabled = true
    logging_level            = "INFO"
    throttling_burst_limit   = 100
    throttling_rate_limit    = 100
  }
}
output "endpoints" { value = [aws_apigatewayv2_api.http.api_endpoint, aws_apigatewayv2_api.socket.api_endpoint] }
`;
