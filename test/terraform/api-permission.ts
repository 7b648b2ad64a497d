/** A function that API Gateway may invoke, with its role. */
export const INVOCATION_PERMISSION = `
resource "aws_iam_role" "target" {
  name               = "target"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = ["lambda.amazonaws.com", "apigateway.amazonaws.com"] }, Action = "sts:AssumeRole" }] })
}
resource "aws_lambda_function" "target" {
  function_name = "target"
  role          = aws_iam_role.target.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "target.zip"
}
resource "aws_lambda_permission" "target" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.target.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "\${aws_apigatewayv2_api.http.execution_arn}/*/*"
}
`;
