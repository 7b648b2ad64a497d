import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { AwsError } from '../../../src/aws/index.ts';
import { workerOfConnection } from '../../../src/data-plane/ledger/index.ts';
import { Gateway, STAGE, type Scene } from './gateway.ts';

const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

async function gateway(scene: Scene): Promise<Gateway> {
  const at = await Gateway.open(scene);
  closing.push(() => at.close());
  return at;
}

const ROUTES: Scene['routes'] = { $connect: {}, $disconnect: {}, $default: { responds: true } };

interface Context {
  readonly connectionId: string;
  readonly [name: string]: unknown;
}

function contextOf(event: Readonly<Record<string, unknown>> | undefined): Context {
  return event!['requestContext'] as Context;
}

describe('$connect', () => {
  it('refuses with the status of the integration', async () => {
    const at = await gateway({ routes: ROUTES });
    at.handler = () => ({ statusCode: 401, body: 'who are you' });
    assert.deepEqual(await at.client().refusal(), { status: 401, body: 'who are you' });
    at.handler = () => {
      throw new Error('broken');
    };
    const broken = await at.client().refusal();
    assert.equal(broken.status, 502);
    assert.match(broken.body, /^\{"message": "Internal server error", "connectionId":"[A-Za-z0-9_-]{15}=", "requestId":"[A-Za-z0-9_-]{15}="\}$/);
    assert.equal(at.hub.size, 0);
    assert.deepEqual(at.events.map((event) => contextOf(event)['eventType']), ['CONNECT', 'CONNECT'], 'what was not connected is not disconnected');
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
  it('negotiates the subprotocol through the integration', async () => {
    const at = await gateway({ routes: ROUTES });
    at.handler = () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'b' } });
    const client = await at.connect('', { protocols: ['a', 'b'] });
    assert.equal(client.socket.protocol, 'b');
    assert.equal((at.events[0]!['headers'] as Record<string, string>)['Sec-WebSocket-Protocol'], 'a,b');
  });

  it('lets in whom the authorizer lets in, who is then named in every event', async () => {
    const at = await gateway({ routes: ROUTES });
    at.authorizer = { authorize: (_request, done) => done({ kind: 'in', signer: null, usageKey: null, principal: { principalId: 'me', plan: 'gold' } }) };
    at.show({ routes: ROUTES });
    const client = await at.connect();
    client.socket.send('x');
    client.socket.close();
    await eventually('three events', () => at.events.length === 3);
    for (const event of at.events) assert.deepEqual(contextOf(event)['authorizer'], { principalId: 'me', plan: 'gold' });
  });

  it('is forbidden to everybody where it asks for an API key', async () => {
    const at = await gateway({ routes: { $connect: { keyed: true } } });
    assert.equal((await at.client('', { headers: { 'x-api-key': 'any' } }).refusal()).status, 403);
    assert.deepEqual(at.events, []);
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
  it('needs the parameters that it requires', async () => {
    const at = await gateway({ routes: { ...ROUTES, $connect: { required: [{ part: 'querystring', name: 'token' }, { part: 'header', name: 'X-Who' }] } } });
    const refused = await at.client('?other=1').refusal();
    assert.equal(refused.status, 400);
    assert.match(refused.body, /^\{"message": "Missing required request parameters: \[token, X-Who\]", "connectionId":"/);
    await at.connect('?token=1', { headers: { 'x-who': 'me' } });
    assert.equal(at.events.length, 1);
  });

  it('answers what is no handshake with 403, and other versions with 426', async () => {
    const at = await gateway({ routes: ROUTES });
    const plain = await fetch(at.url.replace('ws:', 'http:'));
    assert.equal(plain.status, 403);
    assert.match(await plain.text(), /^\{"message": "Forbidden", "connectionId":"/);
    const old = await at.client('', { protocolVersion: 8 }).refusal();
    assert.equal(old.status, 426);
  });

  it('runs $disconnect for a client that left while it was let in', async () => {
    const at = await gateway({ routes: ROUTES });
    let letIn: (() => void) | null = null;
    at.handler = (event) => (contextOf(event)['eventType'] === 'CONNECT' ? new Promise((resolve) => (letIn = () => resolve({ statusCode: 200 }))) : { statusCode: 200 });
    const client = at.client();
    await eventually('the handshake waits', () => letIn !== null);
    client.socket.terminate();
    await new Promise((resolve) => setTimeout(resolve, 50));
    letIn!();
    await eventually('both events', () => at.events.length === 2);
    assert.deepEqual([contextOf(at.events[1])['eventType'], contextOf(at.events[1])['disconnectStatusCode']], ['DISCONNECT', 1006]);
    assert.equal(contextOf(at.events[0]).connectionId, contextOf(at.events[1]).connectionId);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
describe('limits', () => {
  it('a frame above 32 KB, a message above 128 KB end the connection with 1009; a binary one with 1003', async () => {
    const at = await gateway({ routes: ROUTES });
    at.handler = (event) => ({ statusCode: 200, body: String(String(event['body'] ?? '').length) });
    const fits = await at.connect();
    assert.equal(await fits.ask('x'.repeat(32 * 1024)), '32768');
    for (let i = 0; i < 4; i++) fits.socket.send('x'.repeat(32 * 1024), { fin: i === 3 });
    assert.equal(await fits.text(), '131072');
    fits.socket.send('x'.repeat(32 * 1024 + 1));
    assert.equal((await fits.end()).code, 1009);
    const parts = await at.connect();
    for (let i = 0; i < 5; i++) parts.socket.send('x'.repeat(32 * 1024), { fin: i === 4 });
    assert.equal((await parts.end()).code, 1009);
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
    const binary = await at.connect();
    binary.socket.send(Buffer.from([1]), { binary: true });
    assert.equal((await binary.end()).code, 1003);
    await eventually('all are disconnected', () => at.events.filter((event) => contextOf(event)['eventType'] === 'DISCONNECT').length === 3);
  });

  it('a silent connection ends with 1001, and so does an old one', async () => {
    const idle = await gateway({ routes: ROUTES, stage: { limits: { frameBytes: 32768, messageBytes: 131072, idleMs: 150, lifeMs: 60_000 } } });
    assert.deepEqual(await (await idle.connect()).end(), { code: 1001, reason: 'Going away' });
    const old = await gateway({ routes: ROUTES, stage: { limits: { frameBytes: 32768, messageBytes: 131072, idleMs: 60_000, lifeMs: 200 } } });
    const busy = await old.connect();
    const chatter = setInterval(() => busy.socket.send('x'), 20);
    assert.deepEqual(await busy.end(), { code: 1001, reason: 'Going away' });
    clearInterval(chatter);
    assert.deepEqual([contextOf(old.events.at(-1))['disconnectStatusCode'], contextOf(old.events.at(-1))['disconnectReason']], [1001, 'Going away']);
  });

  it('a silent connection has the idle time of its stage, not that of its listener', async () => {
    const at = await gateway({ routes: ROUTES, listenerIdleMs: 100 });
    const client = await at.connect();
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(client.closed, null);
    at.handler = () => ({ statusCode: 200, body: 'still here' });
    assert.equal(await client.ask('hello'), 'still here');
  });

  it('a connection that talks outlives the idle time of its stage', async () => {
    const at = await gateway({ routes: ROUTES, stage: { limits: { frameBytes: 32768, messageBytes: 131072, idleMs: 1_000, lifeMs: 60_000 } } });
    const client = await at.connect();
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      client.socket.ping();
    }
    assert.equal(client.closed, null);
  });
});

describe('@connections', () => {
  it('sends, tells and ends', async () => {
    const at = await gateway({ routes: ROUTES });
    const client = await at.connect('', { headers: { 'User-Agent': 'tester/1' } });
    const { connectionId } = contextOf(at.events[0]);
    assert.equal(workerOfConnection(connectionId), 5);
    assert.deepEqual(at.command(connectionId, { kind: 'post', data: Buffer.from('tell €') }), { kind: 'done' });
    assert.equal(await client.text(), 'tell €');
    at.command(connectionId, { kind: 'post', data: Buffer.from([0xff, 0xfe]) });
    await eventually('octets that are no text come in a binary frame', () => client.binaries.length === 1);
    const status = at.command(connectionId, { kind: 'get' });
    assert.equal(status.kind, 'status');
    if (status.kind === 'status') {
      assert.deepEqual([status.sourceIp, status.userAgent], ['127.0.0.1', 'tester/1']);
      assert.ok(status.lastActiveAt >= status.connectedAt);
    }
    assert.deepEqual(at.command(connectionId, { kind: 'post', data: Buffer.alloc(128 * 1024 + 1) }), { kind: 'too-large' });
    assert.deepEqual(at.command(connectionId, { kind: 'delete' }), { kind: 'done' });
    assert.deepEqual(await client.end(), { code: 1000, reason: 'Connection Closed Normally' });
    assert.deepEqual(at.command(connectionId, { kind: 'get' }), { kind: 'gone' });
    await eventually('$disconnect', () => at.events.length === 2);
    assert.deepEqual([contextOf(at.events[1])['disconnectStatusCode'], contextOf(at.events[1])['disconnectReason']], [1000, 'Connection Closed Normally']);
    assert.equal(at.posts, 2);
  });

  it('reaches nobody before the handshake is over, and no one of another account, API or stage', async () => {
    const at = await gateway({ routes: ROUTES });
    let early: unknown = null;
    at.handler = (event) => {
      if (contextOf(event)['eventType'] === 'CONNECT') early = at.command(contextOf(event).connectionId, { kind: 'get' });
      return { statusCode: 200 };
    };
    await at.connect();
    assert.deepEqual(early, { kind: 'gone' });
    const { connectionId } = contextOf(at.events[0]);
    const own = { account: '123456789012', region: 'us-east-1', apiId: 'abcdefghij', stage: 'prod' };
    const kind = (scope: typeof own): string => at.hub.command({ connectionId, scope, caller: null, command: { kind: 'get' } }).kind;
    assert.equal(kind(own), 'status');
    for (const other of [{ account: '999999999999' }, { region: 'eu-west-1' }, { apiId: 'another' }, { stage: 'dev' }]) assert.equal(kind({ ...own, ...other }), 'gone');
  });

  it('says so when a client takes nothing any more', async () => {
    const at = await gateway({ routes: ROUTES });
    const client = await at.connect();
    client.socket.pause();
    const { connectionId } = contextOf(at.events[0]);
    const data = Buffer.alloc(100_000, 120);
    let sent = 0;
    while (sent < 1000 && at.command(connectionId, { kind: 'post', data }).kind === 'done') {
      sent++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(sent > 10 && sent < 1000, `${sent} were taken`);
    assert.deepEqual(at.command(connectionId, { kind: 'post', data }), { kind: 'full' });
    client.socket.resume();
    await eventually('all that was taken arrives', () => client.texts.length === sent);
    assert.deepEqual(at.command(connectionId, { kind: 'post', data }), { kind: 'done' });
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
  it('is served at the API\'s own address', async () => {
    const at = await gateway({ routes: ROUTES });
    const client = await at.connect('', { headers: { 'User-Agent': 'tester/1' } });
    const { connectionId } = contextOf(at.events[0]);
    const ask = async (method: string, path: string, body?: string): Promise<readonly unknown[]> => {
      const answer = await fetch(at.url.replace('ws:', 'http:') + path, { method, ...(body !== undefined && { body }) });
      return [answer.status, answer.headers.get('x-amzn-errortype'), await answer.text()];
    };
    for (const path of [`/@connections/${connectionId}`, `/%40connections/${encodeURIComponent(connectionId)}`, `/@connections/${connectionId}?a=b`]) {
      assert.deepEqual(await ask('POST', path, 'hello'), [200, null, '']);
      assert.equal(await client.text(), 'hello');
    }
    const [status, , told] = await ask('GET', `/@connections/${connectionId}`);
    const { identity, connectedAt, lastActiveAt } = JSON.parse(told as string) as Readonly<Record<string, unknown>>;
    assert.deepEqual([status, identity], [200, { sourceIp: '127.0.0.1', userAgent: 'tester/1' }]);
    for (const time of [connectedAt, lastActiveAt]) assert.match(time as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const path = `/@connections/${connectionId}`;
    assert.deepEqual(await ask('POST', path, 'x'.repeat(131_073)), [413, 'PayloadTooLargeException', '{"message":"Message too long"}']);
    assert.deepEqual(await ask('POST', path, 'x'.repeat(2_000_000)), [413, 'PayloadTooLargeException', '{"message":"Message too long"}']);
    assert.deepEqual(await ask('POST', '/@connections/nobody', 'x'), [400, 'BadRequestException', '{"message":"Invalid connectionId: nobody"}']);
    assert.deepEqual(await ask('POST', `${path}/more`, 'x'), [400, 'BadRequestException', `{"message":"Invalid connectionId: ${connectionId}/more"}`]);
    assert.deepEqual(await ask('PUT', path, 'x'), [403, 'MissingAuthenticationTokenException', '{"message":"Missing Authentication Token"}']);
    assert.equal((await ask('POST', '/@elsewhere/x', 'x'))[0], 403);
    at.tokens = 0;
    assert.deepEqual(await ask('POST', path, 'x'), [429, 'LimitExceededException', '{"message":""}']);
    at.tokens = Infinity;
    const { guard } = at;
    at.guard = { ...guard, refusal: (_exchange, { method, connectionId: id, body }) => new AwsError('ForbiddenException', `${method} ${id} ${String(body)}`, { status: 403 }) };
    at.show({ routes: ROUTES });
    assert.deepEqual(await ask('POST', path, 'me?'), [403, 'ForbiddenException', `{"message":"POST ${connectionId} me?"}`]);
    at.guard = guard;
    at.show({ routes: ROUTES });
    assert.deepEqual(await ask('DELETE', path), [204, null, '']);
    assert.deepEqual(await client.end(), { code: 1000, reason: 'Connection Closed Normally' });
    assert.deepEqual(await ask('GET', path), [410, 'GoneException', '{"message":""}']);
    assert.deepEqual(client.texts, [], 'nothing that was refused arrived');
  });

  it('is limited by the account', async () => {
    const at = await gateway({ routes: ROUTES });
    await at.connect();
    at.tokens = 0;
    assert.deepEqual(at.command(contextOf(at.events[0]).connectionId, { kind: 'post', data: Buffer.from('x') }), { kind: 'throttled' });
  });
});

describe('changes of configuration', () => {
  it('leave connections alone, and serve their next message', async () => {
    const at = await gateway({ routes: { $default: { responds: true } } });
    at.handler = (_event, name) => ({ statusCode: 200, body: name });
    const client = await at.connect();
    for (let i = 0; i < 100; i++) {
      at.show({ routes: { $default: { responds: true }, [`route${i}`]: { responds: true } } });
      assert.equal(await client.ask({ action: `route${i}` }), `route${i}`);
    }
    assert.equal(client.closed, null);
  });

  it('that remove the stage end its connections', async () => {
    const at = await gateway({ routes: ROUTES });
    const client = await at.connect();
    at.hub.retire(STAGE);
    assert.equal((await client.end()).code, 1001);
  });

  it('a listener that drains says goodbye', async () => {
    const at = await gateway({ routes: ROUTES });
    const client = await at.connect();
    await at.drain(1000);
    assert.deepEqual(await client.end(), { code: 1001, reason: 'Going away' });
    await eventually('$disconnect ran', () => at.events.length === 2);
  });
});
