import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Client } from '../../e2e/web-socket-api/gateway.ts';
import { SocketInstallation, type SocketApi } from './web-socket-api.ts';

const KB = 1024;
/** Times are cut short by settings; sizes are AWS's. */
const IDLE_SECONDS = 2;
const LIFE_SECONDS = 4;
const CONNECTS = 5;

let at: SocketInstallation;
let api: SocketApi;
before(async () => {
  at = await SocketInstallation.open({ limits: `websocket-idle-seconds=${IDLE_SECONDS},websocket-life-seconds=${LIFE_SECONDS},websocket-connections-per-second=${CONNECTS}` });
  api = await at.api();
  const echo = await at.lambda(api, await at.apis.function(`exports.handler = async (event) => {
    if (event.body === 'fail') throw new Error('failed');
    return { statusCode: 200, body: event.requestContext.eventType === 'MESSAGE' ? 'got ' + event.body.length : undefined };
  };`));
  await at.route(api, '$connect', echo);
  await at.route(api, 'known', echo, { responds: true });
  await at.route(api, '$default', echo, { responds: true });
});
after(() => at?.[Symbol.asyncDispose]());

async function ended(client: Client): Promise<number> {
  return (await client.end()).code;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
describe('quotas of WebSocket APIs', () => {
  it('a frame has 32 KB at most, a message 128 KB; what is larger ends the connection with 1009', async () => {
    const fits = await at.connect(api);
    assert.equal(await fits.ask('x'.repeat(32 * KB)), `got ${32 * KB}`);
    for (let i = 0; i < 4; i++) fits.socket.send('x'.repeat(32 * KB), { fin: i === 3 });
    assert.equal(await fits.text(), `got ${128 * KB}`);
    fits.socket.send('x'.repeat(32 * KB + 1));
    assert.equal(await ended(fits), 1009);
    const long = await at.connect(api);
    for (let i = 0; i < 5; i++) long.socket.send('x'.repeat(32 * KB), { fin: i === 4 });
    assert.equal(await ended(long), 1009);
  });

  it('a silent connection ends with 1001, "Going away", and so does one that has lived its time, however much it says', async () => {
    const [silent, busy] = [await at.connect(api), await at.connect(api)];
    const chatter = setInterval(() => busy.socket.send('x'), 200);
    const started = performance.now();
    assert.deepEqual(await silent.end(), { code: 1001, reason: 'Going away' });
    assert.ok(performance.now() - started >= 1000 * IDLE_SECONDS - 50);
    assert.equal(busy.closed, null);
    assert.deepEqual(await busy.end(), { code: 1001, reason: 'Going away' });
    assert.ok(performance.now() - started >= 1000 * LIFE_SECONDS - 200);
    clearInterval(chatter);
  });

  it('connections are opened at a rate; above it the handshake is 429', async () => {
    // those of the tests before must not count
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const clients = Array.from({ length: 10 * CONNECTS }, () => at.client(api));
    const outcomes = await Promise.all(clients.map((client) => Promise.race([client.opened().then(() => 101, () => 0), client.refusal().then(({ status, body }) => (body.startsWith('{"message": "Too Many Requests", "connectionId":"') ? status : 0))])));
    const opened = outcomes.filter((status) => status === 101).length;
    assert.deepEqual(new Set(outcomes), new Set([101, 429]));
    assert.ok(opened >= CONNECTS, `${opened} of ${clients.length} were opened`);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html (WebSocket API status codes)
it('connections end with the code that says why', async () => {
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const binary = await at.connect(api);
  binary.socket.send(Buffer.from([1, 2]), { binary: true });
  assert.equal(await ended(binary), 1003);
  const closing = await at.connect(api);
  closing.socket.close(1000, 'bye');
  assert.equal(await ended(closing), 1000);
  const text = await at.connect(api);
  // RFC 6455 section 8.1: a text that is not UTF-8
  text.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
  assert.equal(await ended(text), 1007);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-routes-integrations.html
it('errors come to the client as frames that name the connection and the request', async () => {
  const form = (message: string): RegExp => new RegExp(`^\\{"message": "${message}", "connectionId":"[A-Za-z0-9_-]{15}=", "requestId":"[A-Za-z0-9_-]{15}="\\}$`);
  const client = await at.connect(api);
  assert.match(await client.ask('fail'), form('Internal server error'));
  const bare = await at.api();
  await at.route(bare, 'only', await at.apis.integration(bare, { IntegrationType: 'MOCK' }));
  const lost = await at.connect(bare);
  assert.match(await lost.ask({ action: 'other' }), form('Forbidden'));
  assert.match(await lost.ask('no JSON'), form('Forbidden'));
  assert.match((await at.client(bare, { stage: 'none' }).refusal()).body, /^\{"message":"Forbidden"\}$/);
});
