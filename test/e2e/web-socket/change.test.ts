/** WebSockets over TLS outlive what changes around them, and end with their target. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, MODERN, TlsStage, type TlsScene, type TlsSite } from '../tls/stage.ts';

let server: WebSocketServer;
let stage: TlsStage;
let authority: TestAuthority;
let target = 0;

before(async () => {
  authority = await TestAuthority.make();
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  target = (server.address() as { port: number }).port;
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  stage = await TlsStage.open(await scene(), { port: await freePort() });
});
after(async () => {
  await stage.close();
  server.close();
});

async function scene(more: Partial<TlsSite> = {}, targets: readonly number[] = [target]): Promise<TlsScene> {
  return { sites: { one: { certificates: [await authority.leaf('one', ['one.example.com'])], action: FORWARD, ...more } }, targets };
}

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`wss://127.0.0.1:${stage.port}/`, { rejectUnauthorized: false, servername: 'one.example.com' } as ClientOptions);
  await once(socket, 'open');
  return socket;
}

async function echo(socket: WebSocket, text: string): Promise<void> {
  socket.send(text);
  const [data] = (await once(socket, 'message')) as [Buffer];
  assert.equal(String(data), text);
}

test('a certificate, a policy, settings and routes are changed under an open WebSocket that is in use', async () => {
  const socket = await open();
  let closed = false;
  socket.on('close', () => (closed = true));
  const count = { sent: 0, got: 0 };
  socket.on('message', () => count.got++);
  const busy = setInterval(() => {
    socket.send('busy');
    count.sent++;
  }, 1);
  const changes: (() => Promise<TlsScene>)[] = [
    async () => scene({ certificates: [await authority.leaf('two', ['one.example.com'], { key: 'rsa' })] }),
    () => scene({ tls: { ...MODERN, policy: 'other', minVersion: 'TLSv1.3' } }),
    () => scene({ http: { idleTimeoutMs: 60_000, forwardedFor: 'remove' } }),
    () => scene({ action: { kind: 'fixed-response', status: 404, contentType: null, body: '' } }),
    () => scene(),
  ];
  for (const change of changes) {
    await stage.show(await change());
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(!closed);
  }
  clearInterval(busy);
  await eventually('all of it comes back', () => count.got === count.sent);
  assert.ok(count.sent > 10, `${count.sent}`);
  await echo(socket, 'still here');
  socket.close(1000);
  await once(socket, 'close');
  // new ones go by the newest
  const next = await open();
  await echo(next, 'new');
  next.terminate();
});

test('a target that has left takes its WebSockets with it when its time is over; another\'s go on', async () => {
  const other = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(other, 'listening');
  other.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  const port = (other.address() as { port: number }).port;
  await stage.show(await scene({}, [port]));
  const leaving = await open();
  await echo(leaving, 'there');
  await stage.show(await scene({}, [port, target]));
  await stage.show(await scene({}, [target]));
  const staying = await open();
  await echo(leaving, 'drains');
  const [code] = (await once(leaving, 'close')) as [number];
  assert.equal(code, 1006);
  await echo(staying, 'stays');
  staying.terminate();
  other.close();
});
