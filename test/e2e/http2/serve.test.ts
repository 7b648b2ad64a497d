import assert from 'node:assert/strict';
import { connect as connectHttp2, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { ask } from './client.ts';

describe('HTTP/2 towards clients', () => {
  let stage: TlsStage;
  let session: ClientHttp2Session;
  let authority: TestAuthority;
  const seen: string[] = [];
  const target = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)}`);
    const url = new URL(request.url!, 'http://x');
    if (url.pathname === '/echo') {
      response.writeHead(200, { 'content-type': 'text/plain', 'x-method': request.method!, 'set-cookie': ['a=1', 'b=2'] });
      request.pipe(response);
    } else if (url.pathname === '/big') {
      const size = Number(url.searchParams.get('n'));
      response.writeHead(200, { 'content-length': size });
      response.end(Buffer.alloc(size, 'x'));
    } else if (url.pathname === '/trailers') {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('hello');
      response.addTrailers({ 'x-sum': '5' });
      response.end();
    } else if (url.pathname === '/hints') {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.end('ok');
    } else if (url.pathname === '/none') {
      response.writeHead(Number(url.searchParams.get('s')));
      response.end();
    } else if (url.pathname === '/early') {
      response.writeHead(413, { connection: 'close' });
      response.end('too much');
    } else response.end(`you asked for ${request.url}`);
  });

  before(async () => {
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    authority = await TestAuthority.make();
    const certificate = await authority.leaf('c', ['example.com']);
    stage = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD } }, targets: [(target.address() as AddressInfo).port] },
      { port: await freePort() },
    );
    session = connectHttp2(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
    session.on('error', () => {});
  });

  after(async () => {
    session.destroy();
    await stage.close();
    target.closeAllConnections();
    target.close();
  });

  it('carries a GET to a target, with the fields that HTTP/1.1 has', async () => {
    const { headers, body } = await ask(session, { ':path': '/hello?x=1', ':authority': 'example.com', 'x-a': '1', cookie: ['a=1', 'b=2'] });
    assert.equal(headers[':status'], 200);
    assert.equal(body.toString(), 'you asked for /hello?x=1');
    assert.equal(headers['transfer-encoding'], undefined);
    assert.equal(headers.connection, undefined);
    const line = seen.at(-1)!;
    assert.match(line, /^GET \/hello\?x=1 /);
    assert.match(line, /"host","example\.com"/i);
    assert.match(line, /"cookie","a=1; b=2"/);
    assert.match(line, /"X-Forwarded-Proto","https"/);
    assert.match(line, /"X-Amzn-Trace-Id"/);
  });

  it('carries bodies both ways', async () => {
    for (const size of [0, 1, 20_000, 300_000]) {
      const sent = Buffer.alloc(size, 'abcdefgh');
      const { headers, body } = await ask(session, { ':method': 'POST', ':path': '/echo' }, sent);
      assert.equal(headers[':status'], 200);
      assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
      assert.ok(body.equals(sent), `${body.length} of ${size}`);
    }
  });

  it('carries a body with a length', async () => {
    const { body } = await ask(session, { ':method': 'PUT', ':path': '/echo', 'content-length': 5 }, Buffer.from('12345'));
    assert.equal(body.toString(), '12345');
    assert.match(seen.at(-1)!, /"Content-Length","5"/);
  });

  it('carries large answers through its windows', async () => {
    const { body } = await ask(session, { ':path': '/big?n=5000000' });
    assert.equal(body.length, 5_000_000);
  });

  it('carries many at once', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(session, { ':path': `/big?n=${i * 1000}` })));
    all.forEach(({ body }, i) => assert.equal(body.length, i * 1000));
  });

  it('carries trailers and informational responses', async () => {
    const { trailers, body } = await ask(session, { ':path': '/trailers' });
    assert.equal(body.toString(), 'hello');
    assert.equal(trailers['x-sum'], '5');
    const stream = session.request({ ':path': '/hints' });
    const informed = new Promise<IncomingHttpHeaders>((resolve) => stream.once('headers', resolve));
    stream.resume();
    assert.equal((await informed).link, '</a.css>; rel=preload');
    await new Promise((resolve) => stream.once('end', resolve));
  });

  it('ends answers that have no body with their head', async () => {
    assert.equal((await ask(session, { ':path': '/none?s=204' })).headers[':status'], 204);
    assert.equal((await ask(session, { ':path': '/none?s=304' })).headers[':status'], 304);
    const { headers, body } = await ask(session, { ':method': 'HEAD', ':path': '/big?n=10' });
    assert.equal(headers['content-length'], '10');
    assert.equal(body.length, 0);
  });

  it('resets without an error what is still to come after an early answer', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/early' });
    stream.on('error', () => {});
    stream.write(Buffer.alloc(1000));
    const status = await new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));
    assert.equal(status, 413);
    stream.resume();
    await new Promise((resolve) => stream.once('close', resolve));
    assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
    assert.equal((await ask(session, { ':path': '/after' })).headers[':status'], 200);
  });

  it('hears of a cancelled request', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/echo' });
    stream.on('error', () => {});
    stream.write('x');
    await new Promise((resolve) => stream.once('response', resolve));
    stream.close(constants.NGHTTP2_CANCEL);
    await new Promise((resolve) => stream.once('close', resolve));
    await eventually('it is on record', () => stage.ended.at(-1)?.fault === 'client-closed');
  });

  it('serves HTTP/1.1 to whom it is enough', async () => {
    const { TlsClient } = await import('../tls/client.ts');
    const client = await TlsClient.open(stage.port);
    assert.equal((await client.request()).status, 200);
    client.close();
  });
});
