/**
 * What an idle WebSocket connection of an API costs, that each has what is broadcast through `@connections`, and that it lives through changes. `TURNPIKE_LONG=1`: twenty thousand, of as many
 * installations beside one another as it takes where a process may not have so many files open.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  ApiGatewayV2Client, CreateApiCommand, CreateIntegrationCommand, CreateIntegrationResponseCommand, CreateRouteCommand, CreateRouteResponseCommand, CreateStageCommand, UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { connectionPost, sendPosts } from '../../support/load/connection-posts.ts';
import { idleSockets, type IdleSockets } from '../../support/load/idle-sockets.ts';
import { cpuSeconds, descriptorCount, descriptorLimit, residentBytes } from '../../support/load/process-state.ts';
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
/** Requests to `@connections` that are under way at a time. */
const SENDERS = 32;
const KEY = { accessKeyId: 'test', secret: 'test' };
/** What a process has open besides. */
const OTHER_FILES = 1_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const skip = existsSync('/proc/self/status') ? false : 'needs /proc: memory of another process is read there';

/** Processes that are started from here may open as many files as they need: for root, who may lift the limit. */
function liftLimit(files: number): void {
  if (descriptorLimit() < files) spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${files}:${files}`]);
}

/** An installation that serves a WebSocket API, and a process that holds its clients. */
interface Served {
  readonly pid: number;
  readonly port: number;
  readonly host: string;
  readonly sockets: IdleSockets;
  readonly management: ApiGatewayManagementApiClient;
  change(round: number): Promise<unknown>;
  /** Of all that were connected, the newest last. */
  connectionIds(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

async function serve(): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-sockets-'));
  const offset = await quietOffset();
  // 500 connections a second are AWS's quota, and would be what is measured
  const turnpike = await startTurnpike({ dataFolder: folder, nodeOptions: NODE_OPTIONS, options: ['--workers', '2', '--drain-seconds', '0', '--port-offset', String(offset), '--limits', 'websocket-connections-per-second=1000000,api-requests-per-second=1000000,api-request-burst=1000000'] });
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
  const AccessLogSettings = { DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:sockets', Format: '$context.requestId $context.eventType $context.connectionId' };
  await v2.send(new CreateStageCommand({ ApiId, StageName: 'prod', AutoDeploy: true, AccessLogSettings }));
  const port = 80 + offset;
  const host = `${ApiId}.execute-api.us-east-1.localhost`;
  const sockets = idleSockets({ port, host, path: '/prod' });
  return {
    pid: turnpike.pid, port, host, sockets, management: new ApiGatewayManagementApiClient({ ...settings, maxAttempts: 1 }),
    change: (round) => v2.send(new UpdateStageCommand({ ApiId, StageName: 'prod', StageVariables: { round: String(round) } })),
    // who is connected is in the access log, as it would be in a table that $connect writes
    async connectionIds() {
      const ids: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await logs.send(new FilterLogEventsCommand({ logGroupName: 'sockets', nextToken, limit: 10_000 }));
        for (const { message = '' } of page.events ?? []) {
          const [, event, id] = message.trim().split(' ');
          if (event === 'CONNECT') ids.push(id!);
        }
        ({ nextToken } = page);
      } while (nextToken !== undefined);
      return ids;
    },
    async stop() {
      await sockets[Symbol.asyncDispose]();
      await turnpike.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

test(`${WANTED} idle WebSocket connections: bounded, reached by @connections, alive through changes, given back when they are gone`, { timeout: 300_000, skip }, async (t) => {
  liftLimit(WANTED + 2 * OTHER_FILES);
  const installations = Math.ceil(WANTED / (descriptorLimit() - OTHER_FILES));
  const count = Math.floor(WANTED / installations);
  const all: Served[] = [];
  t.after(() => Promise.all(all.map((one) => one.stop())));
  for (let i = 0; i < installations; i++) all.push(await serve());
  const total = installations * count;
  if (installations > 1) t.diagnostic(`${installations} installations with ${count} connections each: a process may have ${descriptorLimit()} files open here (ulimit -n)`);

  // the code is compiled and the lists have their first sizes
  for (const { sockets } of all) {
    for (let i = 0; i < 600 && (await sockets.open(1)) !== 1; i++) await pause(100);
    assert.equal(await sockets.open(300), 300);
    await sockets.close();
  }
  await pause(2000);
  const files = all.map(({ pid }) => descriptorCount(pid));
  const resident = (): number => all.reduce((sum, { pid }) => sum + residentBytes(pid), 0);
  const before = resident();
  const begun = performance.now();
  for (const { sockets } of all) assert.equal(await sockets.open(count), count);
  const opening = (performance.now() - begun) / 1000;
  await pause(2000);
  for (const { pid } of all) assert.ok(descriptorCount(pid) > count, 'every connection is open at once');
  const each = (resident() - before) / total;
  t.diagnostic(`${total} idle connections, opened in ${opening.toFixed(1)} s: ${(each / 1024).toFixed(2)} KB resident each`);

  for (const one of all) for (let round = 0; round < CHANGES; round++) await one.change(round);

  let seconds = 0;
  let cpu = 0;
  for (const { pid, port, host, sockets, management, connectionIds } of all) {
    const ids = (await connectionIds()).slice(-count);
    assert.equal(new Set(ids).size, count);
    const posts = ids.map((id) => connectionPost({ host, stage: 'prod' }, id, { key: KEY, message: 'hello' }));
    await sockets.heard(0);
    const spent = cpuSeconds(pid);
    const started = performance.now();
    await sendPosts(posts, { port, count, senders: SENDERS });
    seconds += (performance.now() - started) / 1000;
    cpu += cpuSeconds(pid) - spent;
    assert.deepEqual(await sockets.heard(count), { 1: count }, 'each has had the message once');
    await management.send(new PostToConnectionCommand({ ConnectionId: ids[0]!, Data: Buffer.from('hello') }));
    assert.deepEqual(await sockets.heard(1), { 0: count - 1, 1: 1 }, 'the control endpoint reaches them too');
    assert.equal(await sockets.say(), count, 'every connection has its message answered');
  }
  t.diagnostic(`a broadcast to ${total} through @connections: ${Math.round(total / seconds)} a second with this client, ${Math.round((1e6 * cpu) / total)} us of CPU each here`);

  for (const [i, { pid, sockets }] of all.entries()) {
    assert.deepEqual(await sockets.close(), { closed: count, lost: 0 });
    for (let waited = 0; descriptorCount(pid) > files[i]! + 40 && waited < 1200; waited++) await pause(50);
    assert.ok(descriptorCount(pid) <= files[i]! + 40, `${descriptorCount(pid)} descriptors are open, ${files[i]} were`);
  }
  assert.ok(each < MOST_BYTES, `an idle connection costs ${(each / 1024).toFixed(1)} KB`);
});
