import assert from 'node:assert/strict';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { WebSocketServer } from 'ws';
import { webSocketAccept } from '../../../src/data-plane/wire/index.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { ask } from './client.ts';

/** A masked text message, as clients send it. */
function message(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  // a mask of zeros changes nothing
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

describe('WebSocket over HTTP/2 (RFC 8441)', () => {
  let stage: TlsStage;
  let client: ClientHttp2Session;
  const target = createServer((_request, response) => response.end('plain'));
  const sockets = new WebSocketServer({ noServer: true });
  const closed: number[] = [];

  before(async () => {
    target.on('upgrade', (request, socket, head) => {
      if (request.url === '/refused') return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno', () => socket.destroy());
      if (request.url === '/octets') {
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${webSocketAccept(request.headers['sec-websocket-key']!)}\r\n\r\n`);
        return void socket.pipe(socket);
      }
      if (request.url === '/ok') return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', () => socket.destroy());
      sockets.handleUpgrade(request, socket, head, (socketOfClient) => {
        socketOfClient.on('message', (data) => socketOfClient.send(`${request.url} ${(data as Buffer).toString()}`));
        socketOfClient.on('close', (code) => void closed.push(code));
      });
    });
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    stage = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD, http: { idleTimeoutMs: 700 } } }, targets: [(target.address() as AddressInfo).port] }, { port: await freePort() },
    );
    client = connect(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
    client.on('error', () => {});
    await new Promise((resolve) => client.once('remoteSettings', resolve));
  });

  after(async () => {
    client.destroy();
    await stage.close();
    target.closeAllConnections();
    target.close();
  });

  async function open(path: string, more: Record<string, string> = {}): Promise<{ stream: ClientHttp2Stream; headers: IncomingHttpHeaders }> {
    const stream = client.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':path': path, ':authority': 'example.com', 'sec-websocket-version': '13', ...more });
    stream.on('error', () => {});
    const headers = await new Promise<IncomingHttpHeaders>((resolve) => stream.once('response', resolve));
    return { stream, headers };
  }

  const heard = (stream: ClientHttp2Stream): Promise<string> => new Promise((resolve) => stream.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1'))));

  it('is told by SETTINGS', () => {
    assert.equal((client.remoteSettings as { enableConnectProtocol?: boolean }).enableConnectProtocol, true);
  });

  it('carries messages both ways, many streams beside requests', async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, (_, i) => open(`/chat${i}`)));
    for (const [i, { stream, headers }] of opened.entries()) {
      assert.equal(headers[':status'], 200);
      assert.equal(headers['sec-websocket-accept'], undefined);
      assert.equal(headers['upgrade'], undefined);
      const answer = heard(stream);
      stream.write(message('hello'));
      assert.equal(await answer, `\x81${String.fromCharCode(12)}/chat${i} hello`);
    }
    assert.equal((await ask(client, { ':path': '/', ':authority': 'example.com' })).body.toString(), 'plain');
    for (const { stream } of opened) stream.close();
  });

  it('passes 16 MB there and back, octet by octet, through windows that are smaller', async () => {
    const { stream } = await open('/octets');
    const octets = Buffer.allocUnsafe(16 * 1024 * 1024);
    for (let at = 0; at < octets.length; at++) octets[at] = Math.imul(at, 2_654_435_761) >>> 24;
    let got = 0;
    let differs = -1;
    stream.on('data', (chunk: Buffer) => {
      if (differs === -1 && chunk.compare(octets, got, got + chunk.length) !== 0) differs = got;
      got += chunk.length;
    });
    for (let at = 0, step = 1; at < octets.length; step = (step * 7 + 3) % 150_001) {
      if (!stream.write(octets.subarray(at, at + step + 1))) await new Promise((resolve) => stream.once('drain', resolve));
      at += step + 1;
    }
    await eventually('all of it has come', () => got >= octets.length);
    assert.deepEqual([got, differs], [octets.length, -1]);
    stream.close();
  });

  it('brings what is said before the answer, however much, and END_STREAM behind it', async () => {
    for (const size of [1, 1000, 300_000]) {
      const stream = client.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':path': '/octets', ':authority': 'example.com', 'sec-websocket-version': '13' }, { endStream: false });
      let got = '';
      stream.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')));
      stream.end('e'.repeat(size));
      await new Promise((resolve) => stream.once('end', resolve));
      assert.equal(got.length, size);
    }
  });

  it('a target that refuses is heard, and one that does not switch is 502', async () => {
    assert.equal((await open('/refused')).headers[':status'], 403);
    assert.equal((await open('/ok')).headers[':status'], 502);
  });

  it('closes as either side closes', async () => {
    closed.length = 0;
    const { stream } = await open('/bye');
    stream.resume();
    const end = new Promise((resolve) => stream.once('end', resolve));
    stream.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
    await end;
    await eventually('the target hears of it', () => closed.length > 0);
    assert.deepEqual(closed, [1000]);
    const cut = await open('/cut');
    cut.stream.close(constants.NGHTTP2_CANCEL);
    await eventually('the target hears of it', () => closed.length > 1);
    assert.deepEqual(closed, [1000, 1006]);
  });

  it('ends what is silent for the idle timeout, and nothing before', async () => {
    const { stream } = await open('/silent');
    stream.resume();
    const over = new Promise((resolve) => stream.once('close', resolve));
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      stream.write(message('x'));
    }
    assert.equal(stream.closed, false);
    const since = performance.now();
    await over;
    assert.ok(performance.now() - since > 300);
  });

  it('another protocol is refused', async () => {
    const stream = client.request({ ':method': 'CONNECT', ':protocol': 'connect-udp', ':scheme': 'https', ':path': '/', ':authority': 'example.com' });
    stream.on('error', () => {});
    assert.equal(await new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status']))), 400);
    stream.close();
  });
});
