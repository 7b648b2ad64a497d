/** What a message through `@connections` costs and how many go out a second: `node tools/test.ts system broadcast` prints it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { ApiGatewayV2Client, CreateApiCommand, CreateRouteCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { WebSocket } from 'ws';
import { connectionPost, sendPosts, type Key } from '../../support/load/connection-posts.ts';
import { cpuSeconds } from '../../support/load/process-state.ts';
import { quietOffset } from '../../support/quiet-offset.ts';
import { startTurnpike } from '../../support/turnpike.ts';

const CONNECTIONS = 200;
const SENDERS = 32;
const POSTS = 20_000;
/** Through the SDK, whose own cost is most of what is seen then. */
const SDK_POSTS = 1_000;
const MESSAGE = 'x'.repeat(64);
/** A way through the main thread would cost many times as much; busy machines cost some. */
const MOST_US = 400;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const skip = existsSync('/proc/self/stat') ? false : 'needs /proc: the time of another process is read there';

/** A connection; tries again while not every worker serves the API yet. */
async function opened(url: string, host: string): Promise<WebSocket> {
  for (let tries = 200; ; tries--) {
    const socket = new WebSocket(url, { headers: { Host: host } });
    const outcome = await new Promise<'open' | Error>((resolve) => void socket.once('open', () => resolve('open')).once('error', resolve));
    if (outcome === 'open') return socket;
    if (tries === 0) throw outcome;
    await pause(50);
  }
}

test(`${POSTS} messages to ${CONNECTIONS} connections through @connections`, { timeout: 400_000, skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-broadcast-'));
  const offset = await quietOffset();
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '2', '--drain-seconds', '0', '--port-offset', String(offset), '--limits', 'websocket-connections-per-second=1000000,api-requests-per-second=1000000,api-request-burst=1000000'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true });
  });
  const settings = { endpoint: turnpike.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const v2 = new ApiGatewayV2Client(settings);
  const iam = new IAMClient(settings);
  const { ApiId } = await v2.send(new CreateApiCommand({ Name: 'broadcast', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }));
  // of no use but that there is something to deploy
  await v2.send(new CreateRouteCommand({ ApiId, RouteKey: '$disconnect' }));
  await v2.send(new CreateStageCommand({ ApiId, StageName: 'prod', AutoDeploy: true }));
  await iam.send(new CreateUserCommand({ UserName: 'sender' }));
  const statement = { Effect: 'Allow', Action: 'execute-api:ManageConnections', Resource: `arn:aws:execute-api:us-east-1:000000000000:${ApiId}/prod/POST/@connections/*` };
  await iam.send(new PutUserPolicyCommand({ UserName: 'sender', PolicyName: 'send', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'sender' }));

  const port = 80 + offset;
  const host = `${ApiId}.execute-api.us-east-1.localhost`;
  const seen = { count: 0 };
  const ids: string[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const socket = await opened(`ws://127.0.0.1:${port}/prod`, host);
    t.after(() => socket.terminate());
    // without a route the answer is an error, which names the connection
    socket.send('who am I');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    ids.push((JSON.parse(answer.toString()) as { readonly connectionId: string }).connectionId);
    socket.on('message', () => void seen.count++);
  }
  const measured = async (what: string, posts: number, send: () => Promise<void>): Promise<number> => {
    seen.count = 0;
    const cpu = cpuSeconds(turnpike.pid);
    const started = performance.now();
    await send();
    const seconds = (performance.now() - started) / 1000;
    const each = (1e6 * (cpuSeconds(turnpike.pid) - cpu)) / posts;
    for (let i = 0; i < 3000 && seen.count !== posts; i++) await pause(20);
    assert.equal(seen.count, posts, 'every message arrived');
    t.diagnostic(`${what}: ${Math.round(posts / seconds)} messages a second with this client, ${each.toFixed(0)} us of CPU each here`);
    return each;
  };
  const broadcast = (key: Key, posts: number): Promise<void> => {
    const requests = ids.map((id) => connectionPost({ host, stage: 'prod' }, id, { key, message: MESSAGE }));
    return sendPosts(requests, { port, count: posts, senders: SENDERS });
  };
  const unknown = { accessKeyId: 'test', secret: 'test' };
  const known = { accessKeyId: AccessKey!.AccessKeyId!, secret: AccessKey!.SecretAccessKey! };
  await broadcast(known, 5_000);
  await pause(200);
  const believed = await measured('a key that is taken at its word', POSTS, () => broadcast(unknown, POSTS));
  const verified = await measured('signature checked, policy evaluated', POSTS, () => broadcast(known, POSTS));
  const management = new ApiGatewayManagementApiClient({ ...settings, maxAttempts: 1 });
  let left = SDK_POSTS;
  await measured('through the control endpoint with the SDK', SDK_POSTS, async () => {
    await Promise.all(Array.from({ length: SENDERS }, async () => {
      while (left-- > 0) await management.send(new PostToConnectionCommand({ ConnectionId: ids[left % ids.length]!, Data: Buffer.from(MESSAGE) }));
    }));
  });
  assert.ok(believed < MOST_US, `${believed} us`);
  assert.ok(verified < MOST_US, `${verified} us`);
});
