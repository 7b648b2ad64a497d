/** Cloud Map as the real Terraform AWS provider sees it: apply, no drift, everything updated in place, no drift, destroy leaves nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { awsProvider, terraformIn, terraformSkip } from '../support/terraform.ts';
import { startTurnpike } from '../support/turnpike.ts';

function configuration({ endpoint, changed }: { readonly endpoint: string; readonly changed: boolean }): string {
  const word = changed ? 'new' : 'old';
  return `
${awsProvider(endpoint)}
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

test('namespaces, services and instances are applied, read back without drift, updated in place and destroyed', { skip: terraformSkip(), timeout: 500_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-cloud-map-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0'] });
  t.after(async () => {
    await turnpike.stop();
    for (const one of [folder, dataFolder]) rmSync(one, { recursive: true, force: true });
  });
  const terraform = terraformIn(folder);
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args, '-no-color');
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output}\n${turnpike.printed()}`);
    return output;
  };
  for (const changed of [false, true]) {
    writeFileSync(join(folder, 'main.tf'), configuration({ endpoint: turnpike.endpoint, changed }));
    if (!changed) await succeeds('init');
    const output = await succeeds('apply', '-auto-approve');
    if (changed) assert.match(output, /0 added, 5 changed, 0 destroyed/);
    const { code, output: plan } = await terraform('plan', '-detailed-exitcode', '-no-color');
    assert.equal(code, 0, plan);
  }
  assert.equal((await succeeds('output', 'same')).trim(), 'true');
  await succeeds('destroy', '-auto-approve');
  const { counts } = (await (await fetch(`${turnpike.endpoint}/_admin/status`)).json()) as { readonly counts: Readonly<Record<string, number>> };
  for (const kind of ['namespace', 'service', 'instance']) assert.equal(counts[`servicediscovery/${kind}`] ?? 0, 0, kind);
});
