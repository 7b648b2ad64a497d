import { INVOCATION_PERMISSION } from './api-permission.ts';

const LOG_FORMAT = `jsonencode({
    context = {
      requestId = "$context.requestId"
      routeKey  = "$context.routeKey"
      status    = "$context.status"
      error     = { message = "$context.error.message", responseType = "$context.error.responseType" }
      identity  = { sourceIP = "$context.identity.sourceIp" }
    }
  })`;

/** Every resource and data source of API Gateway v2 that the provider has; the second edition updates all that can be updated in place. */
export function apiConfiguration(changed: boolean): string {
  const word = changed ? 'new' : 'old';
  const either = (before: string, after: string): string => (changed ? after : before);
  return `
${INVOCATION_PERMISSION}
resource "aws_acm_certificate" "api" {
  private_key      = file("api.key")
  certificate_body = file("api.pem")
}
resource "aws_cloudwatch_log_group" "api" { name = "/apis/http" }
resource "aws_apigatewayv2_vpc_link" "main" {
  name               = "link-${word}"
  subnet_ids         = aws_subnet.main[*].id
  security_group_ids = [aws_security_group.main[0].id]
  tags               = { edition = "${word}" }
}

resource "aws_apigatewayv2_api" "http" {
  name                         = "http-${word}"
  description                  = "${word}"
  protocol_type                = "HTTP"
  version                      = "${either('1', '2')}"
  disable_execute_api_endpoint = ${either('false', 'true')}
  cors_configuration {
    allow_credentials = ${either('false', 'true')}
    allow_headers     = ["content-type", "authorization"${either('', ', "x-more"')}]
    allow_methods     = ["GET", "POST"]
    allow_origins     = ["https://www.example.test"]
    expose_headers    = ["x-a"]
    max_age           = ${either('300', '600')}
  }
  tags = { edition = "${word}" }
}
resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.http.id
  name             = "jwt-${word}"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = ["${word}"]
    issuer   = "https://issuer.example.test"
  }
}
resource "aws_apigatewayv2_authorizer" "request" {
  api_id                            = aws_apigatewayv2_api.http.id
  name                              = "request"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.target.invoke_arn
  identity_sources                  = ["$request.header.Authorization"]
  authorizer_payload_format_version = "2.0"
  authorizer_result_ttl_in_seconds  = ${either('300', '0')}
  enable_simple_responses           = ${either('false', 'true')}
}
resource "aws_apigatewayv2_integration" "function" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = aws_lambda_function.target.invoke_arn
  payload_format_version = "${either('1.0', '2.0')}"
  timeout_milliseconds   = ${either('12000', '13000')}
  description            = "${word}"
}
resource "aws_apigatewayv2_integration" "url" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  integration_uri    = "https://example.test/{proxy}"
  request_parameters = {
    "append:header.header1"   = "$context.requestId"
    "overwrite:path"          = "${either('/$${request.path.proxy}', '/new')}"
    ${either('"remove:querystring.a" = "\'\'"', '"overwrite:header.b" = "static"')}
  }
  response_parameters {
    status_code = 403
    mappings    = { "append:header.auth" = "$context.authorizer.authorizerResponse" }
  }
  response_parameters {
    status_code = ${either('500', '502')}
    mappings    = { "overwrite:statuscode" = "${either('503', '504')}" }
  }
}
resource "aws_apigatewayv2_integration" "private" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "HTTP_PROXY"
  integration_method = "GET"
  integration_uri    = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/0123456789abcdef/0123456789abcdef"
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.main.id
  tls_config { server_name_to_verify = "${word}.example.test" }
}
resource "aws_apigatewayv2_integration" "queue" {
  api_id              = aws_apigatewayv2_api.http.id
  integration_type    = "AWS_PROXY"
  integration_subtype = "SQS-SendMessage"
  credentials_arn     = aws_iam_role.target.arn
  request_parameters  = { QueueUrl = "$request.header.queueUrl", MessageBody = "$request.body.${word}" }
}
resource "aws_apigatewayv2_route" "default" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "$default"
  target    = "integrations/\${aws_apigatewayv2_integration.url.id}"
}
resource "aws_apigatewayv2_route" "jwt" {
  api_id               = aws_apigatewayv2_api.http.id
  route_key            = "GET /pets/{id}"
  target               = "integrations/\${aws_apigatewayv2_integration.function.id}"
  authorization_type   = "JWT"
  authorizer_id        = aws_apigatewayv2_authorizer.jwt.id
  authorization_scopes = ["${word}"]
  operation_name       = "${word}"
}
resource "aws_apigatewayv2_route" "custom" {
  api_id             = aws_apigatewayv2_api.http.id
  route_key          = "POST /${word}/{proxy+}"
  target             = "integrations/\${aws_apigatewayv2_integration.private.id}"
  authorization_type = "${either('CUSTOM', 'NONE')}"
  authorizer_id      = ${either('aws_apigatewayv2_authorizer.request.id', 'null')}
}
resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true
  description = "${word}"
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format          = ${LOG_FORMAT}
  }
  default_route_settings {
    detailed_metrics_enabled = ${either('true', 'false')}
    throttling_burst_limit   = ${either('100', '200')}
    throttling_rate_limit    = ${either('100', '150.5')}
  }
  route_settings {
    route_key              = aws_apigatewayv2_route.jwt.route_key
    throttling_burst_limit = ${either('40', '50')}
    throttling_rate_limit  = 80
  }
  stage_variables = { ${either('gone = "x"', 'come = "y"')}, same = "${word}" }
  tags            = { edition = "${word}" }
}
resource "aws_apigatewayv2_stage" "manual" {
  api_id        = aws_apigatewayv2_api.http.id
  name          = "manual"
  deployment_id = aws_apigatewayv2_deployment.http.id
}
resource "aws_apigatewayv2_deployment" "http" {
  api_id      = aws_apigatewayv2_api.http.id
  description = "${word}"
  triggers    = { redeployment = "${word}" }
  depends_on  = [aws_apigatewayv2_route.default, aws_apigatewayv2_route.jwt]
  lifecycle { create_before_destroy = true }
}
resource "aws_apigatewayv2_domain_name" "api" {
  domain_name = "api.example.test"
  domain_name_configuration {
    certificate_arn = aws_acm_certificate.api.arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
  tags = { edition = "${word}" }
}
resource "aws_acm_certificate" "mutual" {
  domain_name       = "mutual.example.test"
  validation_method = "DNS"
}
resource "aws_apigatewayv2_domain_name" "mutual" {
  domain_name = "mutual.example.test"
  domain_name_configuration {
    certificate_arn                        = aws_acm_certificate.${either('mutual', 'api')}.arn
    endpoint_type                          = "REGIONAL"
    security_policy                        = "TLS_1_2"
    ownership_verification_certificate_arn = ${either('null', 'aws_acm_certificate.mutual.arn')}
  }
  mutual_tls_authentication { truststore_uri = "s3://trust/${word}.pem" }
}
resource "aws_apigatewayv2_api_mapping" "root" {
  api_id      = aws_apigatewayv2_api.http.id
  domain_name = aws_apigatewayv2_domain_name.api.id
  stage       = aws_apigatewayv2_stage.default.id
}
resource "aws_apigatewayv2_api_mapping" "deep" {
  api_id          = aws_apigatewayv2_api.http.id
  domain_name     = aws_apigatewayv2_domain_name.api.id
  stage           = aws_apigatewayv2_stage.${either('default', 'manual')}.id
  api_mapping_key = "v1/${word}"
}
resource "aws_apigatewayv2_api" "quick" {
  name          = "quick"
  protocol_type = "HTTP"
  target        = "${either('https://one.example.test', 'https://two.example.test')}"
}
resource "aws_apigatewayv2_api" "imported" {
  name          = "imported"
  protocol_type = "HTTP"
  version       = "1.0"
  body          = file("api.yaml")
}

resource "aws_apigatewayv2_api" "socket" {
  name                       = "socket-${word}"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.${either('action', 'kind')}"
}
resource "aws_apigatewayv2_model" "message" {
  api_id       = aws_apigatewayv2_api.socket.id
  content_type = "application/json"
  name         = "message"
  description  = "${word}"
  schema       = jsonencode({ "$schema" = "http://json-schema.org/draft-04/schema#", title = "${word}", type = "object", properties = { id = { type = "string" } } })
}
resource "aws_apigatewayv2_authorizer" "socket" {
  api_id           = aws_apigatewayv2_api.socket.id
  name             = "socket"
  authorizer_type  = "REQUEST"
  authorizer_uri   = aws_lambda_function.target.invoke_arn
  identity_sources = ["route.request.header.Auth"${either('', ', "route.request.querystring.token"')}]
}
resource "aws_apigatewayv2_integration" "connect" {
  api_id                    = aws_apigatewayv2_api.socket.id
  integration_type          = "AWS_PROXY"
  connection_type           = "INTERNET"
  content_handling_strategy = "CONVERT_TO_TEXT"
  description               = "${word}"
  integration_method        = "POST"
  integration_uri           = aws_lambda_function.target.invoke_arn
  passthrough_behavior      = "WHEN_NO_MATCH"
}
resource "aws_apigatewayv2_integration" "mock" {
  api_id                        = aws_apigatewayv2_api.socket.id
  integration_type              = "MOCK"
  template_selection_expression = "\\\\$default"
  request_templates             = { "$default" = "{\\"statusCode\\":${either('200', '201')}}" }
}
resource "aws_apigatewayv2_integration_response" "mock" {
  api_id                        = aws_apigatewayv2_api.socket.id
  integration_id                = aws_apigatewayv2_integration.mock.id
  integration_response_key      = "/200/"
  template_selection_expression = "\\\\$default"
  response_templates            = { "application/json" = "{\\"word\\":\\"${word}\\"}" }
}
resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.socket.id
  route_key          = "$connect"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.socket.id
  target             = "integrations/\${aws_apigatewayv2_integration.connect.id}"
  request_parameter {
    request_parameter_key = "route.request.querystring.${word}"
    required              = true
  }
}
resource "aws_apigatewayv2_route" "message" {
  api_id                              = aws_apigatewayv2_api.socket.id
  route_key                           = "message"
  target                              = "integrations/\${aws_apigatewayv2_integration.mock.id}"
  model_selection_expression          = "action"
  request_models                      = { action = aws_apigatewayv2_model.message.name }
  route_response_selection_expression = "$default"
  api_key_required                    = ${either('false', 'true')}
}
resource "aws_apigatewayv2_route_response" "message" {
  api_id             = aws_apigatewayv2_api.socket.id
  route_id           = aws_apigatewayv2_route.message.id
  route_response_key = "$default"
}
resource "aws_apigatewayv2_deployment" "socket" {
  api_id     = aws_apigatewayv2_api.socket.id
  depends_on = [aws_apigatewayv2_route.connect, aws_apigatewayv2_route.message]
}
resource "aws_apigatewayv2_stage" "socket" {
  api_id        = aws_apigatewayv2_api.socket.id
  name          = "prod"
  deployment_id = aws_apigatewayv2_deployment.socket.id
  default_route_settings {
    data_trace_enabled       = true
    detailed_metrics_enabled = true
    logging_level            = "${either('INFO', 'ERROR')}"
    throttling_burst_limit   = 100
    throttling_rate_limit    = 100
  }
}

data "aws_apigatewayv2_api" "http" { api_id = aws_apigatewayv2_api.http.id }
data "aws_apigatewayv2_apis" "all" {
  protocol_type = "HTTP"
  depends_on    = [aws_apigatewayv2_api.http, aws_apigatewayv2_api.quick, aws_apigatewayv2_api.imported]
}
data "aws_apigatewayv2_vpc_link" "main" { vpc_link_id = aws_apigatewayv2_vpc_link.main.id }
data "aws_apigatewayv2_export" "imported" {
  api_id        = aws_apigatewayv2_api.imported.id
  specification = "OAS30"
  output_type   = "JSON"
}
output "facts" {
  value = {
    apis      = length(data.aws_apigatewayv2_apis.all.ids)
    endpoint  = data.aws_apigatewayv2_api.http.api_endpoint == aws_apigatewayv2_api.http.api_endpoint
    execution = aws_apigatewayv2_api.http.execution_arn == "arn:aws:execute-api:us-east-1:000000000000:\${aws_apigatewayv2_api.http.id}"
    link      = length(data.aws_apigatewayv2_vpc_link.main.subnet_ids)
    invoke    = aws_apigatewayv2_stage.socket.invoke_url
    paths     = keys(jsondecode(data.aws_apigatewayv2_export.imported.body).paths)
    target    = aws_apigatewayv2_domain_name.api.domain_name_configuration[0].target_domain_name
  }
}
`;
}
