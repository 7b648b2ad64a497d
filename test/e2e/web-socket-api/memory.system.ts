/** What an idle WebSocket connection of an API costs, and how fast a message reaches all of them. `TURNPIKE_LONG=1`: twenty thousand. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { ApiGatewayV2Client, CreateApiCommand, CreateIntegrationCommand, CreateRouteCommand, CreateStageCommand, UpdateStageCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { cpuSeconds, descriptorCount, descriptorLimit, residentBytes } from '../../support/load/process-state.ts';
import { startTurnpike } from '../../support/turnpike.ts';

const LONG = process.env['TURNPIKE_LONG'] === '1';
const WANTED = LONG ? 20_000 : 2_000;
const AIM_BYTES = 6 * 1024;
/** With few of them, heaps that grow by steps weigh more than connections. */
const MOST_BYTES = (LONG ? 12 : 24) * 1024;
/** Messages sent to connections one by one, for the rate. */
const POSTS = LONG ? 10_000 : 1_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const skip = existsSync('/proc/self/status') ? false : 'needs /proc: memory of another process is read there';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

test(`${WANTED} idle WebSocket connections: bounded, reached by @connections, alive through changes, given back when they are gone`, { timeout: 300_000, skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-sockets-'));
  const offset = (await freePort()) - 80;
  // 500 connections a second are AWS's quota, and would be what is measured
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '2', '--drain-seconds', '0', '--port-offset', String(offset), '--limits', 'websocket-connections-per-second=1000000,api-requests-per-second=1000000,api-request-burst=1000000'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true });
  });
  const settings = { endpoint: turnpike.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const v2 = new ApiGatewayV2Client(settings);
  const logs = new CloudWatchLogsClient(settings);
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'sockets' }));
  const { ApiId } = await v2.send(new CreateApiCommand({ Name: 'idle', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }));
  const { IntegrationId } = await v2.send(new CreateIntegrationCommand({ ApiId, IntegrationType: 'MOCK' }));
  await v2.send(new CreateRouteCommand({ ApiId, RouteKey: '$connect', Target: `integrations/${IntegrationId}` }));
  const AccessLogSettings = { DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:sockets', Format: '$context.connectionId' };
  await v2.send(new CreateStageCommand({ ApiId, StageName: 'prod', AutoDeploy: true, AccessLogSettings }));

  const child = spawn(process.execPath, [join(import.meta.dirname, '../../support/load/idle-sockets-process.ts'), String(80 + offset), `${ApiId}.execute-api.us-east-1.localhost`, '/prod'], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const ask = async (line: string): Promise<Readonly<Record<string, number>>> => {
    const answer = once(lines, 'line');
    child.stdin.write(`${line}\n`);
    return JSON.parse(((await answer) as [string])[0]) as Readonly<Record<string, number>>;
  };

  const count = Math.min(WANTED, descriptorLimit() - 500);
  // the code is compiled and the lists have their first sizes
  for (let i = 0; i < 200 && (await ask('open 1'))['opened'] !== 1; i++) await pause(100);
  assert.deepEqual(await ask('open 300'), { opened: 300 });
  await ask('close');
  await pause(2000);
  const files = descriptorCount(turnpike.pid);
  const before = residentBytes(turnpike.pid);
  assert.deepEqual(await ask(`open ${count}`), { opened: count });
  await pause(2000);
  assert.ok(descriptorCount(turnpike.pid) >= files + count);
  const each = (residentBytes(turnpike.pid) - before) / count;
  t.diagnostic(`${count} idle connections: ${(each / 1024).toFixed(2)} KB resident each (aim ${AIM_BYTES / 1024})`);

  for (let i = 0; i < 100; i++) await v2.send(new UpdateStageCommand({ ApiId, StageName: 'prod', StageVariables: { round: String(i) } }));

  // who is connected is in the access log, as it would be in a table that $connect writes
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName: 'sockets', nextToken, limit: 10_000 }));
    for (const { message } of page.events ?? []) ids.push(message!.trim());
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  assert.ok(ids.length >= count, `${ids.length} lines`);
  const live = ids.slice(-Math.min(count, POSTS));
  const management = new ApiGatewayManagementApiClient({ ...settings, maxAttempts: 1 });
  const cpuBefore = cpuSeconds(turnpike.pid);
  const started = performance.now();
  let next = 0;
  let delivered = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (next < POSTS) {
      const ConnectionId = live[next++ % live.length]!;
      await management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('hello') }));
      delivered++;
    }
  }));
  const seconds = (performance.now() - started) / 1000;
  const cpu = cpuSeconds(turnpike.pid) - cpuBefore;
  for (let i = 0; i < 100 && (await ask('received'))['received']! < delivered; i++) await pause(50);
  assert.equal((await ask('received'))['received'], delivered, 'every message arrived');
  t.diagnostic(`${delivered} messages through @connections with the SDK: ${(delivered / seconds).toFixed(0)} a second with this client, ${((1e6 * cpu) / delivered).toFixed(0)} us of CPU each here`);

  assert.deepEqual(await ask('close'), { closed: count, lost: 0 });
  for (let waited = 0; descriptorCount(turnpike.pid) > files + 40 && waited < 100; waited++) await pause(50);
  assert.ok(descriptorCount(turnpike.pid) <= files + 40, `${descriptorCount(turnpike.pid)} descriptors are open, ${files} were`);
  assert.ok(each < MOST_BYTES, `an idle connection costs ${(each / 1024).toFixed(1)} KB`);
});
