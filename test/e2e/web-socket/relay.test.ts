import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { eventually, pause as sleep } from '../../support/eventually.ts';
import { WebSocket, WebSocketServer } from 'ws';
import { client, closeScene, closing, HANDSHAKE, logged, stage, switching } from './scene.ts';
import { FakeClock } from '../../../src/kernel/index.ts';

after(closeScene);

// "Application Load Balancers provide native support for WebSockets. ... the upgraded TCP connection becomes persistent"
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#listener-configuration
describe('WebSocket over HTTP/1.1', () => {
  it('speaks through to a real server', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
    closing.push(() => server.close());
    await once(server, 'listening');
    server.on('connection', (socket, request) => {
      socket.send(JSON.stringify([request.url, request.headers['x-forwarded-for'], request.headers['x-forwarded-proto'], socket.extensions]));
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    const at = await stage({ targets: [(server.address() as { port: number }).port] });
    const socket = new WebSocket(`ws://127.0.0.1:${at.port}/chat?a=1`);
    const [hello] = (await once(socket, 'message')) as [Buffer];
    assert.deepEqual(JSON.parse(String(hello)), ['/chat?a=1', '127.0.0.1', 'http', 'permessage-deflate']);
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 3_000_000]) {
      const sent = Buffer.alloc(size, size % 251);
      socket.send(sent);
      const [echoed] = (await once(socket, 'message')) as [Buffer];
      assert.ok(echoed.equals(sent), `${size} octets`);
    }
    socket.close(4001, 'enough');
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    assert.deepEqual([code, String(reason)], [4001, 'enough']);
    const ended = await logged(at);
    assert.deepEqual([ended.status, ended.targetStatus, ended.fault], [101, 101, null]);
    assert.ok(ended.bytesIn > 100 && ended.bytesOut > 100);
  });

  it('passes half-closes both ways', async () => {
    for (const first of ['client', 'target'] as const) {
      let far: Socket | undefined;
      const heard: string[] = [];
      const target = await switching((socket) => {
        far = socket;
        socket.on('data', (chunk) => heard.push(String(chunk)));
        socket.on('end', () => {
          heard.push('FIN');
          if (first === 'client') setTimeout(() => socket.end('last words'), 30);
        });
      });
      const at = await stage({ targets: [target.port] });
      const c = await client(at);
      c.send(`${HANDSHAKE}\r\n`);
      await c.answer();
      if (first === 'client') {
        c.socket.end('bye');
        await eventually('the target has heard FIN', () => heard.includes('FIN'));
        await c.end();
        assert.equal(c.heard, 'last words');
        assert.deepEqual(heard.join(''), 'byeFIN');
      } else {
        far!.end('bye');
        await c.end();
        assert.equal(c.heard, 'bye');
        await sleep(30);
        c.socket.end('last words');
        await eventually('the target has heard FIN', () => heard.includes('FIN'));
        assert.equal(heard.join(''), 'last wordsFIN');
      }
      const ended = await logged(at);
      assert.deepEqual([ended.status, ended.fault], [101, null]);
    }
  });

  it('cuts one side when the other is cut', async () => {
    let far: Socket | undefined;
    let broken = 0;
    const target = await switching((socket) => {
      far = socket;
      socket.on('data', () => {});
      socket.on('close', () => broken++);
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`${HANDSHAKE}\r\n`);
    await c.answer();
    far!.resetAndDestroy();
    await eventually('the client hears of it', () => c.closed);
    assert.equal(c.error?.code, 'ECONNRESET');
    const d = await client(at);
    d.send(`${HANDSHAKE}\r\n`);
    await d.answer();
    broken = 0;
    d.socket.resetAndDestroy();
    await eventually('the target hears of it', () => broken === 1);
    await eventually('both are logged', () => at.ended.length === 2);
  });

  it('brings the last words of either side before it was cut, though the other goes on talking', async () => {
    for (const first of ['client', 'target'] as const) {
      let far: Socket | undefined;
      let heard = '';
      const target = await switching((socket) => {
        far = socket;
        if (first === 'client') socket.on('data', (chunk) => (heard += String(chunk)));
      });
      const at = await stage({ targets: [target.port] });
      const c = await client(at);
      c.send(`${HANDSHAKE}\r\n`);
      await c.until((said) => said.includes('\r\n\r\n'));
      // what is written in a timer is read in the same turn of the loop, and sent at its end
      await sleep(1);
      const [leaving, staying] = first === 'client' ? [c.socket, far!] : [far!, c.socket];
      // read before the last words are there, and sent when they are, which is refused
      staying.write('more');
      setImmediate(() => {
        leaving.write('last words');
        leaving.resetAndDestroy();
      });
      await eventually('the other connection has ended', () => staying.destroyed || staying.readableEnded);
      assert.match(first === 'client' ? heard : c.heard, /last words$/, `${first} left first`);
    }
  });

  it('is closed by the idle timeout, which octets either way put off', async () => {
    const target = await switching((socket) => {
      socket.on('data', (chunk) => socket.write(chunk));
      socket.on('end', () => socket.end());
    });
    const clock = new FakeClock();
    const at = await stage({ targets: [target.port], http: { idleTimeoutMs: 4_000 } }, { clock });
    const c = await client(at);
    c.send(`${HANDSHAKE}\r\n`);
    await c.answer();
    for (let i = 1; i <= 8; i++) {
      c.send('x');
      await c.until((heard) => heard.length === i);
      clock.advance(3_000);
    }
    clock.advance(2_000);
    await c.end();
    assert.equal(c.heard, 'xxxxxxxx');
    assert.deepEqual([(await logged(at)).status, at.ended[0]!.bytesOut > 8], [101, true]);
  });

  it('goes on while the listener drains, and is cut at the end of it', async () => {
    const target = await switching((socket) => socket.on('data', (chunk) => socket.write(chunk)));
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`${HANDSHAKE}\r\n`);
    await c.answer();
    const drained = at.drain(500);
    c.send('still here');
    await c.until((heard) => heard === 'still here');
    await drained;
    await c.end();
    assert.equal((await logged(at)).status, 101);
  });

  it('holds a fast side back while the other is slow', async () => {
    const SIZE = 64 * 1024 * 1024;
    let sent = 0;
    const target = await switching((socket) => {
      const chunk = Buffer.alloc(256 * 1024, 7);
      const more = (): void => {
        while (sent < SIZE) {
          sent += chunk.length;
          if (!socket.write(chunk)) {
            socket.once('drain', more);
            return;
          }
        }
        socket.end();
      };
      more();
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.socket.removeAllListeners('data');
    c.socket.pause();
    c.send(`${HANDSHAKE}\r\n`);
    await sleep(300);
    assert.ok(sent < SIZE / 2, `${sent} octets were taken though nobody reads`);
    let got = 0;
    c.socket.on('data', (chunk: Buffer) => (got += chunk.length));
    c.socket.resume();
    await c.end();
    assert.ok(got > SIZE && got < SIZE + 1000, String(got));
  });

  it('passes a message of 16 MB there and back, octet by octet, in whatever pieces it comes', async () => {
    const target = await switching((socket) => void socket.pipe(socket));
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`${HANDSHAKE}\r\n`);
    await c.until((heard) => heard.includes('\r\n\r\n'));
    c.socket.removeAllListeners('data');
    const { octets, pieces } = oddPieces(16 * 1024 * 1024);
    let got = 0;
    let differs = -1;
    c.socket.on('data', (chunk: Buffer) => {
      if (differs === -1 && chunk.compare(octets, got, got + chunk.length) !== 0) differs = got;
      got += chunk.length;
    });
    for (const piece of pieces) if (!c.socket.write(piece)) await once(c.socket, 'drain');
    await eventually('all of it has come back', () => got >= octets.length);
    assert.deepEqual([got, differs], [octets.length, -1]);
  });

  it('delivers a small piece at once, though more of its frame is to come', async () => {
    const heard: string[] = [];
    const target = await switching((socket) => void socket.on('data', (chunk: Buffer) => heard.push(chunk.toString('hex'))));
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`${HANDSHAKE}\r\n`);
    await c.until((said) => said.includes('\r\n\r\n'));
    // a frame that claims 2^40 octets, an octet at a time
    for (const octet of Buffer.from('82ff0000010000000000deadbeef0102', 'hex')) {
      const before = heard.length;
      c.send(Buffer.from([octet]));
      await eventually('it has been passed on', () => heard.length > before);
    }
    assert.equal(heard.join(''), '82ff0000010000000000deadbeef0102');
  });
});

/** A binary message of a client, masked, and pieces of it from an octet to some reads. */
function oddPieces(size: number): { readonly octets: Buffer; readonly pieces: readonly Buffer[] } {
  const octets = Buffer.allocUnsafe(size + 14);
  octets.writeUInt16BE(0x82ff, 0);
  octets.writeBigUInt64BE(BigInt(size), 2);
  // no two places look alike
  for (let at = 10; at < octets.length; at++) octets[at] = Math.imul(at, 2_654_435_761) >>> 24;
  const pieces: Buffer[] = [];
  for (let at = 0, step = 1; at < octets.length; step = (step * 7 + 3) % 150_001) {
    pieces.push(octets.subarray(at, at + step + 1));
    at += step + 1;
  }
  return { octets, pieces };
}
