/** Mutual TLS as the real Terraform AWS provider sets it up: apply, no drift, a client verified, everything updated in place, no drift, destroy leaves nothing. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DescribeTrustStoresCommand, ElasticLoadBalancingV2Client, GetTrustStoreCaCertificatesBundleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ClientAuthority, type Shown } from '../support/client-authority.ts';
import { terraformIn, terraformSkip } from '../support/terraform.ts';
import { startTurnpike } from '../support/turnpike.ts';

const SERVICES = ['acm', 'ec2', 'elbv2', 'iam', 'sts'];

function configuration({ endpoint, changed }: { readonly endpoint: string; readonly changed: boolean }): string {
  const either = (first: string | boolean, second: string | boolean): string => String(changed ? second : first);
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
${SERVICES.map((service) => `    ${service} = "${endpoint}"`).join('\n')}
  }
}
data "aws_vpc" "default" { default = true }
data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
resource "aws_acm_certificate" "server" {
  domain_name       = "mtls.example.test"
  validation_method = "DNS"
}
resource "aws_lb_trust_store" "clients" {
  name                             = "clients"
  ca_certificates_bundle_s3_bucket = "bundles"
  ca_certificates_bundle_s3_key    = "${either('ca.pem', 'two.pem')}"
  tags                             = { Name = "${either('one', 'two')}" }
}
resource "aws_lb_trust_store_revocation" "clients" {
  trust_store_arn       = aws_lb_trust_store.clients.arn
  revocations_s3_bucket = "bundles"
  revocations_s3_key    = "list.crl"
}
resource "aws_lb" "mtls" {
  name                       = "mtls"
  load_balancer_type         = "application"
  subnets                    = slice(sort(data.aws_subnets.default.ids), 0, 2)
  enable_deletion_protection = false
}
resource "aws_lb_listener" "verify" {
  load_balancer_arn = aws_lb.mtls.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "${either('ELBSecurityPolicy-TLS13-1-2-Res-2021-06', 'ELBSecurityPolicy-TLS13-1-2-2021-06')}"
  certificate_arn   = aws_acm_certificate.server.arn
  mutual_authentication {
    mode                             = "verify"
    trust_store_arn                  = aws_lb_trust_store.clients.arn
    ignore_client_certificate_expiry = ${either(false, true)}
    advertise_trust_store_ca_names   = "${either('off', 'on')}"
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
resource "aws_lb_listener" "passthrough" {
  load_balancer_arn = aws_lb.mtls.arn
  port              = 8444
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.server.arn
  mutual_authentication { mode = "${either('passthrough', 'off')}" }
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "204"
    }
  }
}
data "aws_lb_trust_store" "found" { name = aws_lb_trust_store.clients.name }
output "facts" {
  value = {
    found      = data.aws_lb_trust_store.found.arn == aws_lb_trust_store.clients.arn
    revocation = aws_lb_trust_store_revocation.clients.revocation_id
    mode       = aws_lb_listener.verify.mutual_authentication[0].mode
  }
}
`;
}

/** What a client gets that shows this: the body, or '' where it is not let in. */
function ask(port: number, shown: Partial<Shown>): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, servername: 'mtls.example.test', ...shown });
    socket.on('data', (chunk: Buffer) => (heard += String(chunk)));
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard.split('\r\n\r\n')[1] ?? ''));
    socket.write('GET / HTTP/1.1\r\nHost: mtls.example.test\r\nConnection: close\r\n\r\n');
  });
}

test('a trust store, a revocation list and listeners with mutual authentication', { skip: terraformSkip(), timeout: 600_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-trust-store-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const bucket = join(dataFolder, 's3', 'bundles');
  mkdirSync(bucket, { recursive: true });
  const root = await ClientAuthority.root();
  const other = await ClientAuthority.root('CN=Other');
  writeFileSync(join(bucket, 'ca.pem'), root.pem);
  writeFileSync(join(bucket, 'two.pem'), root.pem + other.pem);
  writeFileSync(join(bucket, 'list.crl'), await root.revoking(['77']));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0', '--port-offset', '8000'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const { endpoint } = turnpike;
  const terraform = terraformIn(folder);
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args, '-no-color');
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output}\n${turnpike.printed()}`);
    return output;
  };
  const settled = async (when: string): Promise<void> => {
    const { code, output } = await terraform('plan', '-detailed-exitcode', '-no-color');
    assert.equal(code, 0, `there is drift after ${when}:\n${output}`);
  };
  const elbv2 = new ElasticLoadBalancingV2Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

  writeFileSync(join(folder, 'main.tf'), configuration({ endpoint, changed: false }));
  await succeeds('init');
  await succeeds('apply', '-auto-approve');
  assert.deepEqual(JSON.parse(await succeeds('output', '-json', 'facts')), { found: true, revocation: 1, mode: 'verify' });
  await settled('the first apply');
  const [store] = (await elbv2.send(new DescribeTrustStoresCommand({ Names: ['clients'] }))).TrustStores!;
  assert.deepEqual([store!.NumberOfCaCertificates, store!.TotalRevokedEntries, store!.Status], [1, 1, 'ACTIVE']);
  const { Location } = await elbv2.send(new GetTrustStoreCaCertificatesBundleCommand({ TrustStoreArn: store!.TrustStoreArn }));
  assert.match(await (await fetch(Location!)).text(), /^-----BEGIN CERTIFICATE-----/);
  assert.equal(await ask(8443, await root.client()), 'verified');
  assert.equal(await ask(8443, await root.client({ serialNumber: '77' })), '');
  assert.equal(await ask(8443, await other.client()), '');
  assert.equal(await ask(8443, {}), '');

  writeFileSync(join(folder, 'main.tf'), configuration({ endpoint, changed: true }));
  assert.match(await succeeds('apply', '-auto-approve'), /Resources: 0 added, 3 changed, 0 destroyed/);
  await settled('the update');
  assert.equal(await ask(8443, await other.client({ until: -1 })), 'verified');
  assert.equal(await ask(8443, await root.client({ serialNumber: '77' })), '');

  await succeeds('destroy', '-auto-approve');
  assert.deepEqual((await elbv2.send(new DescribeTrustStoresCommand({}))).TrustStores, []);
});
