/**
 * Ends, slowness and crowds on connections with TLS, octet by octet: what can be seen is the same whoever speaks TLS (`NODE_OPTIONS=--no-experimental-ffi` for Node).
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { hasOpensslClient, OpensslClient } from '../../support/openssl-client.ts';
import { TestAuthority } from './authority.ts';
import { greet, TlsClient } from './client.ts';
import { alpn, hello13, message, records } from './hello.ts';
import { FORWARD, TlsStage } from './stage.ts';

const MB = 1024 * 1024;
const BODY = randomBytes(3 * MB);
const hash = (octets: Buffer | string): string => createHash('sha256').update(octets).digest('hex');
const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

const serve: RequestListener = (request, response) => {
  const [, what, count = '0'] = request.url!.split('/');
  if (what === 'slow') setTimeout(() => response.end(`slow ${count}`), 100);
  else if (what === 'body') response.end(BODY.subarray(0, Number(count)));
  else if (what === 'hash') {
    const sum = createHash('sha256');
    // hears in fits and starts
    request.on('data', (part: Buffer) => {
      sum.update(part);
      request.pause();
      setTimeout(() => request.resume(), 1);
    });
    request.on('end', () => response.end(sum.digest('hex')));
  } else response.end(`you asked for ${request.url}`);
};

const target = createServer(serve);
const sockets = new WebSocketServer({ server: target });
sockets.on('connection', (socket) => void socket.on('message', (octets, binary) => socket.send(octets, { binary })));
let stage: TlsStage;
before(async () => {
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const certificate = await (await TestAuthority.make()).leaf('shop', ['shop.example.com']);
  stage = await TlsStage.open(
    { sites: { shop: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD } }, targets: [(target.address() as AddressInfo).port] },
    { port: await freePort() },
  );
});
after(async () => {
  await stage.close();
  target.closeAllConnections();
  target.close();
});

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: shop.example.com\r\n${more}\r\n`;

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  const options = { minVersion: version, maxVersion: version, allowHalfOpen: true };

  test(`${version}: a client that has said its end is answered all the same, and then heard to the end`, async () => {
    for (const path of ['/slow/1', `/body/${MB}`]) {
      // an end that comes 50 ms behind its request says that the client has gone: a busy machine may bring it so late
      const asked = (): Promise<string> => greet(stage.port, options, async (client) => {
        client.socket.end(get(path));
        await client.until(() => client.ended);
        if (client.heard === '' && stage.ended.at(-1)!.fault === 'client-closed') return asked();
        await client.until(() => client.closed);
        assert.equal(client.error, null);
        return client.heard;
      });
      const heard = await asked();
      assert.match(heard, /^HTTP\/1\.1 200 /);
      const body = heard.slice(heard.indexOf('\r\n\r\n') + 4);
      assert.ok(path === '/slow/1' ? body === 'slow 1' : hash(Buffer.from(body, 'latin1')) === hash(BODY.subarray(0, MB)));
    }
  });

  test(`${version}: Connection: close ends the connection behind the last octet of the answer, with close_notify`, async () => {
    await greet(stage.port, options, async (client) => {
      client.socket.write(get(`/body/${3 * MB}`, 'Connection: close\r\n'));
      await client.until(() => client.ended);
      const body = client.heard.slice(client.heard.indexOf('\r\n\r\n') + 4);
      assert.equal(hash(Buffer.from(body, 'latin1')), hash(BODY));
      assert.equal(client.error, null);
    });
  });

  test(`${version}: a body comes whole from a client that says it slowly, and to one that hears it slowly`, async () => {
    await greet(stage.port, options, async (client) => {
      const body = BODY.subarray(0, MB);
      client.socket.write(`POST /hash HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: ${body.length}\r\n\r\n`);
      for (let at = 0, i = 0; at < body.length; i++) {
        const length = [1, 7, 16_384, 16_385, 70_000][i % 5]!;
        client.socket.write(body.subarray(at, at + length));
        at += length;
        if (i % 3 === 0) await wait(1);
      }
      assert.equal((await client.answer()).body, hash(body));
      client.socket.write(get(`/body/${3 * MB}`));
      for (let i = 0; i < 15; i++) {
        client.socket.pause();
        await wait(5);
        client.socket.resume();
        await wait(1);
      }
      assert.equal(hash(Buffer.from((await client.answer()).body, 'latin1')), hash(BODY));
    });
  });
}

test('a hundred clients that ask in one turn are answered each what it asked for, and go at once', async () => {
  const clients = await Promise.all(Array.from({ length: 100 }, () => TlsClient.open(stage.port)));
  for (let round = 0; round < 3; round++) {
    clients.forEach((client, i) => void client.socket.write(get(`/what/${round}/${i}`)));
    const answers = await Promise.all(clients.map((client) => client.answer()));
    assert.deepEqual(answers.map(({ body }) => body), clients.map((_, i) => `you asked for /what/${round}/${i}`));
  }
  const large = clients.map((client, i) => {
    client.socket.write(get(`/body/${10_000 + i * 500}`, 'Connection: close\r\n'));
    return client.answer();
  });
  (await Promise.all(large)).forEach(({ body }, i) => assert.ok(Buffer.from(body, 'latin1').equals(BODY.subarray(0, 10_000 + i * 500))));
  await eventually('all have gone', () => clients.every(({ ended }) => ended));
});

test('streams of HTTP/2 whose windows are shut hold up none of the others, and come whole when they open', async () => {
  const session = connectHttp2(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false, settings: { initialWindowSize: 20_000 } });
  const slow = Array.from({ length: 3 }, () => session.request({ ':path': `/body/${MB}` }));
  for (const stream of slow) stream.pause();
  const ask = async (path: string, body?: Buffer): Promise<Buffer> => {
    const stream = session.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST' });
    stream.end(body);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };
  for (let i = 0; i < 20; i++) assert.equal((await ask(`/fast/${i}`)).toString(), `you asked for /fast/${i}`);
  assert.equal((await ask('/hash', BODY.subarray(0, MB))).toString(), hash(BODY.subarray(0, MB)));
  for (const stream of slow) {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => {
      parts.push(part);
      if (parts.length % 8 === 0) {
        stream.pause();
        setTimeout(() => stream.resume(), 1);
      }
    });
    stream.resume();
    await once(stream, 'end');
    assert.equal(hash(Buffer.concat(parts)), hash(BODY.subarray(0, MB)));
  }
  session.destroy();
});

test('messages of a WebSocket come whole both ways, large and small, and so does its end', async () => {
  const socket = new WebSocket(`wss://127.0.0.1:${stage.port}/`, { rejectUnauthorized: false });
  await once(socket, 'open');
  const heard: string[] = [];
  socket.on('message', (octets: Buffer) => void heard.push(hash(octets)));
  const said = [1, 100, 16_383, 16_384, 65_535, 65_536, 2 * MB].map((length) => BODY.subarray(0, length));
  for (const octets of said) socket.send(octets);
  await eventually('all are back', () => heard.length === said.length);
  assert.deepEqual(heard, said.map(hash));
  socket.close(1001, 'enough');
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  assert.deepEqual([code, reason.toString()], [1001, 'enough']);
});

test('clients that mistreat TLS in every way cost one that does not nothing', { skip: !hasOpensslClient }, async () => {
  const good = await TlsClient.open(stage.port);
  const rude = async (i: number): Promise<void> => {
    const raw = connect({ host: '127.0.0.1', port: stage.port, noDelay: true });
    raw.on('error', () => {});
    await once(raw, 'connect');
    const client = new OpensslClient({ alpn: 'http/1.1', ...(i % 2 === 0 ? { maxFragment: 1 } : {}) });
    raw.on('data', (octets: Buffer) => {
      client.hear(octets);
      raw.write(client.said());
    });
    raw.write(i % 6 === 5 ? Buffer.concat([records(message(hello13({}, [alpn('http/1.1')]))), randomBytes(3000)]) : client.said());
    await eventually('it is in, or out', () => client.secured || raw.closed || i % 6 === 5);
    if (client.secured) {
      const keys = (): Buffer => Buffer.concat(Array.from({ length: 20 }, () => client.keyUpdate(true)));
      for (let round = 0; round < 3 && !raw.closed; round++) {
        if (i % 6 === 0) raw.pause();
        raw.write(Buffer.concat([keys(), client.write(get(`/body/${MB}`)), keys()]));
        await wait(2);
        if (i % 6 === 1) raw.write(randomBytes(200));
        if (i % 6 === 2) raw.write(Buffer.concat([client.closeNotify(), randomBytes(20_000)]));
        if (i % 6 === 3) for (const octet of client.write(get('/x'))) raw.write(Buffer.from([octet]));
      }
    }
    await wait(10);
    if (i % 4 === 0) raw.resetAndDestroy();
    else raw.destroy();
    client.free();
  };
  const attacked = new AbortController();
  const attack = (async () => {
    for (let i = 0; i < 24; i += 6) await Promise.all(Array.from({ length: 6 }, (_, j) => rude(i + j)));
    attacked.abort();
  })();
  for (let i = 0; !attacked.signal.aborted || i < 20; i++) {
    assert.equal((await good.request('shop.example.com', `/good/${i}`)).body, `you asked for /good/${i}`);
    if (i % 10 === 0) assert.equal(hash(Buffer.from((await good.request('shop.example.com', `/body/${MB}`)).body, 'latin1')), hash(BODY.subarray(0, MB)));
  }
  await attack;
  good.close();
  await eventually('nobody is left', () => stage.connections === 0);
});
