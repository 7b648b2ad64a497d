/** API keys and usage plans as the real Terraform AWS provider sees them: apply, no drift, everything updated in place, no drift, import, destroy leaves nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terraformSkip } from '../support/terraform.ts';
import { TerraformStage } from '../support/terraform-stage.ts';

function configuration(changed: boolean): string {
  const word = changed ? 'new' : 'old';
  return `
resource "aws_apigatewayv2_api" "chat" {
  name                         = "chat"
  protocol_type                = "WEBSOCKET"
  route_selection_expression   = "$request.body.action"
  api_key_selection_expression = "$request.header.x-api-key"
}
resource "aws_apigatewayv2_route" "send" {
  api_id           = aws_apigatewayv2_api.chat.id
  route_key        = "send"
  api_key_required = true
}
resource "aws_apigatewayv2_stage" "all" {
  for_each = toset(["prod", "beta"])
  api_id   = aws_apigatewayv2_api.chat.id
  name     = each.key
}
resource "aws_api_gateway_api_key" "given" {
  name        = "given-${word}"
  description = "${word}"
  enabled     = ${!changed}
  customer_id = "${word}"
  value       = "a-value-of-twenty-characters"
  tags        = { edition = "${word}" }
}
resource "aws_api_gateway_api_key" "made" { name = "made" }
resource "aws_api_gateway_usage_plan" "gold" {
  name         = "gold-${word}"
  description  = "${word}"
  product_code = "${word}"
  api_stages {
    api_id = aws_apigatewayv2_api.chat.id
    stage  = aws_apigatewayv2_stage.all["${changed ? 'beta' : 'prod'}"].name
    throttle {
      path        = aws_apigatewayv2_route.send.route_key
      rate_limit  = ${changed ? 2.5 : 5}
      burst_limit = 4
    }
  }
  ${changed ? '' : 'api_stages {\n    api_id = aws_apigatewayv2_api.chat.id\n    stage  = aws_apigatewayv2_stage.all["beta"].name\n  }'}
  quota_settings {
    limit  = ${changed ? 30 : 20}
    offset = ${changed ? 3 : 2}
    period = "${changed ? 'MONTH' : 'WEEK'}"
  }
  throttle_settings {
    burst_limit = ${changed ? 6 : 5}
    rate_limit  = ${changed ? 11.5 : 10}
  }
  tags = { edition = "${word}" }
}
resource "aws_api_gateway_usage_plan" "plain" {
  name = "plain"
  ${changed ? 'throttle_settings {\n    burst_limit = 1\n    rate_limit  = 1\n  }' : 'quota_settings {\n    limit  = 1\n    period = "DAY"\n  }'}
}
resource "aws_api_gateway_usage_plan_key" "given" {
  key_id        = aws_api_gateway_api_key.given.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.gold.id
}
data "aws_api_gateway_api_key" "given" { id = aws_api_gateway_api_key.given.id }
output "same" { value = nonsensitive(data.aws_api_gateway_api_key.given.value) == "a-value-of-twenty-characters" && nonsensitive(aws_api_gateway_usage_plan_key.given.value) == "a-value-of-twenty-characters" }
output "key" { value = aws_api_gateway_api_key.given.id }
output "plan" { value = aws_api_gateway_usage_plan.gold.id }
`;
}

test('keys, plans and keys in plans are applied, read back without drift, updated in place, imported and destroyed', { skip: terraformSkip(), timeout: 900_000 }, async () => {
  await using stage = await TerraformStage.start({ name: 'usage-plan' });
  for (const edition of ['the first edition', 'the second edition'] as const) {
    const changed = edition === 'the second edition';
    stage.write('main.tf', configuration(changed));
    if (!changed) await stage.succeeds('init');
    const output = await stage.succeeds('apply', '-auto-approve');
    if (changed) assert.match(output, /0 added, 3 changed, 0 destroyed/);
    await stage.settled(edition);
  }
  const outputs = JSON.parse(await stage.succeeds('output', '-json')) as Readonly<Record<string, { readonly value: string | boolean }>>;
  assert.equal(outputs['same']!.value, true);
  const [key, plan] = [outputs['key']!.value as string, outputs['plan']!.value as string];
  const imports = [['aws_api_gateway_api_key.given', key], ['aws_api_gateway_usage_plan.gold', plan], ['aws_api_gateway_usage_plan_key.given', `${plan}/${key}`]] as const;
  await stage.succeeds('state', 'rm', ...imports.map(([address]) => address));
  stage.write('imports.tf', imports.map(([address, id]) => `import {\n  to = ${address}\n  id = "${id}"\n}\n`).join(''));
  assert.match(await stage.succeeds('apply', '-auto-approve'), /3 imported, 0 added, 0 changed, 0 destroyed/);
  await stage.succeeds('destroy', '-auto-approve');
  const { counts } = (await (await fetch(`${stage.turnpike.endpoint}/_admin/status`)).json()) as { readonly counts: Readonly<Record<string, number>> };
  for (const kind of ['api-key', 'usage-plan', 'usage-plan-key']) assert.equal(counts[`apigateway/${kind}`] ?? 0, 0, kind);
});
