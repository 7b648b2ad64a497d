/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html ("native support for WebSockets"),
 * load-balancer-access-logs.html (types ws and wss), lambda-functions.html (upgrades are rejected with 400).
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import { get, Installation, says } from './installation.ts';

let installation: Installation;
let server: WebSocketServer;
let group: string;
let balancer: Awaited<ReturnType<Installation['balancer']>>;

before(async () => {
  installation = await Installation.open();
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket, request) => {
    socket.send(JSON.stringify([request.url, request.headers['x-forwarded-for'], request.headers['x-forwarded-proto'], request.headers['x-amzn-trace-id']?.slice(0, 7)]));
    socket.on('message', (data) => socket.send(data));
  });
  balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs', 'idle_timeout.timeout_seconds': '1' });
  group = await installation.group([(server.address() as AddressInfo).port], { attributes: { 'deregistration_delay.timeout_seconds': '1' } });
});
after(async () => {
  server.close();
  for (const client of server.clients) client.terminate();
  await installation[Symbol.asyncDispose]();
});

const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';

async function hello(socket: WebSocket): Promise<unknown> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(String(data));
}

async function closed(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

test('ws and wss reach a target, are closed by the idle timeout, and are logged with 101 when they end', async () => {
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'ws.example.com' });
  const forward = { Type: 'forward', TargetGroupArn: group };
  const plain = await installation.door(balancer, forward);
  const secure = await installation.door(balancer, forward, { Protocol: 'HTTPS', Certificates: [{ CertificateArn }] });
  const one = new WebSocket(`ws://127.0.0.1:${plain.port}/plain`);
  const two = new WebSocket(`wss://127.0.0.1:${secure.port}/secure`, { rejectUnauthorized: false } as ClientOptions);
  assert.deepEqual(await Promise.all([hello(one), hello(two)]), [['/plain', '127.0.0.1', 'http', 'Root=1-'], ['/secure', '127.0.0.1', 'https', 'Root=1-']]);
  const ends = [closed(one), closed(two)];
  // an idle timeout of a second: what is said puts it off, silence does not
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    two.send('x');
  }
  assert.deepEqual(await Promise.all(ends), [1006, 1006]);
  const lines = await installation.logLines(2);
  assert.deepEqual(lines.map((line) => line.split(' ')[0]).sort(), ['ws', 'wss']);
  for (const line of lines) assert.match(line, / 101 101 \d+ \d+ "GET (?:http|https):\/\/127\.0\.0\.1:\d+\/(?:plain|secure) HTTP\/1\.1" .* "forward" "-" "-" "127\.0\.0\.1:\d+" "101" /);
});

test('stickiness: the 101 carries the cookie, and with it the client comes back to its target', async (t) => {
  const servers = await Promise.all(['one', 'two'].map(async (name) => {
    const made = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    t.after(() => made.close());
    await once(made, 'listening');
    made.on('connection', (socket) => socket.send(JSON.stringify(name)));
    return made;
  }));
  const sticky = await installation.group(servers.map((made) => (made.address() as AddressInfo).port), { attributes: { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' } });
  const door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: sticky });
  const visit = async (cookie: string): Promise<readonly [name: unknown, cookies: string]> => {
    const socket = new WebSocket(`ws://127.0.0.1:${door.port}/`, { headers: cookie === '' ? {} : { Cookie: cookie } } as ClientOptions);
    const [[answer], name] = (await Promise.all([once(socket, 'upgrade'), hello(socket)])) as [[{ readonly headers: { readonly 'set-cookie'?: readonly string[] } }], unknown];
    socket.terminate();
    return [name, (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!).join('; ')];
  };
  const [name, cookies] = await visit('');
  assert.match(cookies, /^AWSALB=[^;]+; AWSALBCORS=/);
  for (let i = 0; i < 4; i++) assert.equal((await visit(cookies))[0], name);
});

test('a rule may do something else with an upgrade', async () => {
  const door = await installation.door(balancer, says('not here', '403'));
  const answer = await get(door.port, { headers: upgrade });
  assert.deepEqual([answer.status, answer.body], [403, 'not here']);
});

test('a function gets none: 400', async () => {
  const { group: functions } = await installation.functionGroup('exports.handler = async () => ({ statusCode: 200, body: "called" });');
  const door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: functions });
  assert.equal((await get(door.port, { headers: upgrade })).status, 400);
  assert.equal((await get(door.port, { headers: 'Upgrade: h2c\r\nConnection: Upgrade\r\n' })).body, 'called');
});
