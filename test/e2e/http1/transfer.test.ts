import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { afterEach, describe, it } from 'node:test';
import { RawClient } from './client.ts';
import { pause as wait } from '../../support/eventually.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { listening, RawBackend, Stage, type Scene } from './stage.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
const kept = <T extends { close(): Promise<void> | void }>(thing: T): T => (open.push(thing), thing);
const stage = async (scene: Scene): Promise<Stage> => kept(await Stage.open(scene));
const client = async (at: Stage): Promise<RawClient> => kept(await RawClient.open(at.port));

const MEGABYTE = 1024 * 1024;
const SIZE = 50 * MEGABYTE;
/** Octets that are at no two offsets the same run, so that a lost, doubled or moved piece changes the digest. */
const BLOCK = Buffer.alloc(MEGABYTE + 13);
for (let i = 0, x = 1; i < BLOCK.length; i++) {
  x = (Math.imul(x, 1103515245) + 12345) >>> 0;
  BLOCK[i] = x >>> 16;
}
const DIGEST = (() => {
  const hash = createHash('sha256');
  for (let left = SIZE; left > 0; left -= BLOCK.length) hash.update(BLOCK.subarray(0, Math.min(left, BLOCK.length)));
  return hash.digest('hex');
})();

/** A target that sends the 50 MB (`/chunked`: without saying how many) or answers with the digest of what it got. */
async function bulkTarget(protocol: 'http' | 'https' = 'http'): Promise<{ readonly port: number; readonly sent: () => number }> {
  let sent = 0;
  const serve: RequestListener = (request, response) => {
    if (request.method === 'GET') {
      if (request.url !== '/chunked') response.setHeader('Content-Length', SIZE);
      let left = SIZE;
      const more = (): void => {
        while (left > 0) {
          const part = BLOCK.subarray(0, Math.min(left, BLOCK.length));
          left -= part.length;
          sent += part.length;
          if (!response.write(part)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
      return;
    }
    const hash = createHash('sha256');
    let size = 0;
    request.on('data', (part: Buffer) => {
      hash.update(part);
      size += part.length;
    });
    request.on('end', () => response.end(`${size} ${hash.digest('hex')}`));
  };
  let server = createServer(serve);
  if (protocol === 'https') {
    const { certificate, privateKey } = await selfSigned('127.0.0.1');
    server = createSecureServer({ cert: certificate, key: privateKey }, serve);
  }
  server.requestTimeout = 0;
  const port = await listening(server);
  open.push({ close: () => new Promise((resolve) => void (server.close(() => resolve()), server.closeAllConnections())) });
  return { port, sent: () => sent };
}

/** Hashes a body as it comes: `heard` would keep it all. */
async function digestBody(c: RawClient, framing: 'length' | 'chunked', pace?: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  let size = 0;
  let inHead = true;
  let pending = '';
  let chunkLeft = 0;
  c.socket.removeAllListeners('data');
  for await (const part of c.socket as AsyncIterable<Buffer>) {
    if (pace) await pace();
    let buffer = part;
    if (inHead) {
      pending += buffer.toString('latin1');
      const end = pending.indexOf('\r\n\r\n');
      if (end === -1) continue;
      inHead = false;
      buffer = Buffer.from(pending.slice(end + 4), 'latin1');
      pending = '';
    }
    if (framing === 'length') {
      hash.update(buffer);
      size += buffer.length;
      if (size >= SIZE) break;
      continue;
    }
    let at = 0;
    let done = false;
    while (at < buffer.length) {
      if (chunkLeft > 2) {
        const take = Math.min(chunkLeft - 2, buffer.length - at);
        hash.update(buffer.subarray(at, at + take));
        size += take;
        chunkLeft -= take;
        at += take;
      } else if (chunkLeft > 0) {
        assert.equal(buffer[at], chunkLeft === 2 ? 13 : 10);
        chunkLeft--;
        at++;
      } else {
        pending += String.fromCharCode(buffer[at++]!);
        if (!pending.endsWith('\r\n')) continue;
        if (pending === '0\r\n') done = true;
        chunkLeft = parseInt(pending, 16) + 2;
        pending = '';
      }
    }
    if (done) break;
  }
  assert.equal(size, SIZE);
  return hash.digest('hex');
}

describe('50 MB', () => {
  for (const framing of ['length', 'chunked'] as const) {
    // through TLS several records of 16 KB come in one turn
    for (const targetProtocol of ['http', 'https'] as const) {
      it(`come down from a target of ${targetProtocol} as they were sent (${framing})`, async () => {
        const target = await bulkTarget(targetProtocol);
        const at = await stage({ targets: [target.port], targetProtocol });
        const c = await client(at);
        c.send(`GET /${framing} HTTP/1.1\r\nHost: x\r\n\r\n`);
        assert.equal(await digestBody(c, framing), DIGEST);
      });
    }

    it(`go up as they were sent (${framing})`, async () => {
      const target = await bulkTarget();
      const at = await stage({ targets: [target.port] });
      const c = await client(at);
      c.send(`POST / HTTP/1.1\r\nHost: x\r\n${framing === 'length' ? `Content-Length: ${SIZE}` : 'Transfer-Encoding: chunked'}\r\n\r\n`);
      for (let left = SIZE; left > 0; left -= BLOCK.length) {
        const part = BLOCK.subarray(0, Math.min(left, BLOCK.length));
        if (framing === 'chunked') c.send(`${part.length.toString(16)}\r\n`);
        const more = c.socket.write(part);
        if (framing === 'chunked') c.send('\r\n');
        if (!more) await new Promise((resolve) => c.socket.once('drain', resolve));
      }
      if (framing === 'chunked') c.send('0\r\n\r\n');
      const answer = await c.answer();
      assert.equal(answer.body, `${SIZE} ${DIGEST}`);
      // the connection may be used again: not an octet too many was taken
      c.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
      assert.match((await c.answer()).body, /^0 /);
    });
  }

  it('reach a client that reads in fits and starts', async () => {
    const target = await bulkTarget();
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('GET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let reads = 0;
    assert.equal(await digestBody(c, 'length', async () => void (++reads % 40 === 0 && (await wait(5)))), DIGEST);
  });
});

describe('the slower side', () => {
  it('a client that does not read stops the target, and memory stays bounded', async () => {
    const target = await bulkTarget();
    const at = await stage({ targets: [target.port] });
    const clients = await Promise.all(Array.from({ length: 8 }, () => client(at)));
    for (const c of clients) {
      c.socket.pause();
      c.send('GET /length HTTP/1.1\r\nHost: x\r\n\r\n');
    }
    const before = process.memoryUsage();
    let last = -1;
    for (let i = 0; i < 40 && target.sent() !== last; i++) {
      last = target.sent();
      await wait(100);
    }
    const after = process.memoryUsage();
    // eight times 50 MB would be 400; the kernel's buffers take a few each, and ours 256 KB
    assert.ok(target.sent() < 8 * 30 * MEGABYTE, `${target.sent() / MEGABYTE} MB were taken from the target`);
    assert.ok(after.external + after.heapUsed - before.external - before.heapUsed < 40 * MEGABYTE);
    for (const c of clients) c.close();
  });

  it('long bodies of many connections, the next request right behind each, reach a slow target whole', async () => {
    const target = createServer((request, response) => {
      const hash = createHash('sha256');
      request.on('data', (part: Buffer) => {
        hash.update(part);
        request.pause();
        setImmediate(() => setImmediate(() => request.resume()));
      });
      request.on('end', () => response.end(hash.digest('hex')));
    });
    const port = await listening(target);
    open.push({ close: () => new Promise((resolve) => void (target.close(() => resolve()), target.closeAllConnections())) });
    const at = await stage({ targets: [port] });
    await Promise.all(Array.from({ length: 6 }, async (_, n) => {
      const c = await client(at);
      const bodies = [700_001 + n, 5, 300_000 - n, 1].map((length, i) => BLOCK.subarray(1000 * (4 * n + i), 1000 * (4 * n + i) + length));
      for (const body of bodies) {
        c.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);
        c.send(body);
      }
      for (const body of bodies) assert.equal((await c.answer()).body, createHash('sha256').update(body).digest('hex'));
    }));
  });

  it('a target that does not read stops the client', async () => {
    const target = kept(await RawBackend.open({ serve: (socket) => void socket.pause() }));
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${SIZE}\r\n\r\n`);
    for (let i = 0; i < 50; i++) c.send(Buffer.alloc(MEGABYTE));
    let last = -1;
    for (let i = 0; i < 40 && c.socket.writableLength !== last; i++) {
      last = c.socket.writableLength;
      await wait(100);
    }
    assert.ok(c.socket.writableLength > 20 * MEGABYTE, `${c.socket.writableLength / MEGABYTE} MB unsent`);
    // and when it reads at last, all of it comes
    let received = 0;
    const done = new Promise<void>((resolve) => {
      target.connections[0]!.on('data', (part: Buffer) => {
        received += part.length;
        if (received >= SIZE) resolve();
      });
    });
    target.connections[0]!.resume();
    await done;
  });

  it('the end of an answer still reaches a client that is slower than the two seconds of a closing connection', async () => {
    const size = 16 * MEGABYTE;
    const action = { kind: 'fixed-response', status: 200, contentType: 'text/plain', body: 'x'.repeat(size) } as const;
    const at = kept(await Stage.open({ targets: [], action }));
    const c = await client(at);
    c.socket.removeAllListeners('data').pause();
    c.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let received = 0;
    await wait(2_700);
    for await (const part of c.socket as AsyncIterable<Buffer>) received += part.length;
    assert.ok(received > size, `${received} octets of ${size}`);
  });
});
