/** A quota outlives the process that counts it, killed without a word: what was used a second before is not given again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { quietOffset } from '../../support/quiet-offset.ts';
import { startTurnpike } from '../../support/turnpike.ts';
import { get } from '../elbv2/installation.ts';

test('what was used before the process was killed is used up after it', { timeout: 120_000 }, async () => {
  // undone from the last to the first
  await using made = new AsyncDisposableStack();
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-quota-'));
  made.defer(() => rmSync(dataFolder, { recursive: true, force: true }));
  const target = createServer((_request, response) => void response.end('in'));
  made.defer(() => void target.close());
  await new Promise<void>((resolve) => void target.listen(0, '127.0.0.1', resolve));
  const offset = await quietOffset();
  const start = () => startTurnpike({ dataFolder, options: ['--workers', '2', '--drain-seconds', '0', '--beyond-aws', 'api-keys', '--port-offset', String(offset)] });
  let turnpike = await start();
  made.defer(() => turnpike.stop());
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0';
  const aws = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${turnpike.endpoint}${path}`, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    assert.equal(response.status, 201, await response.clone().text());
    return (await response.json()) as T;
  };
  const { apiId } = await aws<{ apiId: string }>('/v2/apis', { name: 'a', protocolType: 'HTTP' });
  const { integrationId } = await aws<{ integrationId: string }>(`/v2/apis/${apiId}/integrations`, { integrationType: 'HTTP_PROXY', integrationMethod: 'GET', integrationUri: `http://127.0.0.1:${(target.address() as AddressInfo).port}/`, payloadFormatVersion: '1.0' });
  await aws(`/v2/apis/${apiId}/routes`, { routeKey: 'GET /', target: `integrations/${integrationId}`, apiKeyRequired: true });
  await aws(`/v2/apis/${apiId}/stages`, { stageName: '$default', autoDeploy: true });
  const plan = await aws<{ id: string }>('/usageplans', { name: 'p', apiStages: [{ apiId, stage: '$default' }], quota: { limit: 50, period: 'MONTH' } });
  const key = await aws<{ id: string; value: string }>('/apikeys', { enabled: true });
  await aws(`/usageplans/${plan.id}/keys`, { keyId: key.id, keyType: 'API_KEY' });

  const ask = async (): Promise<number> => (await get(80 + offset, { host: `${apiId}.execute-api.us-east-1.localhost`, headers: `x-api-key: ${key.value}\r\n` })).status;
  const serving = () => eventually('it serves', async () => [200, 429].includes(await ask().catch(() => 0)));
  await serving();
  const first = await Promise.all(Array.from({ length: 29 }, ask));
  assert.deepEqual(new Set(first), new Set([200]));
  // longer than what was counted may be kept by nobody
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await turnpike.end('SIGKILL');
  turnpike = await start();
  await serving();
  const second = await Promise.all(Array.from({ length: 40 }, ask));
  assert.equal(second.filter((status) => status === 200).length, 19);
  assert.equal(second.filter((status) => status === 429).length, 21);
});
