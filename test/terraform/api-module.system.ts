/** HTTP and WebSocket APIs in the shape of the widely used community module, with the real provider: applied, read back without drift, destroyed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { terraformIn, terraformSkip } from '../support/terraform.ts';
import { startTurnpike } from '../support/turnpike.ts';
import { apiModuleConfiguration } from './api-module-configuration.ts';

test('APIs in the shape of the community module are applied, read back without drift and destroyed', { skip: terraformSkip(), timeout: 400_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-api-module-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const terraform = terraformIn(folder);
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args, '-no-color');
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output.slice(Math.max(0, output.indexOf('Error:')))}\n${turnpike.printed()}`);
    return output;
  };
  writeFileSync(join(folder, 'main.tf'), apiModuleConfiguration(turnpike.endpoint));
  await succeeds('init');
  await succeeds('apply', '-auto-approve');
  const [http, socket] = JSON.parse(await succeeds('output', '-json', 'endpoints')) as [string, string];
  assert.match(http, /^https:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.localhost(:\d+)?$/);
  assert.match(socket, /^wss:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.localhost(:\d+)?$/);
  const { code, output } = await terraform('plan', '-detailed-exitcode', '-no-color');
  assert.equal(code, 0, `there is drift:\n${output}`);
  await succeeds('destroy', '-auto-approve');
  const v2 = new ApiGatewayV2Client({ endpoint: turnpike.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  assert.deepEqual((await v2.send(new GetApisCommand({}))).Items, []);
});
