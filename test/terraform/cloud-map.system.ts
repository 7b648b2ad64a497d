/** Cloud Map as the real Terraform AWS provider sees it: apply, no drift, everything updated in place, no drift, destroy leaves nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terraformSkip } from '../support/terraform.ts';
import { TerraformStage } from '../support/terraform-stage.ts';

function configuration(changed: boolean): string {
  const word = changed ? 'new' : 'old';
  return `
data "aws_vpc" "default" { default = true }
data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
resource "aws_service_discovery_http_namespace" "web" {
  name        = "web"
  description = "web"
  tags        = { edition = "${word}" }
}
resource "aws_service_discovery_private_dns_namespace" "own" {
  name        = "own.test"
  description = "${word}"
  vpc         = data.aws_vpc.default.id
}
resource "aws_service_discovery_service" "web" {
  name         = "web"
  description  = "${word}"
  namespace_id = aws_service_discovery_http_namespace.web.id
  tags         = { edition = "${word}" }
}
resource "aws_service_discovery_service" "own" {
  name        = "own"
  description = "${word}"
  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.own.id
    routing_policy = "MULTIVALUE"
    dns_records {
      ttl  = ${changed ? 20 : 10}
      type = "A"
    }
  }
  health_check_custom_config {
    failure_threshold = 1
  }
}
resource "aws_service_discovery_instance" "web" {
  instance_id = "one"
  service_id  = aws_service_discovery_service.web.id
  attributes = {
    AWS_INSTANCE_IPV4 = "127.0.0.1"
    AWS_INSTANCE_PORT = "${changed ? 9002 : 9001}"
    edition           = "${word}"
  }
}
resource "aws_apigatewayv2_api" "web" {
  name          = "web"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_vpc_link" "web" {
  name               = "web"
  security_group_ids = []
  subnet_ids         = data.aws_subnets.default.ids
}
resource "aws_apigatewayv2_integration" "web" {
  api_id             = aws_apigatewayv2_api.web.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  integration_uri    = aws_service_discovery_service.web.arn
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.web.id
}
data "aws_service_discovery_http_namespace" "web" { name = aws_service_discovery_http_namespace.web.name }
data "aws_service_discovery_dns_namespace" "own" {
  name = aws_service_discovery_private_dns_namespace.own.name
  type = "DNS_PRIVATE"
}
data "aws_service_discovery_service" "web" {
  name         = aws_service_discovery_service.web.name
  namespace_id = aws_service_discovery_http_namespace.web.id
}
output "same" {
  value = data.aws_service_discovery_service.web.arn == aws_service_discovery_service.web.arn && data.aws_service_discovery_dns_namespace.own.id == aws_service_discovery_private_dns_namespace.own.id
}
`;
}

test('namespaces, services and instances are applied, read back without drift, updated in place and destroyed', { skip: terraformSkip(), timeout: 500_000 }, async () => {
  await using stage = await TerraformStage.start({ name: 'cloud-map' });
  for (const edition of ['the first edition', 'the second edition'] as const) {
    const changed = edition === 'the second edition';
    stage.write('main.tf', configuration(changed));
    if (!changed) await stage.succeeds('init');
    const output = await stage.succeeds('apply', '-auto-approve');
    if (changed) assert.match(output, /0 added, 5 changed, 0 destroyed/);
    await stage.settled(edition);
  }
  assert.equal((await stage.succeeds('output', 'same')).trim(), 'true');
  await stage.succeeds('destroy', '-auto-approve');
  const { counts } = (await (await fetch(`${stage.turnpike.endpoint}/_admin/status`)).json()) as { readonly counts: Readonly<Record<string, number>> };
  for (const kind of ['namespace', 'service', 'instance']) assert.equal(counts[`servicediscovery/${kind}`] ?? 0, 0, kind);
});
