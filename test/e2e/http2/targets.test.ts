import assert from 'node:assert/strict';
import {
  connect, constants, createServer, type ClientHttp2Session, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { ask } from './client.ts';

describe('HTTP/2 towards targets', () => {
  let stage: TlsStage;
  let client: ClientHttp2Session;
  let target: Http2Server;
  let sessions: ServerHttp2Session[] = [];
  let seen: IncomingHttpHeaders[] = [];
  let serve: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

  const echo = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    const path = headers[':path']!;
    const size = /n=(\d+)/.exec(path);
    if (size) {
      stream.respond({ ':status': 200, 'content-type': 'text/plain', 'content-length': Number(size[1]) });
      stream.end(Buffer.alloc(Number(size[1]), 'x'));
    } else if (path === '/trailers') {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '5' }));
      stream.end('hello');
    } else if (path === '/empty') {
      stream.respond({ ':status': 200, 'content-length': 0 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '0' }));
      stream.end();
    } else if (path === '/hints') {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      stream.respond({ ':status': 200 });
      stream.end('ok');
    } else if (path === '/none') {
      stream.respond({ ':status': 204 }, { endStream: true });
    } else {
      stream.respond({ ':status': 200, server: 'target', 'x-path': path });
      stream.pipe(stream);
    }
  };

  before(async () => {
    target = createServer();
    target.on('session', (session) => {
      sessions.push(session);
      session.on('error', () => {});
    });
    target.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on('error', () => {});
      seen.push(headers);
      serve(stream, headers);
    });
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    stage = await TlsStage.open(
      {
        sites: { main: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD, http: { idleTimeoutMs: 2_000 } } }, targets: [(target.address() as AddressInfo).port], targetVersion: 'http2',
      },
      { port: await freePort() },
    );
    client = connect(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
    client.on('error', () => {});
  });

  beforeEach(() => {
    serve = echo;
    seen = [];
  });

  after(async () => {
    client.destroy();
    await stage.close();
    for (const session of sessions) session.destroy();
    target.close();
  });

  it('sends the request with the fields that are ours', async () => {
    const { headers, body } = await ask(client, { ':path': '/a?b', ':authority': 'example.com', cookie: ['a=1', 'b=2'] });
    assert.equal(headers[':status'], 200);
    assert.equal(headers['server'], 'target');
    assert.equal(headers['x-path'], '/a?b');
    assert.equal(body.length, 0);
    const got = seen[0]!;
    assert.equal(got[':authority'], 'example.com');
    assert.equal(got[':scheme'], 'http');
    assert.equal(got['x-forwarded-proto'], 'https');
    assert.equal(got['cookie'], 'a=1; b=2');
    assert.match(String(got['x-amzn-trace-id']), /^Root=/);
    assert.equal(got['host'], undefined);
  });

  it('carries bodies both ways, with and without a length', async () => {
    for (const size of [1, 20_000, 300_000, 2_000_000]) {
      const sent = Buffer.alloc(size, 'abcdefgh');
      assert.ok((await ask(client, { ':method': 'POST', ':path': '/echo' }, sent)).body.equals(sent), `${size}`);
      assert.ok((await ask(client, { ':method': 'POST', ':path': '/echo', 'content-length': size }, sent)).body.equals(sent), `${size}`);
    }
    assert.equal((await ask(client, { ':path': '/x?n=5000000' })).body.length, 5_000_000);
  });

  it('carries many at once over few connections', async () => {
    sessions = sessions.filter((session) => !session.destroyed);
    const before = sessions.length;
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(client, { ':path': `/x?n=${i * 1000}` })));
    all.forEach(({ body }, i) => assert.equal(body.length, i * 1000));
    assert.ok(sessions.length <= before + 1, `${sessions.length} connections`);
  });

  it('carries trailers, informational responses, and answers without a body', async () => {
    assert.equal((await ask(client, { ':path': '/trailers' })).trailers['x-sum'], '5');
    assert.equal((await ask(client, { ':path': '/empty' })).trailers['x-sum'], '0');
    const stream = client.request({ ':path': '/hints' });
    const informed = new Promise<IncomingHttpHeaders>((resolve) => stream.once('headers', resolve));
    stream.resume();
    assert.equal((await informed).link, '</a>');
    assert.equal((await ask(client, { ':path': '/none' })).headers[':status'], 204);
    const head = await ask(client, { ':method': 'HEAD', ':path': '/x?n=10' });
    assert.equal(head.headers['content-length'], '10');
  });

  it('sends again what the target refuses before it looks', async () => {
    let refused = 0;
    serve = (stream, headers) => {
      if (refused++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else echo(stream, headers);
    };
    assert.equal((await ask(client, { ':method': 'GET', ':path': '/again' })).headers[':status'], 200);
    assert.equal(seen.length, 2);
  });

  it('answers 502 for a stream that is reset, and goes on with the connection', async () => {
    serve = (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    assert.equal((await ask(client, { ':method': 'POST', ':path': '/x' }, Buffer.from('x'))).headers[':status'], 502);
    serve = echo;
    const before = sessions.length;
    assert.equal((await ask(client, { ':path': '/x?n=1' })).headers[':status'], 200);
    assert.equal(sessions.length, before);
  });

  it('cancels on the target what the client cancels', async () => {
    const closed = new Promise<number>((resolve) => {
      serve = (stream) => {
        stream.respond({ ':status': 200 });
        stream.write('x');
        stream.once('close', () => resolve(stream.rstCode));
      };
    });
    const stream = client.request({ ':path': '/endless' });
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('response', resolve));
    stream.close(constants.NGHTTP2_CANCEL);
    assert.equal(await closed, constants.NGHTTP2_CANCEL);
  });

  it('answers 504 for silence', async () => {
    serve = () => {};
    assert.equal((await ask(client, { ':path': '/silent' })).headers[':status'], 504);
  });

  it('holds the target back while the client does not read', async () => {
    let sent = 0;
    serve = (stream) => {
      stream.respond({ ':status': 200 });
      const more = (): void => {
        while (sent < 20_000_000) {
          sent += 16_000;
          if (!stream.write(Buffer.alloc(16_000))) return void stream.once('drain', more);
        }
        stream.end();
      };
      more();
    };
    const slow = connect(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false, settings: { initialWindowSize: 65_535 } });
    slow.on('error', () => {});
    const stream = slow.request({ ':path': '/much' });
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('response', resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(sent < 1_000_000, `${sent} octets were taken from the target`);
    slow.destroy();
  });

  it('leaves a connection that the target leaves, and ends what is under way there', async () => {
    const slow = new Promise<ServerHttp2Stream>((resolve) => {
      serve = (stream) => resolve(stream);
    });
    const answer = ask(client, { ':path': '/slow' });
    const stream = await slow;
    const { session } = stream;
    session!.goaway(constants.NGHTTP2_NO_ERROR, stream.id!);
    // who answers this has read what came before it
    await new Promise((resolve) => session!.ping(resolve));
    let other: unknown = null;
    serve = (next, headers) => {
      other = next.session;
      echo(next, headers);
    };
    assert.equal((await ask(client, { ':path': '/x?n=1' })).headers[':status'], 200);
    assert.notEqual(other, session);
    stream.respond({ ':status': 200 });
    stream.end('late');
    assert.equal((await answer).body.toString(), 'late');
  });

  it('takes an upload to a target that opens its window by a few octets at a time for no flood', async () => {
    // 12,500 WINDOW_UPDATE of 32 octets each
    for (const session of sessions) session.destroy();
    serve = (stream, headers) => {
      if (headers[':path'] === '/narrow') return void stream.session!.settings({ initialWindowSize: 32 }, () => echo(stream, { ':path': '/x?n=1' }));
      let size = 0;
      stream.on('data', (chunk: Buffer) => void (size += chunk.length));
      stream.on('end', () => {
        stream.respond({ ':status': 200 });
        stream.end(String(size));
      });
    };
    await ask(client, { ':path': '/narrow' });
    assert.equal((await ask(client, { ':method': 'POST', ':path': '/upload' }, Buffer.alloc(400_000))).body.toString(), '400000');
  });

  it('says that its table for fields has another size, as often as the target changes it', async () => {
    // nghttp2 ends a connection whose encoder does not acknowledge a smaller table (RFC 7541 section 4.2)
    for (const session of sessions) session.destroy();
    const path = '/x?n=1';
    const fields = { ':path': path, ':authority': 'example.com', 'x-again': 'and again' };
    assert.equal((await ask(client, fields)).headers[':status'], 200);
    const session = sessions.at(-1)!;
    for (const size of [0, 65_536, 100, 4_096, 0]) {
      await new Promise<void>((resolve) => session.settings({ headerTableSize: size }, () => resolve()));
      for (let i = 0; i < 2; i++) assert.equal((await ask(client, fields)).headers[':status'], 200);
    }
    assert.equal(sessions.at(-1), session);
    assert.ok(!session.destroyed);
    assert.deepEqual(seen.map((got) => got['x-again']), Array.from({ length: 11 }, () => 'and again'));
  });

  it('refuses HTTP/1.1 with 464', async () => {
    const { TlsClient } = await import('../tls/client.ts');
    const old = await TlsClient.open(stage.port);
    assert.equal((await old.request()).status, 464);
    old.close();
  });
});
