/**
 * Targets of HTTP/2 that break its rules (RFC 9113, as a client must hold them): the client gets 502, or a reset where the answer has begun, and the next request
 * is served. Octet by octet, since no server says such things.
 */
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { connect, type ClientHttp2Session } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import type { FaultCode } from '../../../src/data-plane/exchange/index.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { ask } from './client.ts';
import { ACK, block, E, END_HEADERS, END_STREAM, frame, PADDED, PREFACE, PRIORITISED, settings, T, uint32 } from './raw.ts';

type Fields = readonly (readonly [string, string])[];
/** What is said when a request has come on a stream; `hello`: in place of SETTINGS and its acknowledgement. */
interface Script {
  readonly hello?: Buffer;
  /** Reads no more when it has spoken. */
  readonly deaf?: true;
  /** Closes the connection when it has spoken. */
  readonly leaves?: true;
  /** What the balancer says of it; absent: that it is malformed, unless it is an answer. */
  readonly fault?: FaultCode;
  readonly says: (stream: number) => readonly Buffer[];
}

/** What the client gets of it. */
type Outcome = 200 | 502 | 'reset';

const WHOLE = END_HEADERS | END_STREAM;
const OK: Fields = [[':status', '200']];
const head = (fields: Fields, flags = WHOLE) => (stream: number): readonly Buffer[] => [frame(T.HEADERS, flags, stream, block(fields))];
const begun = (...more: Fields) => (stream: number): Buffer => frame(T.HEADERS, END_HEADERS, stream, block([...OK, ...more]));
const data = (stream: number, text = 'hello', flags = END_STREAM): Buffer => frame(T.DATA, flags, stream, text);
const answer = (stream: number): readonly Buffer[] => [begun()(stream), data(stream)];
/** Something about the connection, and then an answer that must not be believed. */
const before502 = (...frames: readonly Buffer[]): Script => ({ says: (stream) => [...frames, ...answer(stream)] });

/** As many 1xx, each with fields. */
const hints = (stream: number, count: number): readonly Buffer[] => Array.from({ length: count }, () => frame(T.HEADERS, END_HEADERS, stream, block([[':status', '103'], ['link', '</a>']])));
/** So many octets of fields. */
const fields = (octets: number): Fields => Array.from({ length: octets / 8_000 }, (_, i) => [`x-${i}`, 'x'.repeat(8_000)] as const);
/** HEADERS and as many CONTINUATION as it takes. */
function inParts(stream: number, octets: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < octets.length; at += 16_000) {
    const flags = at + 16_000 >= octets.length ? END_HEADERS : 0;
    parts.push(frame(at === 0 ? T.HEADERS : T.CONTINUATION, flags, stream, octets.subarray(at, at + 16_000)));
  }
  return parts;
}

const PINGS = Buffer.alloc(9_000 * 17, frame(T.PING, 0, 0, '12345678'));

const CASES: readonly (readonly [what: string, outcome: Outcome, script: Script])[] = [
  ['an answer', 200, { says: answer }],
  ['an answer with padding, CONTINUATION and informational responses before it', 200, {
    says: (stream) => [
      frame(T.HEADERS, END_HEADERS, stream, block([[':status', '103'], ['link', '</a>']])), frame(T.HEADERS, 0, stream, block(OK)), frame(T.CONTINUATION, END_HEADERS, stream, block([['x-a', '1']])),
      data(stream, '\x02hello\0\0', PADDED), frame(T.DATA, 0, stream), data(stream, ''),
    ],
  }],
  ['100 and 64 informational responses in all before it', 200, { says: (stream) => [frame(T.HEADERS, END_HEADERS, stream, block([[':status', '100']])), ...hints(stream, 63), ...answer(stream)] }],
  ['65 informational responses', 502, { says: (stream) => [...hints(stream, 65), ...answer(stream)] }],
  ['HEADERS with padding and priority, DATA with nothing but padding, and trailers with padding', 200, {
    says: (stream) => [
      frame(T.HEADERS, END_HEADERS | PADDED | PRIORITISED, stream, Buffer.concat([Buffer.from([3]), uint32(0), Buffer.from([15]), block(OK), Buffer.alloc(3)])),
      ...Array.from({ length: 1_000 }, () => frame(T.DATA, PADDED, stream, Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]))),
      data(stream, '\x01hello\0', PADDED), frame(T.HEADERS, WHOLE | PADDED, stream, Buffer.concat([Buffer.from([2]), block([['x-sum', '5']]), Buffer.alloc(2)])),
    ],
  }],
  ['trailers behind a body with a length', 200, { says: (stream) => [begun(['content-length', '5'])(stream), data(stream, 'hello', 0), ...head([['x-sum', '5']])(stream)] }],
  ['a body octet by octet', 200, { says: (stream) => [begun()(stream), ...Array.from('hello', (octet) => data(stream, octet, 0)), data(stream, '')] }],
  ['24 KB of fields', 200, { says: (stream) => [...inParts(stream, block([...OK, ...fields(24_000)])), data(stream)] }],
  ['48 KB of fields', 502, { fault: 'upstream-head-too-large', says: (stream) => [...inParts(stream, block([...OK, ...fields(48_000)])), data(stream)] }],
  ['a window that is opened as far as it goes', 200, { says: (stream) => [frame(T.WINDOW_UPDATE, 0, 0, uint32(2_147_483_647 - 65_535)), ...answer(stream)] }],
  ['frames that nobody knows, PING and PRIORITY before it', 200, { says: (stream) => [frame(22, 7, 0, 'x'), frame(T.PING, 0, 0, '12345678'), frame(T.PRIORITY, 0, stream, Buffer.alloc(5)), ...answer(stream)] }],
  ['no HTTP/2', 502, { hello: Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'), says: () => [] }],
  ['another frame before SETTINGS', 502, { hello: frame(T.PING, 0, 0, '12345678'), says: answer }],
  ['SETTINGS of five octets', 502, before502(frame(T.SETTINGS, 0, 0, 'abcde'))],
  ['SETTINGS on a stream', 502, { says: (stream) => [frame(T.SETTINGS, 0, stream), ...answer(stream)] }],
  ['SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1', 502, before502(settings([4, 2_147_483_648]))],
  ['SETTINGS_MAX_FRAME_SIZE below 2^14', 502, before502(settings([5, 100]))],
  ['an acknowledgement with a payload', 502, before502(frame(T.SETTINGS, ACK, 0, 'abcdef'))],
  ['PING of six octets', 502, before502(frame(T.PING, 0, 0, '123456'))],
  ['PING on a stream', 502, { says: (stream) => [frame(T.PING, 0, stream, '12345678'), ...answer(stream)] }],
  ['GOAWAY of four octets', 502, before502(frame(T.GOAWAY, 0, 0, 'abcd'))],
  ['RST_STREAM of three octets', 502, { says: (stream) => [frame(T.RST_STREAM, 0, stream, 'abc'), ...answer(stream)] }],
  ['RST_STREAM on a stream that we have not opened', 502, before502(frame(T.RST_STREAM, 0, 99_999, uint32(E.CANCEL)))],
  ['WINDOW_UPDATE of nothing on the connection', 502, before502(frame(T.WINDOW_UPDATE, 0, 0, uint32(0)))],
  ['WINDOW_UPDATE of nothing on the stream', 502, { says: (stream) => [frame(T.WINDOW_UPDATE, 0, stream, uint32(0)), ...answer(stream)] }],
  ['a window above 2^31-1', 502, before502(frame(T.WINDOW_UPDATE, 0, 0, uint32(2_147_483_647)))],
  ['PUSH_PROMISE', 502, { says: (stream) => [frame(T.PUSH_PROMISE, END_HEADERS, stream, Buffer.concat([uint32(2), block([[':path', '/']])])), ...answer(stream)] }],
  ['a stream of its own', 502, before502(frame(T.HEADERS, WHOLE, 2, block(OK)))],
  ['HEADERS on stream 0', 502, before502(frame(T.HEADERS, WHOLE, 0, block(OK)))],
  ['DATA on stream 0', 502, before502(data(0))],
  ['DATA on a stream that we have not opened', 502, before502(data(99_999))],
  ['DATA before the head', 502, { says: (stream) => [data(stream)] }],
  ['DATA with more padding than payload', 502, { says: (stream) => [frame(T.DATA, PADDED, stream, '\x09abc')] }],
  ['a frame longer than SETTINGS_MAX_FRAME_SIZE', 502, before502(frame(T.PING, 0, 0, Buffer.alloc(16_385)))],
  ['CONTINUATION of no header block', 502, { says: (stream) => [frame(T.CONTINUATION, END_HEADERS, stream, block(OK))] }],
  ['another frame within a header block', 502, { says: (stream) => [frame(T.HEADERS, 0, stream, block(OK)), frame(T.PING, 0, 0, '12345678'), frame(T.CONTINUATION, END_HEADERS, stream)] }],
  ['a header block without end', 502, { says: (stream) => [frame(T.HEADERS, 0, stream, block(OK)), ...Array.from({ length: 6 }, () => frame(T.CONTINUATION, 0, stream, Buffer.alloc(16_000)))] }],
  ['CONTINUATION that carry nothing, without end', 502, { says: (stream) => [frame(T.HEADERS, 0, stream, block(OK)), ...Array.from({ length: 10_001 }, () => frame(T.CONTINUATION, 0, stream))] }],
  ['DATA that carry nothing, without end', 'reset', { says: (stream) => [begun()(stream), ...Array.from({ length: 10_001 }, () => frame(T.DATA, 0, stream))] }],
  ['SETTINGS without end', 502, before502(...Array.from({ length: 10_001 }, () => settings()))],
  ['a table of HPACK larger than ours', 502, { says: (stream) => [frame(T.HEADERS, WHOLE, stream, Buffer.concat([Buffer.from([0x3f, 0xe2, 0x1f]), block(OK)]))] }],
  ['a header block that is no HPACK', 502, { says: (stream) => [frame(T.HEADERS, WHOLE, stream, Buffer.from([0x40]))] }],
  ['ten thousand frames that carry nothing', 502, { says: (stream) => [...Array.from({ length: 10_001 }, () => frame(T.PING, ACK, 0, '12345678')), ...answer(stream)] }],
  ['no :status', 502, { says: head([['x-a', '1']]) }],
  ['two :status', 502, { says: head([...OK, ...OK]) }],
  ...['abc', '20', '0200', '099', ''].map((status) => [`a :status of "${status}"`, 502, { says: head([[':status', status]]) }] as const),
  ['a pseudo-header field of requests', 502, { says: head([...OK, [':path', '/']]) }],
  ['a pseudo-header field behind others', 502, { says: head([['x-a', '1'], ...OK]) }],
  ['capitals in a name', 502, { says: head([...OK, ['X-A', '1']]) }],
  ['CR LF in a value', 502, { says: head([...OK, ['x-a', '1\r\nset-cookie: a=b']]) }],
  ['Connection', 502, { says: head([...OK, ['connection', 'close']]) }],
  ['Transfer-Encoding', 502, { says: head([...OK, ['transfer-encoding', 'chunked']]) }],
  ['two lengths', 502, { says: head([...OK, ['content-length', '1'], ['content-length', '2']]) }],
  ['101', 502, { says: head([[':status', '101']], END_HEADERS) }],
  ['an informational response that ends the stream', 502, { says: head([[':status', '103']]) }],
  ['a length without a body', 502, { says: head([...OK, ['content-length', '5']]) }],
  ['a trailer section that does not end the stream', 'reset', { says: (stream) => [begun()(stream), data(stream, 'hello', 0), ...head([['x-sum', '5']], END_HEADERS)(stream), data(stream, '')] }],
  ['less than its length, by trailers', 'reset', { says: (stream) => [begun(['content-length', '9'])(stream), data(stream, 'hello', 0), ...head([['x-sum', '5']])(stream)] }],
  ['DATA after its end', 200, { says: (stream) => [...answer(stream), data(stream, 'more')] }],
  ['a connection that is closed in the middle', 'reset', { leaves: true, fault: 'upstream-closed', says: (stream) => [begun()(stream), data(stream, 'hello', 0)] }],
  ['a connection that is closed in the middle of its length', 'reset', { leaves: true, fault: 'upstream-closed', says: (stream) => [begun(['content-length', '9'])(stream), data(stream, 'hello', 0)] }],
  ['a connection that is closed in the middle of a frame', 'reset', { leaves: true, fault: 'upstream-closed', says: (stream) => [begun()(stream), data(stream).subarray(0, 11)] }],
  ['GOAWAY in the middle, of a target that has not seen what it answers', 'reset', { fault: 'upstream-refused', says: (stream) => [begun()(stream), data(stream, 'hello', 0), frame(T.GOAWAY, 0, 0, Buffer.alloc(8))] }],
  ['a refusal in the middle', 'reset', { fault: 'upstream-reset', says: (stream) => [begun()(stream), data(stream, 'hello', 0), frame(T.RST_STREAM, 0, stream, uint32(E.REFUSED_STREAM))] }],
  ['a reset without an error in the middle', 'reset', { fault: 'upstream-reset', says: (stream) => [begun()(stream), data(stream, 'hello', 0), frame(T.RST_STREAM, 0, stream, uint32(E.NO_ERROR))] }],
  ['less than its length', 'reset', { says: (stream) => [begun(['content-length', '9'])(stream), data(stream)] }],
  ['more than its length', 'reset', { says: (stream) => [begun(['content-length', '2'])(stream), data(stream)] }],
  ['a pseudo-header field in trailers', 'reset', { says: (stream) => [begun()(stream), data(stream, 'hello', 0), ...head(OK)(stream)] }],
  ['a second head', 'reset', { says: (stream) => [begun()(stream), data(stream, 'hello', 0), ...head([['x-a', '1']], END_HEADERS)(stream)] }],
  ['answers to a million PING that nobody reads', 'reset', {
    deaf: true, says: (stream) => [begun()(stream), ...Array.from({ length: 110 }, () => [data(stream, 'x', 0), PINGS]).flat()],
  }],
  ['a reset in the middle', 'reset', { fault: 'upstream-reset', says: (stream) => [begun()(stream), data(stream, 'hello', 0), frame(T.RST_STREAM, 0, stream, uint32(E.INTERNAL))] }],
];

describe('targets that break the rules of HTTP/2', () => {
  let stage: TlsStage;
  let client: ClientHttp2Session;
  let script: Script = { says: answer };
  const sockets = new Set<Socket>();
  const target = createServer((socket) => {
    let rest: Buffer = Buffer.alloc(0);
    let greeted = false;
    const served = script;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      if (!greeted) {
        if (rest.length < PREFACE.length) return;
        greeted = true;
        rest = rest.subarray(PREFACE.length);
        socket.write(served.hello ?? Buffer.concat([settings(), frame(T.SETTINGS, ACK, 0)]));
      }
      while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        if (rest[3] === T.HEADERS) {
          socket.write(Buffer.concat(served.says(rest.readUInt32BE(5))));
          if (served.deaf) socket.pause();
          if (served.leaves) socket.end();
        }
        rest = rest.subarray(9 + rest.readUIntBE(0, 3));
      }
    });
  });

  before(async () => {
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    stage = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD, http: { idleTimeoutMs: 3_000 } } }, targets: [await listening(target)], targetVersion: 'http2' }, { port: await freePort() },
    );
    client = connect(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
    await new Promise((resolve) => client.once('connect', resolve));
  });

  after(async () => {
    client.destroy();
    await stage.close();
    for (const socket of sockets) socket.destroy();
    target.close();
  });

  for (const [what, outcome, says] of CASES) {
    it(`${what}: ${outcome}`, async () => {
      // a connection of its own
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      script = says;
      for (let i = 0; i < 200; i++) {
        const before = sockets.size;
        const got = await ask(client, { ':path': '/', ':authority': 'example.com' }).then(({ headers, body }) => ({ status: Number(headers[':status']), body: body.toString() }), () => 'reset' as const);
        // the old connection may not have been seen to be gone
        if (sockets.size === before && before === 0) continue;
        if (outcome === 'reset') assert.equal(got, 'reset');
        else {
          assert.notEqual(got, 'reset');
          assert.equal((got as { status: number }).status, outcome);
          if (outcome === 200) assert.equal((got as { body: string }).body, 'hello');
        }
        assert.equal(stage.ended.at(-1)!.fault, outcome === 200 ? null : (says.fault ?? 'upstream-malformed'));
        return;
      }
      assert.fail('the target was not asked');
    });
  }

  for (const [status, method] of [['204', 'GET'], ['304', 'GET'], ['200', 'HEAD']] as const) {
    it(`a body behind ${status} for ${method}, which has none: it goes nowhere`, async () => {
      for (const socket of sockets) socket.destroy();
      await eventually('they are gone', () => [...sockets].every((socket) => socket.closed));
      await pause(20);
      script = { says: (stream) => [frame(T.HEADERS, END_HEADERS, stream, block([[':status', status], ['x-a', '1']])), data(stream)] };
      for (let i = 0; i < 2; i++) {
        const { headers, body } = await ask(client, { ':method': method, ':path': '/', ':authority': 'example.com' });
        assert.deepEqual([String(headers[':status']), headers['x-a'], body.length], [status, '1', 0]);
      }
    });
  }

  it('serves on', async () => {
    script = { says: answer };
    for (const socket of sockets) socket.destroy();
    await eventually('they are gone', () => [...sockets].every((socket) => socket.closed));
    await pause(50);
    assert.equal((await ask(client, { ':path': '/', ':authority': 'example.com' })).body.toString(), 'hello');
  });
});
