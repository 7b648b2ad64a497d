/**
 * Load balancing as the real Terraform AWS provider sees it: one configuration that uses every argument there is. Apply, no drift, every argument
 * updated in place that can be, no drift, destroy leaves nothing.
 */
import assert from 'node:assert/strict';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { test } from 'node:test';
import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { DescribeInstancesCommand, DescribeNetworkInterfacesCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand, DescribeLoadBalancersCommand, DescribeTargetGroupsCommand, DescribeTargetHealthCommand, DescribeTrustStoresCommand, ElasticLoadBalancingV2Client,
  GetTrustStoreCaCertificatesBundleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ClientAuthority, type Shown } from '../../support/client-authority.ts';
import { terraformSkip } from '../../support/terraform.ts';
import { Arguments, type Plan, type ProviderSchema } from '../../support/terraform-arguments.ts';
import { TerraformStage } from '../../support/terraform-stage.ts';
import { zipFiles } from '../../support/zip.ts';
import { COMPUTED, LEFT_OUT, TYPES, UNCHANGED } from './arguments.ts';

const VERIFYING_PORT = 8446;

/** What a client gets that shows this: the body, or '' where it is not let in. */
function ask(shown: Partial<Shown>): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host: '127.0.0.1', port: VERIFYING_PORT, rejectUnauthorized: false, servername: 'www.example.test', ...shown });
    socket.on('data', (chunk: Buffer) => (heard += String(chunk)));
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard.split('\r\n\r\n')[1] ?? ''));
    socket.write('GET / HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n');
  });
}

/** Two buckets with the authorities that the trust stores name, and the list of what the first of them has revoked. */
async function fillBuckets(dataFolder: string, [root, other]: readonly [ClientAuthority, ClientAuthority]): Promise<void> {
  for (const bucket of ['bundles', 'bundles-too']) {
    const folder = join(dataFolder, 's3', bucket);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'one.pem'), root.pem);
    writeFileSync(join(folder, 'two.pem'), root.pem + other.pem);
    writeFileSync(join(folder, 'list.crl'), await root.revoking(['77']));
  }
}

test('every argument of load balancing is applied, read back without drift, updated in place and destroyed', { skip: terraformSkip('openssl'), timeout: 800_000 }, async () => {
  await using stage = await TerraformStage.start({ name: 'balancer', provider: 'default_tags {\n    tags = { owner = var.changed ? "second" : "first" }\n  }' });
  for (const name of ['one', 'two']) stage.certificate(name, 'imported.example.test');
  stage.write('target.zip', zipFiles({ 'index.js': 'exports.handler = async () => ({ statusCode: 200, body: "ok" });' }));
  const [root, other] = [await ClientAuthority.root(), await ClientAuthority.root('CN=Other')];
  await fillBuckets(stage.dataFolder, [root, other]);
  stage.copy(join(import.meta.dirname, '..', 'network.tf'), ...globSync(join(import.meta.dirname, '*.tf')));
  const elbv2 = new ElasticLoadBalancingV2Client(stage.settings);
  const planned = async (): Promise<Plan> => {
    await stage.succeeds('plan', '-out', 'plan');
    return JSON.parse(await stage.succeeds('show', '-json', 'plan')) as Plan;
  };

  stage.write('terraform.tfvars', 'changed = false\n');
  await stage.succeeds('init');
  const provider = new Arguments(JSON.parse(await stage.succeeds('providers', 'schema', '-json')) as ProviderSchema, TYPES);
  const used = provider.used(await planned());
  const unused = provider.all().filter((name) => !used.has(name) && !COMPUTED.test(name));
  assert.deepEqual(unused.sort(), Object.keys(LEFT_OUT).sort(), 'what is not used, and what is known as left out');
  await stage.succeeds('apply', '-auto-approve', 'plan');
  const facts = JSON.parse(await stage.succeeds('output', '-json', 'facts')) as Record<string, unknown>;
  assert.deepEqual(
    { ...facts, validity: null },
    { zone: true, balancers: true, both: 2, idle: 61, listeners: true, rule: 10, rules: true, path: '/health', groups: true, stores: true, revocation: 1, account: '127311923021', issued: true, validity: null },
  );
  assert.ok(Date.parse(String(facts['validity'])) > Date.now());
  await stage.settled('the first apply');
  const [store] = (await elbv2.send(new DescribeTrustStoresCommand({ Names: ['clients'] }))).TrustStores!;
  assert.deepEqual([store!.NumberOfCaCertificates, store!.TotalRevokedEntries, store!.Status], [1, 1, 'ACTIVE']);
  const { Location } = await elbv2.send(new GetTrustStoreCaCertificatesBundleCommand({ TrustStoreArn: store!.TrustStoreArn }));
  assert.match(await (await fetch(Location!)).text(), /^-----BEGIN CERTIFICATE-----/);
  assert.equal(await ask(await root.client()), 'verified');
  for (const stranger of [await root.client({ serialNumber: '77' }), await other.client(), {}]) assert.equal(await ask(stranger), '');

  stage.write('terraform.tfvars', 'changed = true\n');
  const update = await planned();
  const changed = provider.changed(update);
  const same = [...used].filter((name) => !name.startsWith('data.') && !changed.has(name));
  assert.deepEqual(same.sort(), Object.keys(UNCHANGED).sort(), 'what the second edition leaves as it is, and what is known as not to be changed');
  // what comes new is an attachment that the second edition has more
  assert.match(await stage.succeeds('apply', '-auto-approve', 'plan'), /Resources: 1 added, \d+ changed, 0 destroyed/);
  await stage.settled('the update');
  const groups = (await elbv2.send(new DescribeTargetGroupsCommand({ Names: ['ip'] }))).TargetGroups!;
  const health = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: groups[0]!.TargetGroupArn }));
  assert.deepEqual(health.TargetHealthDescriptions!.map(({ Target }) => Target!.Id).sort(), ['10.9.0.10', '10.9.0.11', '192.168.7.7']);
  assert.equal(await ask(await other.client({ until: -1 })), 'verified');
  assert.equal(await ask(await root.client({ serialNumber: '77' })), '');
  const balancers = (await elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers!;
  const listeners = await Promise.all(balancers.map(async ({ LoadBalancerArn }) => (await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }))).Listeners!));
  assert.ok(!JSON.stringify(listeners).includes('ClientSecret'), 'secrets are not answered');

  await stage.succeeds('destroy', '-auto-approve');
  await leavesNothing(stage.settings);
});

async function leavesNothing(settings: TerraformStage['settings']): Promise<void> {
  const [ec2, elbv2, acm] = [new EC2Client(settings), new ElasticLoadBalancingV2Client(settings), new ACMClient(settings)];
  assert.deepEqual((await ec2.send(new DescribeVpcsCommand({}))).Vpcs!.map(({ IsDefault }) => IsDefault), [true]);
  assert.ok((await ec2.send(new DescribeSubnetsCommand({}))).Subnets!.every(({ DefaultForAz }) => DefaultForAz));
  assert.deepEqual((await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups!.map(({ GroupName }) => GroupName), ['default']);
  assert.deepEqual((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces, []);
  const instances = (await ec2.send(new DescribeInstancesCommand({}))).Reservations!.flatMap(({ Instances }) => Instances!);
  assert.ok(instances.every(({ State }) => State!.Name === 'terminated'));
  assert.deepEqual((await elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers, []);
  assert.deepEqual((await elbv2.send(new DescribeTargetGroupsCommand({}))).TargetGroups, []);
  assert.deepEqual((await elbv2.send(new DescribeTrustStoresCommand({}))).TrustStores, []);
  assert.deepEqual((await acm.send(new ListCertificatesCommand({ Includes: { keyTypes: ['RSA_2048', 'EC_prime256v1'] } }))).CertificateSummaryList, []);
  assert.deepEqual((await new LambdaClient(settings).send(new ListFunctionsCommand({}))).Functions, []);
  assert.deepEqual((await new IAMClient(settings).send(new ListRolesCommand({}))).Roles!.filter(({ Path }) => !Path!.startsWith('/aws-service-role/')), []);
}
