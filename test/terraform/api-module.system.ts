/** HTTP and WebSocket APIs in the shape of the widely used community module, with the real provider: applied, read back without drift, destroyed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { terraformSkip } from '../support/terraform.ts';
import { TerraformStage } from '../support/terraform-stage.ts';
import { API_MODULE_CONFIGURATION } from './api-module-configuration.ts';

test('APIs in the shape of the community module are applied, read back without drift and destroyed', { skip: terraformSkip(), timeout: 400_000 }, async () => {
  await using stage = await TerraformStage.start({ name: 'api-module' });
  stage.write('main.tf', API_MODULE_CONFIGURATION);
  await stage.succeeds('init');
  await stage.succeeds('apply', '-auto-approve');
  const [http, socket] = JSON.parse(await stage.succeeds('output', '-json', 'endpoints')) as [string, string];
  assert.match(http, /^https:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.localhost(:\d+)?$/);
  assert.match(socket, /^wss:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.localhost(:\d+)?$/);
  await stage.settled('the apply');
  await stage.succeeds('destroy', '-auto-approve');
  assert.deepEqual((await new ApiGatewayV2Client(stage.settings).send(new GetApisCommand({}))).Items, []);
});
