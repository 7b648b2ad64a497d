locals {
  # what each route does; `who` and $default answer the one who asked
  routes  = ["$connect", "$disconnect", "$default", "say", "who"]
  answers = ["$default", "who"]
}

resource "aws_apigatewayv2_api" "chat" {
  name                       = "chat"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_integration" "chat" {
  api_id           = aws_apigatewayv2_api.chat.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.chat.invoke_arn
}

resource "aws_apigatewayv2_route" "chat" {
  for_each  = toset(local.routes)
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = each.value
  target    = "integrations/${aws_apigatewayv2_integration.chat.id}"

  route_response_selection_expression = contains(local.answers, each.value) ? "$default" : null
}

resource "aws_apigatewayv2_route_response" "chat" {
  for_each           = toset(local.answers)
  api_id             = aws_apigatewayv2_api.chat.id
  route_id           = aws_apigatewayv2_route.chat[each.value].id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.chat.id
  name        = "live"
  auto_deploy = true
}

resource "aws_lambda_function" "chat" {
  function_name    = "chat"
  role             = aws_iam_role.chat.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "chat.zip"
  source_code_hash = filebase64sha256("chat.zip")
  timeout          = 10

  # one environment: it keeps the members in memory
  reserved_concurrent_executions = 1
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.chat.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.chat.execution_arn}/*"
}

resource "aws_iam_role" "chat" {
  name = "chat"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "connections" {
  role = aws_iam_role.chat.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "execute-api:ManageConnections", Resource = "${aws_apigatewayv2_api.chat.execution_arn}/*" }]
  })
}

# not the stage's invoke_url: the provider makes that up itself, with AWS's domain
output "url" {
  value = "${aws_apigatewayv2_api.chat.api_endpoint}/${aws_apigatewayv2_stage.live.name}"
}
