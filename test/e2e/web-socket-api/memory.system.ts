/** What an idle WebSocket connection of an API costs, and that it lives through changes. `TURNPIKE_LONG=1`: twenty thousand. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  ApiGatewayV2Client, CreateApiCommand, CreateIntegrationCommand, CreateIntegrationResponseCommand, CreateRouteCommand, CreateRouteResponseCommand, CreateStageCommand, UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { descriptorCount, descriptorLimit, residentBytes } from '../../support/load/process-state.ts';
import { quietOffset } from '../../support/quiet-offset.ts';
import { startTurnpike } from '../../support/turnpike.ts';

const LONG = process.env['TURNPIKE_LONG'] === '1';
const WANTED = LONG ? 20_000 : 5_000;
/** With few of them, heaps that grow by steps weigh more than connections. */
const MOST_BYTES = (LONG ? 6 : 10) * 1024;
/**
 * The young generation of each thread grows with what survives in it, to 16 MB and twice that by V8's own choice: 5 KB a connection here, which no connection keeps. So that
 * it does not hide what they do keep, it stays small.
 */
const NODE_OPTIONS = ['--max-semi-space-size=2'];
const CHANGES = 100;
/** Messages through `@connections`. */
const POSTS = 200;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const skip = existsSync('/proc/self/status') ? false : 'needs /proc: memory of another process is read there';

/** Processes that are started from here may open as many files as they need: for root, who may lift the limit. */
function liftLimit(files: number): void {
  if (descriptorLimit() < files) spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${files}:${files}`]);
}

test(`${WANTED} idle WebSocket connections: bounded, reached by @connections, alive through changes, given back when they are gone`, { timeout: 300_000, skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-sockets-'));
  liftLimit(WANTED + 2_000);
  const offset = await quietOffset();
  // 500 connections a second are AWS's quota, and would be what is measured
  const turnpike = await startTurnpike({ dataFolder: folder, nodeOptions: NODE_OPTIONS, options: ['--workers', '2', '--drain-seconds', '0', '--port-offset', String(offset), '--limits', 'websocket-connections-per-second=1000000,api-requests-per-second=1000000,api-request-burst=1000000'] });
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
  await v2.send(new CreateIntegrationResponseCommand({ ApiId, IntegrationId, IntegrationResponseKey: '$default', ResponseTemplates: { 200: 'here' }, TemplateSelectionExpression: '200' }));
  await v2.send(new CreateRouteCommand({ ApiId, RouteKey: '$connect', Target: `integrations/${IntegrationId}` }));
  const { RouteId } = await v2.send(new CreateRouteCommand({ ApiId, RouteKey: '$default', Target: `integrations/${IntegrationId}`, RouteResponseSelectionExpression: '$default' }));
  await v2.send(new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }));
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
  if (count < WANTED) t.diagnostic(`only ${count} connections: a process may have ${descriptorLimit()} files open here (ulimit -n)`);
  // the code is compiled and the lists have their first sizes
  for (let i = 0; i < 600 && (await ask('open 1'))['opened'] !== 1; i++) await pause(100);
  assert.deepEqual(await ask('open 300'), { opened: 300 });
  await ask('close');
  await pause(2000);
  const files = descriptorCount(turnpike.pid);
  const before = residentBytes(turnpike.pid);
  assert.deepEqual(await ask(`open ${count}`), { opened: count });
  await pause(2000);
  assert.ok(descriptorCount(turnpike.pid) > count, 'every connection is open at once');
  const each = (residentBytes(turnpike.pid) - before) / count;
  t.diagnostic(`${count} idle connections: ${(each / 1024).toFixed(2)} KB resident each`);

  for (let i = 0; i < CHANGES; i++) await v2.send(new UpdateStageCommand({ ApiId, StageName: 'prod', StageVariables: { round: String(i) } }));

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
  const { received: heard } = await ask('received');
  for (const ConnectionId of live) await management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('hello') }));
  for (let i = 0; i < 1200 && (await ask('received'))['received'] !== heard! + live.length; i++) await pause(50);
  assert.equal((await ask('received'))['received'], heard! + live.length, 'every message arrived');
  assert.deepEqual(await ask('say'), { answered: count }, 'every connection has its message answered');

  assert.deepEqual(await ask('close'), { closed: count, lost: 0 });
  for (let waited = 0; descriptorCount(turnpike.pid) > files + 40 && waited < 1200; waited++) await pause(50);
  assert.ok(descriptorCount(turnpike.pid) <= files + 40, `${descriptorCount(turnpike.pid)} descriptors are open, ${files} were`);
  assert.ok(each < MOST_BYTES, `an idle connection costs ${(each / 1024).toFixed(1)} KB`);
});
