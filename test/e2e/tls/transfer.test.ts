/** Bodies over TLS on both sides: every octet, backpressure, and ends that can be told from broken ones. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer as createHttp, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttps, request as httpsRequest } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { greet, TlsClient } from './client.ts';
import { FORWARD, TlsStage } from './stage.ts';

const MB = 1024 * 1024;
const SIZE = 12 * MB;

/** Deterministic and without a period that a buffer size divides. */
function payload(size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  let x = 1;
  for (let i = 0; i + 4 <= size; i += 4) buffer.writeUInt32LE((x = (Math.imul(x, 1664525) + 1013904223) >>> 0), i);
  return buffer;
}
const BODY = payload(SIZE);
const hash = (buffer: Buffer): string => createHash('sha256').update(buffer).digest('hex');
const BODY_HASH = hash(BODY);

let sent = 0;
const serve: RequestListener = (request, response) => {
  if (request.url === '/echo') {
    response.writeHead(200, request.headers['content-length'] === undefined ? {} : { 'content-length': request.headers['content-length'] });
    request.pipe(response);
  } else if (request.url === '/endless') {
    sent = 0;
    const chunk = BODY.subarray(0, 64 * 1024);
    const more = (): void => {
      while (response.writable) {
        sent += chunk.length;
        if (!response.write(chunk)) return;
      }
    };
    response.on('drain', more);
    response.on('error', () => {});
    response.writeHead(200);
    more();
  } else if (request.url === '/broken') {
    response.socket!.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\nhalf');
    setTimeout(() => response.socket!.resetAndDestroy(), 20);
  } else response.end(JSON.stringify({ ...request.headers, secure: 'encrypted' in request.socket }));
};

let plainTarget: HttpServer;
let secureTarget: HttpServer;
let plain: TlsStage;
let secure: TlsStage;
before(async () => {
  const authority = await TestAuthority.make();
  const leaf = await authority.leaf('shop', ['shop.example.com']);
  // nobody signed it that anybody trusts, it names something else, and it is over
  const stranger = await (await TestAuthority.make()).leaf('stranger', ['elsewhere.example'], { expired: true });
  const open = async (server: Server | HttpServer): Promise<number> => {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  plainTarget = createHttp(serve);
  secureTarget = createHttps({ cert: stranger.chain, key: stranger.privateKey }, serve);
  const site = { certificates: [leaf], action: FORWARD, http: { tlsHeaders: true } };
  plain = await TlsStage.open({ sites: { shop: site }, targets: [await open(plainTarget)] }, { port: await freePort() });
  secure = await TlsStage.open({ sites: { shop: site }, targets: [await open(secureTarget)], targetProtocol: 'https' }, { port: await freePort() });
});
after(async () => {
  await Promise.all([plain.close(), secure.close()]);
  for (const server of [plainTarget, secureTarget]) {
    server.closeAllConnections();
    server.close();
  }
});

interface Got {
  readonly status: number;
  readonly body: Buffer;
}

function put(port: number, options: { readonly body: Buffer; readonly chunked: boolean; readonly pieces: number }): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { body, chunked, pieces } = options;
    const request = httpsRequest(
      { host: '127.0.0.1', port, path: '/echo', method: 'PUT', rejectUnauthorized: false, agent: false, headers: chunked ? {} : { 'content-length': body.length } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => void parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(parts) }));
      },
    );
    request.on('error', reject);
    for (let at = 0; at < body.length; at += pieces) request.write(body.subarray(at, at + pieces));
    request.end();
  });
}

for (const target of ['plain', 'secure'] as const) {
  for (const chunked of [false, true]) {
    test(`${SIZE / MB} MB there and back, ${chunked ? 'chunked' : 'by length'}, to a ${target} target`, async () => {
      const { status, body } = await put((target === 'plain' ? plain : secure).port, { body: BODY, chunked, pieces: chunked ? 77_777 : MB });
      assert.deepEqual([status, body.length, hash(body)], [200, SIZE, BODY_HASH]);
    });
  }
}

for (const target of ['plain', 'secure'] as const) {
  test(`a client that reads nothing stops a ${target} target, and its going frees it`, async () => {
    const stage = target === 'plain' ? plain : secure;
    const client = await TlsClient.open(stage.port);
    client.socket.pause();
    client.socket.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
    let last = -1;
    for (let still = 0; still < 5; ) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      still = sent === last && sent > 0 ? still + 1 : 0;
      last = sent;
      assert.ok(sent < 64 * MB, `${sent / MB} MB left the target while nobody read`);
    }
    client.socket.resume();
    await client.until(() => sent > last + 4 * MB);
    client.close();
    await client.until(() => stage.ended.at(-1)?.fault === 'client-closed');
  });
}

test('an HTTPS target is not verified, and both sides of TLS are told to it', async () => {
  const seen = await greet(secure.port, { servername: 'shop.example.com', maxVersion: 'TLSv1.2' }, async (client) => {
    const answer = await client.request('shop.example.com', '/headers', 'X-Amzn-Tls-Version: forged\r\n');
    return { headers: JSON.parse(answer.body) as Record<string, string | boolean>, cipher: client.socket.getCipher().name };
  });
  assert.equal(seen.headers['secure'], true);
  assert.equal(seen.headers['x-forwarded-proto'], 'https');
  assert.equal(seen.headers['x-forwarded-port'], '443');
  assert.equal(seen.headers['x-amzn-tls-version'], 'TLSv1.2');
  assert.equal(seen.headers['x-amzn-tls-cipher-suite'], seen.cipher);
});

/** Between client and listener: hears the records of TLS 1.2, whose types are in the clear. */
async function tapped(port: number, run: (tap: number) => Promise<void>): Promise<{ readonly types: readonly number[]; readonly reset: boolean }> {
  const heard: Buffer[] = [];
  let reset = false;
  const sockets: Socket[] = [];
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    sockets.push(client, server);
    server.on('data', (chunk: Buffer) => void heard.push(chunk));
    server.on('error', () => {
      reset = true;
      client.destroy();
    });
    client.on('error', () => server.destroy());
    client.pipe(server);
    server.pipe(client);
  });
  await new Promise<void>((resolve) => void relay.listen(0, '127.0.0.1', resolve));
  await run((relay.address() as AddressInfo).port);
  for (const socket of sockets) socket.destroy();
  relay.close();
  const bytes = Buffer.concat(heard);
  const types: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at]!);
  return { types, reset };
}

const ALERT = 21;
const DATA = 23;

test('a connection that ends as it should ends with close_notify', async () => {
  const { types } = await tapped(plain.port, async (port) => {
    await greet(port, { maxVersion: 'TLSv1.2' }, async (client) => {
      assert.equal((await client.request('x', '/', 'Connection: close\r\n')).status, 200);
      await client.until(() => client.ended);
    });
  });
  assert.deepEqual(types.slice(-2), [DATA, ALERT]);
});

test('an answer that breaks off does not: it cannot be taken for whole', async () => {
  for (const version of ['HTTP/1.0', 'HTTP/1.1']) {
    const { types } = await tapped(plain.port, async (port) => {
      await greet(port, { maxVersion: 'TLSv1.2' }, async (client) => {
        client.socket.write(`GET /broken ${version}\r\nHost: x\r\n\r\n`);
        await client.until(() => client.closed || client.ended);
        assert.match(client.heard, /\r\n\r\nhalf$/);
      });
    });
    assert.equal(types.at(-1), DATA, version);
  }
});

test('a client that says close_notify after its request still gets the answer', async () => {
  const client = await TlsClient.open(plain.port);
  client.socket.allowHalfOpen = true;
  client.socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal((await client.answer()).status, 200);
  await client.until(() => client.ended || client.closed);
});

test('a client that goes idle and says close_notify is answered with one', async () => {
  const { types, reset } = await tapped(plain.port, async (port) => {
    const client = await TlsClient.open(port, { maxVersion: 'TLSv1.2' });
    assert.equal((await client.request()).status, 200);
    client.socket.allowHalfOpen = true;
    client.socket.end();
    await client.until(() => client.ended);
    client.close();
  });
  assert.deepEqual([types.at(-1), reset], [ALERT, false]);
});
