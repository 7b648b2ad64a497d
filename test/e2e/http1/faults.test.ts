import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { FakeClock } from '../../../src/kernel/index.ts';
import { freePort } from '../../support/free-port.ts';
import { ask, RawClient, type Answer } from './client.ts';
import { eventually, pause as wait } from '../../support/eventually.ts';
import { perRequest, RawBackend, Stage, type Scene, type StageOptions } from './stage.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
const kept = <T extends { close(): Promise<void> | void }>(thing: T): T => (open.push(thing), thing);
const backend = async (script: Parameters<typeof RawBackend.open>[0]): Promise<RawBackend> => kept(await RawBackend.open(script));
const stage = async (scene: Scene, options?: StageOptions): Promise<Stage> => kept(await Stage.open(scene, options));
const client = async (at: Stage): Promise<RawClient> => kept(await RawClient.open(at.port));

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi';
const OK = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** ALB's page, written out here once more: a change of either must be meant. */
function isPage(answer: Answer, status: number, phrase: string): void {
  assert.equal(answer.status, status);
  assert.equal(answer.reason, phrase);
  assert.equal(answer.body, `<html>\r\n<head><title>${status} ${phrase}</title></head>\r\n<body>\r\n<center><h1>${status} ${phrase}</h1></center>\r\n</body>\r\n</html>\r\n`);
  assert.equal(answer.headers['content-type'], 'text/html');
  assert.equal(answer.headers['server'], 'awselb/2.0');
  assert.ok(!Number.isNaN(Date.parse(answer.headers['date']!)));
}

describe('what the client did wrong', () => {
  const cases: readonly (readonly [name: string, octets: string, status: number, phrase: string, fault: string])[] = [
    ['a malformed head', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', 400, 'Bad Request', 'bad-request'],
    ['a line over 16 KB', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(17_000)}\r\n\r\n`, 400, 'Bad Request', 'head-too-large'],
    ['a head over 64 KB', `GET / HTTP/1.1\r\nHost: x\r\n${`A: ${'a'.repeat(10_000)}\r\n`.repeat(7)}\r\n`, 400, 'Bad Request', 'head-too-large'],
    ['a request line over 16 KB', `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414, 'Request-URI Too Large', 'target-too-long'],
    ['201 fields', `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(200)}\r\n`, 431, 'Request Header Fields Too Large', 'too-many-fields'],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'Not Allowed', 'method-not-allowed'],
    ['CONNECT', 'CONNECT /x HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'Bad Request', 'bad-request'],
    ['31 forwarded addresses', `GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${Array.from({ length: 31 }, (_, i) => `10.0.0.${i}`).join(', ')}\r\n\r\n`, 463, 'Unassigned', 'too-many-forwarded'],
    ['another expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n', 417, 'Expectation Failed', 'expectation-failed'],
    ['another transfer coding', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n', 501, 'Not Implemented', 'unsupported-transfer-coding'],
    ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n', 505, 'HTTP Version Not Supported', 'version-not-supported'],
  ];
  for (const [name, octets, status, phrase, fault] of cases) {
    it(`${name}: ${status}`, async () => {
      const target = await backend({ answer: perRequest(() => OK('x')) });
      const at = await stage({ targets: [target.port] });
      const c = await client(at);
      c.send(octets);
      const answer = await c.answer();
      isPage(answer, status, phrase);
      assert.equal(answer.headers['connection'], 'close');
      await c.end();
      assert.equal(target.received.join(''), '');
      assert.equal(at.ended.length, 1);
      assert.deepEqual([at.ended[0]!.fault, at.ended[0]!.status], [fault, status]);
      assert.equal(at.ended[0]!.bytesOut, answer.text.length);
    });
  }

  it('30 forwarded addresses, 200 fields and 16,000 characters are still served', async () => {
    const target = await backend({ answer: perRequest(() => OK('x')) });
    const at = await stage({ targets: [target.port] });
    const addresses = Array.from({ length: 30 }, (_, i) => `10.0.0.${i}`).join(',');
    assert.equal((await ask(at.port, `GET /${'a'.repeat(16_000)} HTTP/1.1\r\nHost: x\r\nB: ${'b'.repeat(16_000)}\r\nX-Forwarded-For: ${addresses}\r\n${'A: b\r\n'.repeat(197)}\r\n`)).status, 200);
  });

  it('a refused HEAD gets no body, and a refused head says nothing of the request before it', async () => {
    const target = await backend({ answer: perRequest(() => OK('x')) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('HEAD / HTTP/1.1\r\nHost : x\r\n\r\n');
    await c.end();
    assert.ok(c.heard.endsWith('\r\n\r\n'));
    await ask(at.port, 'HEAD /secret HTTP/1.1\r\nHost: x\r\n\r\n', { head: true });
    isPage(await ask(at.port, '\x01\r\n\r\n'), 400, 'Bad Request');
    assert.deepEqual([at.ended[2]!.method, at.ended[2]!.target], ['', '']);
  });

  it('the refusal arrives though the client goes on sending', async () => {
    const at = await stage({ targets: [] });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n');
    for (let i = 0; i < 40; i++) {
      c.send(Buffer.alloc(100_000));
      await wait(2);
    }
    isPage(await c.answer(), 400, 'Bad Request');
    await c.end();
    assert.equal(c.error, null);
  });
});

describe('what the target did wrong', () => {
  it('no target: 503', async () => {
    const at = await stage({ targets: [] });
    isPage(await ask(at.port, GET), 503, 'Service Temporarily Unavailable');
    assert.equal(at.ended[0]!.fault, 'no-healthy-target');
  });

  it('refused connections: the other target, for any method; none left: 502', async () => {
    const target = await backend({ answer: perRequest((head) => (head.startsWith('POST') ? OK('posted') : OK('got'))) });
    const [dead, dead2] = [await freePort(), await freePort()];
    const at = await stage({ targets: [dead, target.port] });
    for (let i = 0; i < 6; i++) {
      assert.equal((await ask(at.port, GET)).body, 'got');
      assert.equal((await ask(at.port, POST)).body, 'posted');
    }
    await at.show({ targets: [dead, dead2] });
    isPage(await ask(at.port, GET), 502, 'Bad Gateway');
    assert.equal(at.ended.at(-1)!.fault, 'connect-refused');
  });

  it('a connection that dies before the answer: GET is tried elsewhere, POST is not', async () => {
    let posts = 0;
    const script = perRequest((head, socket) => {
      if (head.startsWith('POST')) posts++;
      socket.destroy();
      return null;
    });
    const dying = await backend({ answer: script });
    const good = await backend({ answer: perRequest(() => OK('good')) });
    const at = await stage({ targets: [dying.port, good.port] });
    for (let i = 0; i < 4; i++) assert.equal((await ask(at.port, GET)).body, 'good');
    await at.show({ targets: [dying.port] });
    isPage(await ask(at.port, POST), 502, 'Bad Gateway');
    assert.equal(at.ended.at(-1)!.fault, 'upstream-closed');
    assert.equal(posts, 1);
  });

  it('a kept connection that its target closes as we send: GET again on a new one, POST never', async () => {
    let served = 0;
    const once = new WeakSet<Socket>();
    const target = await backend({
      answer: perRequest((_, socket) => {
        if (once.has(socket)) {
          socket.destroy();
          return null;
        }
        once.add(socket);
        return OK(`${++served}`);
      }),
    });
    const at = await stage({ targets: [target.port] });
    assert.equal((await ask(at.port, GET)).body, '1');
    assert.equal((await ask(at.port, GET)).body, '2');
    isPage(await ask(at.port, POST), 502, 'Bad Gateway');
    assert.equal(target.received.join('').split('POST').length - 1, 1);
  });

  it('a connection that the target has closed is not taken for the next request, though that was read in the same turn', async () => {
    const target = await backend({ answer: perRequest(() => OK('served')) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    for (let n = 1; n <= 3; n++) {
      c.send(POST);
      assert.equal((await c.answer()).status, 200);
      assert.equal(target.connections.length, n);
      // FIN first, then the request: both are there when the loop looks
      target.connections.at(-1)!.destroy();
    }
  });

  it('a part of an answer is never followed by another try', async () => {
    const target = await backend({
      answer: (_, socket) => {
        socket.write('HTTP/1.1 200 O');
        setTimeout(() => socket.destroy(), 20);
      },
    });
    const other = await backend({ answer: perRequest(() => OK('other')) });
    const at = await stage({ targets: [target.port] });
    isPage(await ask(at.port, GET), 502, 'Bad Gateway');
    assert.equal(target.connections.length, 1);
    await at.show({ targets: [target.port, other.port] });
    const answers = [(await ask(at.port, GET)).status, (await ask(at.port, GET)).status];
    assert.deepEqual(answers.sort(), [200, 502]);
  });

  const malformed: readonly (readonly [name: string, octets: string, fault: string])[] = [
    ['no HTTP', 'hello there, this is no HTTP\r\n\r\n', 'upstream-malformed'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n', 'upstream-malformed'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'upstream-malformed'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n', 'upstream-malformed'],
    ['length and coding', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n', 'upstream-malformed'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 'upstream-malformed'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'upstream-malformed'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'upstream-malformed'],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'upstream-malformed'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', 'upstream-malformed'],
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'upstream-malformed'],
    ['NUL in a value', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n', 'upstream-malformed'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n', 'upstream-malformed'],
    ['a head over 32 KB', `HTTP/1.1 200 OK\r\n${`A: ${'a'.repeat(8000)}\r\n`.repeat(5)}\r\n`, 'upstream-head-too-large'],
  ];
  for (const [name, octets, fault] of malformed) {
    it(`${name}: 502, once`, async () => {
      const target = await backend({ answer: perRequest(() => octets) });
      const at = await stage({ targets: [target.port] });
      isPage(await ask(at.port, GET), 502, 'Bad Gateway');
      assert.equal(at.ended[0]!.fault, fault);
      assert.equal(target.connections.length, 1);
    });
  }

  it('a bad chunk in the middle of an answer breaks the connection off', async () => {
    const target = await backend({ answer: perRequest(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nXYZ\r\n') });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(GET);
    await c.end();
    assert.ok(!c.heard.includes('0\r\n\r\n'));
    assert.equal(at.ended[0]!.fault, 'upstream-malformed');
  });

  it('octets that nobody asked for never become an answer', async () => {
    const target = await backend({ answer: perRequest((head) => (head.startsWith('GET /evil') ? `${OK('first')}${OK('STOLEN')}` : OK('mine'))) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send('GET /evil HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.equal((await c.answer()).body, 'first');
    c.send(GET);
    assert.equal((await c.answer()).body, 'mine');
    const late = await backend({
      answer: perRequest((_, socket) => {
        setTimeout(() => socket.write(OK('STOLEN')), 20);
        return OK('first');
      }),
    });
    await at.show({ targets: [late.port] });
    assert.equal((await ask(at.port, GET)).body, 'first');
    await eventually('the connection is given up', () => late.connections[0]!.closed);
    assert.equal((await ask(at.port, GET)).body, 'first');
    assert.equal(late.connections.length, 2);
  });
});

describe('time', () => {
  it('a target that says nothing: 504, and it is not asked again', async () => {
    const target = await backend({ answer: () => {} });
    const at = await stage({ targets: [target.port], http: { idleTimeoutMs: 150 } });
    isPage(await ask(at.port, GET), 504, 'Gateway Time-out');
    assert.equal(at.ended[0]!.fault, 'upstream-timeout');
    assert.equal(target.received.join('').split('GET').length - 1, 1);
  });

  it('a target that stops reading the body: 504', async () => {
    const target = await backend({ serve: (socket) => void socket.pause() });
    const at = await stage({ targets: [target.port], http: { idleTimeoutMs: 300 } });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n');
    for (let i = 0; i < 200; i++) c.send(Buffer.alloc(100_000));
    assert.equal((await c.answer()).status, 504);
  });

  it('a body that keeps coming is no silence, however long it takes', async () => {
    const target = await backend({ answer: (text, socket) => void (text.endsWith('!') && socket.write(OK('all'))) });
    const clock = new FakeClock();
    const at = await stage({ targets: [target.port], http: { idleTimeoutMs: 10_000 } }, { clock });
    const c = await client(at);
    c.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n');
    for (let i = 1; i <= 10; i++) {
      c.send('.');
      await eventually('it has come', () => target.received[0]?.endsWith('\r\n\r\n' + '.'.repeat(i)) === true);
      clock.advance(8_000);
    }
    c.send('!');
    assert.equal((await c.answer()).body, 'all');
  });

  it('a body that stops: 408, and the target is told by a broken connection', async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const target = await backend({ serve: (socket) => void socket.on('close', () => closed()), answer: () => {} });
    const at = await stage({ targets: [target.port], http: { idleTimeoutMs: 150 } });
    isPage(await ask(at.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhi'), 408, 'Request Time-out');
    await gone;
  });

  it('a head that drips: 408 when the timeout since its first octet is over', async () => {
    const clock = new FakeClock();
    const at = await stage({ targets: [] }, { clock });
    const c = await client(at);
    for (let i = 0; i < 10; i++) {
      c.send('G');
      await wait(10);
      clock.advance(5_900);
    }
    await wait(20);
    assert.equal(c.heard, '');
    clock.advance(2_000);
    isPage(await c.answer(), 408, 'Request Time-out');
    assert.equal(at.ended[0]!.fault, 'request-timeout');
    clock.advance(5_000);
    await c.end();
  });

  it('a connection on which nothing is said is closed without a word', async () => {
    const target = await backend({ answer: perRequest(() => OK('x')) });
    const at = await stage({ targets: [target.port], http: { idleTimeoutMs: 150 } });
    const c = await client(at);
    c.send(GET);
    await c.answer();
    await c.end();
    assert.equal(c.heard, '');
  });

  it('a connection is closed after the answer when it has lived long enough', async () => {
    const clock = new FakeClock();
    const target = await backend({ answer: perRequest(() => OK('x')) });
    const at = await stage({ targets: [target.port], http: { idleTimeoutMs: 50_000, keepAliveMs: 10_000 } }, { clock });
    const c = await client(at);
    c.send(GET);
    assert.equal((await c.answer()).headers['connection'], undefined);
    clock.advance(12_000);
    c.send(GET);
    assert.equal((await c.answer()).headers['connection'], 'close');
    await c.end();
  });

  it('a target that accepts no connection within ten seconds: 504, or the other target', async () => {
    const full = kept(await fullBacklog());
    const clock = new FakeClock();
    const at = await stage({ targets: [full.port] }, { clock });
    const c = await client(at);
    c.send(POST);
    await wait(250);
    clock.advance(9_000);
    await wait(20);
    assert.equal(c.heard, '');
    clock.advance(1_500);
    isPage(await c.answer(), 504, 'Gateway Time-out');
    assert.equal(at.ended[0]!.fault, 'connect-timeout');
    const good = await backend({ answer: perRequest(() => OK('good')) });
    await at.show({ targets: [full.port, good.port] });
    const d = await client(at);
    const e = await client(at);
    d.send(GET);
    e.send(GET);
    await wait(250);
    clock.advance(10_500);
    assert.deepEqual([(await d.answer()).body, (await e.answer()).body], ['good', 'good']);
  });
});

/** A listener whose queue is full: the kernel lets further connections wait. */
async function fullBacklog(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(workerData), 0, 0);
     });`,
    { eval: true, workerData: gate },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  // whoever connects from now on waits in its queue, which is full with two
  const fill = Array.from({ length: 4 }, () => connect({ host: '127.0.0.1', port }).on('error', () => {}));
  await eventually('the queue is full', () => fill.filter((socket) => !socket.connecting).length >= 2);
  return {
    port,
    close: async () => {
      for (const socket of fill) socket.destroy();
      Atomics.notify(new Int32Array(gate), 0);
      await worker.terminate();
    },
  };
}
