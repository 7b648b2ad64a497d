/** API Gateway v2 as the real Terraform AWS provider sees it, in full breadth: apply, no drift, everything updated in place, no drift, destroy leaves nothing. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiGatewayV2Client, GetApisCommand, GetDomainNamesCommand, GetIntegrationsCommand, GetStagesCommand, GetVpcLinksCommand } from '@aws-sdk/client-apigatewayv2';
import { terraformSkip } from '../support/terraform.ts';
import { TerraformStage } from '../support/terraform-stage.ts';
import { zipFiles } from '../support/zip.ts';
import { apiConfiguration } from './api-configuration.ts';

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

test('the whole breadth of API Gateway v2 is applied, read back without drift, updated in place and destroyed', { skip: terraformSkip('openssl'), timeout: 400_000 }, async () => {
  await using stage = await TerraformStage.start({ name: 'api' });
  stage.certificate('api', 'api.example.test', 'mutual.example.test');
  stage.write('target.zip', zipFiles({ 'index.js': 'exports.handler = async () => ({ statusCode: 200, body: "ok" });' }));
  stage.write('api.yaml', SPECIFICATION);
  stage.copy(join(import.meta.dirname, 'network.tf'));
  const bucket = join(stage.dataFolder, 's3', 'trust');
  mkdirSync(bucket, { recursive: true });
  for (const truststore of ['old.pem', 'new.pem']) copyFileSync(join(stage.folder, 'api.pem'), join(bucket, truststore));
  const v2 = new ApiGatewayV2Client(stage.settings);

  stage.write('main.tf', apiConfiguration(false));
  await stage.succeeds('init');
  await stage.succeeds('apply', '-auto-approve');
  const facts = JSON.parse(await stage.succeeds('output', '-json', 'facts')) as Record<string, unknown>;
  assert.deepEqual({ ...facts, invoke: null, target: null }, { apis: 3, endpoint: true, execution: true, link: 3, paths: ['/pets', '/pets/{id}'], invoke: null, target: null });
  // the provider makes invoke_url itself, out of AWS's own suffix
  assert.match(String(facts['invoke']), /^wss:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com\/prod$/);
  assert.match(String(facts['target']), /^d-[a-z0-9]{10}\.execute-api\.us-east-1\.localhost$/);
  await stage.settled('the first apply');
  const apis = (await v2.send(new GetApisCommand({}))).Items!;
  const http = apis.find(({ Name }) => Name === 'http-old')!.ApiId!;
  const deployed = (await v2.send(new GetStagesCommand({ ApiId: http }))).Items!.find(({ StageName }) => StageName === '$default')!;
  assert.match(deployed.LastDeploymentStatusMessage!, /^Successfully deployed/);
  assert.equal((await v2.send(new GetIntegrationsCommand({ ApiId: http }))).Items!.length, 4);

  stage.write('main.tf', apiConfiguration(true));
  const changed = await stage.succeeds('apply', '-auto-approve');
  // a deployment whose triggers change is made anew, and so is an API of quick create whose target changes; all else is updated
  assert.match(changed, /Resources: 2 added, \d+ changed, 2 destroyed/, changed);
  await stage.settled('the update');

  await stage.succeeds('destroy', '-auto-approve');
  assert.deepEqual((await v2.send(new GetApisCommand({}))).Items, []);
  assert.deepEqual((await v2.send(new GetDomainNamesCommand({}))).Items, []);
  assert.deepEqual((await v2.send(new GetVpcLinksCommand({}))).Items, []);
});
