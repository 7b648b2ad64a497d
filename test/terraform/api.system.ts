/** API Gateway v2 as the real Terraform AWS provider sees it, in full breadth: apply, no drift, everything updated in place, no drift, destroy leaves nothing. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiGatewayV2Client, GetApisCommand, GetDomainNamesCommand, GetIntegrationsCommand, GetStagesCommand, GetVpcLinksCommand } from '@aws-sdk/client-apigatewayv2';
import { terraformIn, terraformSkip } from '../support/terraform.ts';
import { startTurnpike } from '../support/turnpike.ts';
import { zipFiles } from '../support/zip.ts';
import { apiConfiguration } from './api-configuration.ts';

const skip = terraformSkip() || (spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed');

const SPECIFICATION = `
openapi: 3.0.1
info: { title: imported, version: '1.0' }
paths:
  /pets:
    get:
      x-amazon-apigateway-integration: { type: http_proxy, httpMethod: GET, uri: 'https://example.test/pets', payloadFormatVersion: '1.0' }
  /pets/{id}:
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-integration: { type: http_proxy, httpMethod: ANY, uri: 'https://example.test/pets/{id}', payloadFormatVersion: '1.0' }
`;

test('the whole breadth of API Gateway v2 is applied, read back without drift, updated in place and destroyed', { skip, timeout: 400_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-api-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const { endpoint } = turnpike;
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj', '/CN=api.example.test', '-addext', 'subjectAltName=DNS:api.example.test,DNS:mutual.example.test', '-keyout', 'api.key', '-out', 'api.pem'], { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'target.zip'), zipFiles({ 'index.js': 'exports.handler = async () => ({ statusCode: 200, body: "ok" });' }));
  writeFileSync(join(folder, 'api.yaml'), SPECIFICATION);
  mkdirSync(join(dataFolder, 's3', 'trust'), { recursive: true });
  for (const truststore of ['old.pem', 'new.pem']) copyFileSync(join(folder, 'api.pem'), join(dataFolder, 's3', 'trust', truststore));
  const terraform = terraformIn(folder);
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args, '-no-color');
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output.slice(Math.max(0, output.indexOf("Error:")))}\n${turnpike.printed()}`);
    return output;
  };
  const settled = async (when: string): Promise<void> => {
    const { code, output } = await terraform('plan', '-detailed-exitcode', '-no-color');
    assert.equal(code, 0, `there is drift after ${when}:\n${output}`);
  };
  const v2 = new ApiGatewayV2Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

  writeFileSync(join(folder, 'main.tf'), apiConfiguration({ endpoint, changed: false }));
  await succeeds('init');
  await succeeds('apply', '-auto-approve');
  const facts = JSON.parse(await succeeds('output', '-json', 'facts')) as Record<string, unknown>;
  assert.deepEqual({ ...facts, invoke: null, target: null }, { apis: 3, endpoint: true, execution: true, link: 2, paths: ['/pets', '/pets/{id}'], invoke: null, target: null });
  // the provider makes invoke_url itself, out of AWS's own suffix
  assert.match(String(facts['invoke']), /^wss:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com\/prod$/);
  assert.match(String(facts['target']), /^d-[a-z0-9]{10}\.execute-api\.us-east-1\.localhost$/);
  await settled('the first apply');
  const apis = (await v2.send(new GetApisCommand({}))).Items!;
  const http = apis.find(({ Name }) => Name === 'http-old')!.ApiId!;
  const stage = (await v2.send(new GetStagesCommand({ ApiId: http }))).Items!.find(({ StageName }) => StageName === '$default')!;
  assert.match(stage.LastDeploymentStatusMessage!, /^Successfully deployed/);
  assert.equal((await v2.send(new GetIntegrationsCommand({ ApiId: http }))).Items!.length, 4);

  writeFileSync(join(folder, 'main.tf'), apiConfiguration({ endpoint, changed: true }));
  const changed = await succeeds('apply', '-auto-approve');
  // a deployment whose triggers change is made anew, and so is an API of quick create whose target changes; all else is updated
  assert.match(changed, /Resources: 2 added, \d+ changed, 2 destroyed/, changed);
  await settled('the update');

  await succeeds('destroy', '-auto-approve');
  assert.deepEqual((await v2.send(new GetApisCommand({}))).Items, []);
  assert.deepEqual((await v2.send(new GetDomainNamesCommand({}))).Items, []);
  assert.deepEqual((await v2.send(new GetVpcLinksCommand({}))).Items, []);
});
