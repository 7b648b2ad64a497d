import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { ask, RawClient } from './client.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { listening, perRequest, RawBackend, Stage, type Scene, type StageOptions } from './stage.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
const kept = <T extends { close(): Promise<void> | void }>(thing: T): T => (open.push(thing), thing);

const backend = async (script: Parameters<typeof RawBackend.open>[0]): Promise<RawBackend> => kept(await RawBackend.open(script));
const stage = async (scene: Scene, options?: StageOptions): Promise<Stage> => kept(await Stage.open(scene, options));
const client = async (at: Stage): Promise<RawClient> => kept(await RawClient.open(at.port));

const GET = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: example.com\r\n${more}\r\n`;
const OK = (body: string, more = ''): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
const pathOf = (head: string): string => head.split(' ')[1]!;
const echoPath = perRequest((head) => OK(pathOf(head)));

describe('one connection, many requests', () => {
  it('keeps the client connection and that to the target', async () => {
    const target = await backend({ answer: echoPath });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    for (let i = 0; i < 5; i++) {
      c.send(GET(`/${i}`));
      const answer = await c.answer();
      assert.deepEqual([answer.status, answer.body, answer.headers['connection']], [200, `/${i}`, undefined]);
    }
    assert.equal(target.connections.length, 1);
    assert.equal(at.ended.length, 5);
  });

  it('answers pipelined requests in order, however long each takes', async () => {
    const target = await backend({
      answer: perRequest((head, socket) => {
        setTimeout(() => socket.write(OK(pathOf(head))), pathOf(head).endsWith('3') ? 10 : 0);
        return null;
      }),
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(Array.from({ length: 50 }, (_, i) => GET(`/${i}`)).join(''));
    for (let i = 0; i < 50; i++) assert.equal((await c.answer()).body, `/${i}`);
    assert.equal(c.heard, '');
  });

  it('takes the next request from behind a body, and whatever way the octets are cut', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (part: string) => (body += part)).on('end', () => {
        seen.push(`${request.method} ${request.url} ${body}`);
        response.end(`${seen.length}`);
      });
    });
    const port = await listening(server);
    open.push({ close: () => void server.close(), });
    open.push({ close: () => server.closeAllConnections() });
    const at = await stage({ targets: [port] });
    const octets =
      '\r\nPOST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello\r\n' +
      'POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: 1\r\n\r\n' +
      GET('/c');
    const expected = ['POST /a hello', 'POST /b abcde', 'GET /c '];
    for (const step of [octets.length, 1, 2, 3, 7, 64]) {
      seen.length = 0;
      const c = await client(at);
      for (let i = 0; i < octets.length; i += step) {
        c.send(octets.slice(i, i + step));
        // an event-loop turn each: the kernel delivers the pieces apart
        if (step < 8) await new Promise((resolve) => setImmediate(resolve));
      }
      for (let i = 1; i <= 3; i++) assert.equal((await c.answer()).body, `${i}`, `step ${step}`);
      assert.deepEqual(seen, expected, `step ${step}`);
      c.close();
    }
  });

  it('stops reading what is sent ahead at 64 KB', async () => {
    const target = await backend({ answer: () => {} });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    const flood = GET('/ahead', `X-Pad: ${'x'.repeat(4000)}\r\n`).repeat(64);
    for (let i = 0; i < 64; i++) c.send(flood);
    await pause(300);
    // 16 MB were said; what is neither in a kernel's buffers nor in ours is still with the client
    assert.ok(c.socket.writableLength > 6_000_000, `${c.socket.writableLength} octets still unsent`);
  });

  it('does not carry out what was pipelined behind a request whose client has gone', async () => {
    const target = await backend({ answer: perRequest(() => null) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(`${GET('/first')}POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    await eventually('the first has come', () => target.received.length > 0);
    await pause(120);
    c.close();
    await eventually('it is over', () => at.ended.length > 0);
    await pause(100);
    assert.ok(!target.received.join('').includes('/second'), 'the second request reached the target');
    assert.equal(at.ended[0]?.fault, 'client-closed');
  });

  it('does not begin the next answer after one that broke off', async () => {
    const target = await backend({
      answer: (text, socket) => {
        if (text.includes('/broken')) {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
          setTimeout(() => socket.destroy(), 50);
        } else socket.write(OK('SECOND'));
      },
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(GET('/broken') + GET('/second'));
    await c.end();
    assert.ok(c.heard.endsWith('\r\n\r\nhalf'), c.heard);
    assert.ok(!target.received.join('').includes('/second'));
  });
});

describe('responses without a body, and before the response', () => {
  it('HEAD keeps the length and has no body', async () => {
    const target = await backend({ answer: perRequest((head) => (head.startsWith('HEAD') ? 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n' : OK('next'))) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.equal((await c.answer({ head: true })).headers['content-length'], '1234');
    c.send(GET('/'));
    assert.equal((await c.answer()).body, 'next');
    assert.equal(target.connections.length, 1);
  });

  it('204 and 304 have none, and a 204 that has one all the same costs its connection', async () => {
    const target = await backend({
      answer: perRequest((head) =>
        pathOf(head) === '/204' ? 'HTTP/1.1 204 No Content\r\n\r\n'
        : pathOf(head) === '/304' ? 'HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: "a"\r\n\r\n'
        : pathOf(head) === '/bad204' ? 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'
        : OK('next')),
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(GET('/204'));
    const first = await c.answer();
    assert.deepEqual([first.status, first.headers['content-length'], first.headers['transfer-encoding']], [204, undefined, undefined]);
    c.send(GET('/304'));
    const second = await c.answer();
    assert.deepEqual([second.status, second.headers['etag'], second.headers['content-length']], [304, '"a"', '77']);
    assert.equal(target.connections.length, 1);
    c.send(GET('/bad204'));
    const third = await c.answer();
    assert.deepEqual([third.status, third.headers['transfer-encoding']], [204, undefined]);
    c.send(GET('/'));
    assert.equal((await c.answer()).body, 'next');
    assert.equal(target.connections.length, 2);
  });

  it('passes informational responses on, but not to HTTP/1.0 and never without end', async () => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nContent-Length: 3\r\n\r\n';
    const target = await backend({ answer: perRequest((head) => (pathOf(head) === '/endless' ? hint.repeat(100) : `${hint}HTTP/1.1 100 Continue\r\n\r\n${OK('x')}`)) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(GET('/'));
    const early = await c.answer();
    assert.deepEqual([early.status, early.headers['link'], early.headers['content-length']], [103, '</a.css>', undefined]);
    assert.deepEqual((await c.answer()).body, 'x');
    assert.equal((await ask(at.port, 'GET / HTTP/1.0\r\n\r\n')).status, 200);
    const d = await client(at);
    d.send(GET('/endless'));
    for (let i = 0; i < 64; i++) assert.equal((await d.answer()).status, 103);
    assert.equal((await d.answer()).status, 502);
  });

  it('refuses a 101 that nobody asked for', async () => {
    const target = await backend({ answer: perRequest(() => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n') });
    const at = await stage({ targets: [target.port] });
    assert.equal((await ask(at.port, GET('/', 'Connection: upgrade\r\nUpgrade: x\r\n'))).status, 502);
    assert.ok(!/upgrade/i.test(target.received[0]!));
  });
});

describe('request bodies', () => {
  const collect = perRequestBody();

  it('answers Expect: 100-continue before the body, once the target is there', async () => {
    const target = await backend({ answer: collect });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n');
    assert.equal((await c.answer()).status, 100);
    c.send('body');
    assert.equal((await c.answer()).body, 'body');
    assert.ok(!/expect/i.test(target.received[0]!));
    assert.equal((await ask(at.port, 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nContent-Length: 4\r\n\r\nbody')).status, 417);
    // HTTP/1.0 knows no 100: the field is ignored
    assert.equal((await ask(at.port, 'POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody')).body, 'body');
  });

  it('says a fixed response again as each request wants it, and as the listener does now', async () => {
    const action = { kind: 'fixed-response', status: 403, contentType: 'text/plain', body: 'no' } as const;
    const at = await stage({ targets: [], action });
    const c = await client(at);
    const told = async (request: string, head = false): Promise<string> => {
      c.send(request);
      const { status, headers, body } = await c.answer({ head });
      return [status, headers['server'] ?? '-', headers['content-type'], headers['content-length'], headers['connection'] ?? '-', body].join(' ');
    };
    const usual = '403 awselb/2.0 text/plain; charset=utf-8 2 - no';
    for (let i = 0; i < 3; i++) assert.equal(await told(GET('/')), usual);
    assert.equal(await told('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n', true), '403 awselb/2.0 text/plain; charset=utf-8 2 - ');
    assert.equal(await told('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'), '403 awselb/2.0 text/plain; charset=utf-8 2 keep-alive no');
    assert.equal(await told(GET('/')), usual);
    await at.show({ targets: [], action, http: { serverHeader: false } });
    for (let i = 0; i < 2; i++) assert.equal(await told(GET('/')), '403 - text/plain; charset=utf-8 2 - no');
    assert.equal(await told(GET('/', 'Connection: close\r\n')), '403 - text/plain; charset=utf-8 2 close no');
  });

  it('does not ask for a body that the answer does not need', async () => {
    const at = await stage({ targets: [], action: { kind: 'fixed-response', status: 403, contentType: 'text/plain', body: 'no' } });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    const answer = await c.answer();
    assert.deepEqual([answer.status, answer.body, answer.headers['connection']], [403, 'no', 'close']);
    await c.end();
  });

  it('passes chunked bodies on chunked, with their trailers, both ways', async () => {
    const target = await backend({
      answer: (text, socket) => {
        if (text.endsWith('\r\n\r\n') && text.includes('0\r\nX-Sum: 9')) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n4\r\nWiki\r\n5;ext="a"\r\npedia\r\n0\r\nX-End: yes\r\nConnection: close\r\n\r\n');
      },
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n000A;q\r\n0123456789\r\n0\r\nX-Sum: 9\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n');
    const answer = await c.answer();
    assert.deepEqual([answer.body, answer.trailers, answer.headers['trailer']], ['Wikipedia', 'X-End: yes\r\n', 'X-End']);
    const [, body] = target.received[0]!.split('\r\n\r\n', 2);
    assert.match(target.received[0]!, /\r\nTransfer-Encoding: chunked\r\n/);
    assert.ok(!/content-length/i.test(target.received[0]!));
    assert.equal(body, '3\r\nabc\r\na\r\n0123456789\r\n0\r\nX-Sum: 9');
    assert.ok(target.received[0]!.endsWith('0\r\nX-Sum: 9\r\n\r\n'));
  });

  it('gives an early answer while the body still comes, and closes', async () => {
    const target = await backend({
      answer: (text, socket) => {
        if (text.length > 20_000 && !socket.writableEnded) socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig');
      },
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n');
    const said = { enough: false };
    const pump = (async () => {
      while (!said.enough && !c.closed) {
        c.send(Buffer.alloc(16_000));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const answer = await c.answer();
    assert.deepEqual([answer.status, answer.body, answer.headers['connection']], [413, 'big', 'close']);
    await c.end();
    // still sending, and the answer was not taken back by a reset
    assert.equal(c.error, null);
    said.enough = true;
    await pump;
  });

  it('gives an early answer of a target that takes no more of the body, though sending it the rest fails', async () => {
    let far: Socket | undefined;
    const target = await backend({ serve: (socket) => void socket.once('data', () => void (far = socket)) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx');
    await eventually('the target has the beginning', () => far !== undefined);
    // what is written in a timer is read in the same turn of the loop, and sent at its end
    await pause(1);
    // read before the answer is there, and sent when it is, which is refused
    c.send('more');
    setImmediate(() => {
      far!.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig');
      far!.resetAndDestroy();
    });
    const answer = await c.answer();
    assert.deepEqual([answer.status, answer.body], [413, 'big']);
  });

  it('breaks off towards the target where the framing of the body breaks', async () => {
    const target = await backend({ answer: () => {} });
    const at = await stage({ targets: [target.port] });
    const answer = await ask(at.port, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n');
    assert.deepEqual([answer.status, answer.headers['connection']], [400, 'close']);
    assert.ok(!target.received[0]?.endsWith('0\r\n\r\n'));
    assert.equal(at.ended[0]!.flaw, 'bad-chunk-size');
  });
});

describe('HTTP/1.0 and bodies without a length', () => {
  it('sends an HTTP/1.0 client no chunks, and asks targets in HTTP/1.1 with a Host', async () => {
    const target = await backend({ answer: perRequest(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n') });
    const at = await stage({ targets: [target.port], hosts: ['lb-1.elb.localhost', '*'] });
    const c = await client(at);
    c.send('GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    await c.end();
    const [head, body] = c.heard.split('\r\n\r\n');
    assert.ok(!/transfer-encoding/i.test(head!));
    assert.match(head!, /\r\nConnection: close$/);
    assert.equal(body, 'abc');
    assert.match(target.received[0]!, /^GET \/x HTTP\/1\.1\r\nHost: lb-1\.elb\.localhost\r\n/);
  });

  it('keeps an HTTP/1.0 connection alive where the client asks and the length is known', async () => {
    const target = await backend({ answer: echoPath });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    for (let i = 0; i < 2; i++) {
      c.send(`GET /${i} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`);
      const answer = await c.answer();
      assert.deepEqual([answer.body, answer.headers['connection']], [`/${i}`, 'keep-alive']);
    }
    c.send('GET /last HTTP/1.0\r\n\r\n');
    assert.equal((await c.answer()).headers['connection'], 'close');
    await c.end();
  });

  it('turns a response that ends with its connection into chunks', async () => {
    const target = await backend({
      answer: (_, socket) => {
        socket.write('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\npart one, ');
        setTimeout(() => socket.end('part two'), 20);
      },
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    for (let i = 0; i < 2; i++) {
      c.send(GET('/'));
      const answer = await c.answer();
      assert.deepEqual([answer.headers['transfer-encoding'], answer.body], ['chunked', 'part one, part two']);
    }
    assert.equal(target.connections.length, 2);
  });

  it('resets an HTTP/1.0 client where such a body breaks off: a FIN would say that it is whole', async () => {
    const target = await backend({
      answer: (_, socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\nhalf');
        setTimeout(() => socket.resetAndDestroy(), 30);
      },
    });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('GET / HTTP/1.0\r\n\r\n');
    await eventually('the client hears of it', () => c.closed);
    assert.equal(c.error?.code, 'ECONNRESET');
    assert.equal(at.ended[0]!.fault, 'upstream-reset');
    const d = await client(at);
    d.send(GET('/'));
    await d.end();
    assert.ok(!d.heard.includes('0\r\n\r\n'), 'the last chunk was sent for a body that is not whole');
  });
});

describe('clients that go, or say FIN', () => {
  it('answers a client that has closed its half right after the request', async () => {
    const target = await backend({ answer: (_, socket) => void setTimeout(() => socket.write(OK('late')), 120) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.socket.end(GET('/'));
    assert.equal((await c.answer()).body, 'late');
    await c.end();
  });

  it('stops the target when the client aborts (460)', async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const target = await backend({ serve: (socket) => void socket.on('close', () => closed()), answer: () => {} });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(GET('/slow'));
    await eventually('the target has it', () => target.received.length > 0);
    await pause(100);
    c.close();
    await gone;
    assert.deepEqual([at.ended[0]!.status, at.ended[0]!.fault], [460, 'client-closed']);
  });

  it('stops the target when the client aborts in the middle of its body', async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const target = await backend({ serve: (socket) => void socket.on('close', () => closed()), answer: () => {} });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    await eventually('the target has it', () => target.received[0]?.includes('abc') === true);
    c.close();
    await gone;
    assert.ok(!target.received[0]!.includes('0\r\n\r\n'), 'the target was told that the body is whole');
    assert.equal(at.ended[0]!.status, 460);
  });
});

/** Echoes the body of requests with Content-Length. */
function perRequestBody(): (text: string, socket: Socket) => void {
  const answered = new WeakMap<Socket, number>();
  return (text, socket) => {
    const from = answered.get(socket) ?? 0;
    const headEnd = text.indexOf('\r\n\r\n', from);
    if (headEnd === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(text.slice(from, headEnd))?.[1] ?? 0);
    if (text.length < headEnd + 4 + length) return;
    answered.set(socket, headEnd + 4 + length);
    socket.write(OK(text.slice(headEnd + 4, headEnd + 4 + length)));
  };
}

