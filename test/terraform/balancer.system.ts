/** Load balancing as the real Terraform AWS provider sees it, in full breadth: apply, no drift, everything updated in place, no drift, destroy leaves nothing. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { DescribeInstancesCommand, DescribeNetworkInterfacesCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand, DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { terraformIn, terraformSkip } from '../support/terraform.ts';
import { startTurnpike } from '../support/turnpike.ts';
import { zipFiles } from '../support/zip.ts';
import { balancerConfiguration } from './balancer-configuration.ts';

const skip = terraformSkip() || (spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed');

test('the whole breadth of load balancing is applied, read back without drift, updated in place and destroyed', { skip, timeout: 800_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-balancer-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const { endpoint } = turnpike;
  for (const name of ['one', 'two']) {
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj', '/CN=imported.example.test', '-addext', 'subjectAltName=DNS:imported.example.test', '-keyout', `${name}.key`, '-out', `${name}.pem`];
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  }
  writeFileSync(join(folder, 'target.zip'), zipFiles({ 'index.js': 'exports.handler = async () => ({ statusCode: 200, body: "ok" });' }));
  const terraform = terraformIn(folder);
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args, '-no-color');
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output}\n${turnpike.printed()}`);
    return output;
  };
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const elbv2 = new ElasticLoadBalancingV2Client(settings);

  writeFileSync(join(folder, 'main.tf'), balancerConfiguration({ endpoint, changed: false }));
  await succeeds('init');
  await succeeds('apply', '-auto-approve');
  const facts = JSON.parse(await succeeds('output', '-json', 'facts')) as Record<string, unknown>;
  assert.deepEqual({ ...facts, validity: null }, { zone: true, named: true, both: 2, idle: 61, listener: true, rule: 10, path: '/health', issued: true, validity: null });
  assert.ok(Date.parse(String(facts['validity'])) > Date.now());
  const settled = async (when: string): Promise<void> => {
    const { code, output } = await terraform('plan', '-detailed-exitcode', '-no-color');
    assert.equal(code, 0, `there is drift after ${when}:\n${output}`);
  };
  await settled('the first apply');

  writeFileSync(join(folder, 'main.tf'), balancerConfiguration({ endpoint, changed: true }));
  const changed = await succeeds('apply', '-auto-approve');
  // what comes new is an attachment that the second edition has more; the extra certificate of the listener has no update at AWS
  assert.match(changed, /Resources: 2 added, \d+ changed, 1 destroyed/, changed);
  await settled('the update');
  const groups = (await elbv2.send(new DescribeTargetGroupsCommand({ Names: ['ip'] }))).TargetGroups!;
  const health = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: groups[0]!.TargetGroupArn }));
  assert.deepEqual(health.TargetHealthDescriptions!.map(({ Target }) => Target!.Id).sort(), ['10.9.0.10', '10.9.0.11', '192.168.7.7']);

  await succeeds('destroy', '-auto-approve');
  const ec2 = new EC2Client(settings);
  const vpcs = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs!;
  assert.deepEqual(vpcs.map(({ IsDefault }) => IsDefault), [true]);
  assert.ok((await ec2.send(new DescribeSubnetsCommand({}))).Subnets!.every(({ DefaultForAz }) => DefaultForAz));
  assert.deepEqual((await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups!.map(({ GroupName }) => GroupName), ['default']);
  assert.deepEqual((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces, []);
  const instances = (await ec2.send(new DescribeInstancesCommand({}))).Reservations!.flatMap(({ Instances }) => Instances!);
  assert.ok(instances.every(({ State }) => State!.Name === 'terminated'));
  assert.deepEqual((await elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers, []);
  assert.deepEqual((await elbv2.send(new DescribeTargetGroupsCommand({}))).TargetGroups, []);
  assert.deepEqual((await new ACMClient(settings).send(new ListCertificatesCommand({ Includes: { keyTypes: ['RSA_2048', 'EC_prime256v1'] } }))).CertificateSummaryList, []);
  assert.deepEqual((await new LambdaClient(settings).send(new ListFunctionsCommand({}))).Functions, []);
  assert.deepEqual((await new IAMClient(settings).send(new ListRolesCommand({}))).Roles!.filter(({ Path }) => !Path!.startsWith('/aws-service-role/')), []);
});
