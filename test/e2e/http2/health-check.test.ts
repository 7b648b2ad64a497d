/** Health checks over HTTP/2 are clients too: they take whatever an answer may come with (RFC 9113), and nothing else for one. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { socketProbe, type Probe } from '../../../src/data-plane/upstreams/index.ts';
import type { HealthCheck } from '../../../src/snapshot/index.ts';
import { eventually } from '../../support/eventually.ts';
import { listening } from '../http1/stage.ts';
import { ACK, block, E, END_HEADERS, END_STREAM, frame, PADDED, PRIORITISED, settings, T, uint32 } from './raw.ts';
import { RawTarget } from './raw-target.ts';

type Outcome = Parameters<Parameters<Probe>[2]>[0];

const CHECK: HealthCheck = {
  protocol: 'http', version: 'http2', port: null, path: '/health', matcher: [{ from: 200, to: 200 }], intervalMs: 1000, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 2,
};
const WHOLE = END_HEADERS | END_STREAM;
const head = (...fields: readonly (readonly [string, string])[]): Buffer => block([[':status', '200'], ...fields]);
const OK = frame(T.HEADERS, WHOLE, 1, head());
const goAway = (last: number): Buffer => frame(T.GOAWAY, 0, 0, Buffer.concat([uint32(last), uint32(E.NO_ERROR)]));
const HEALTHY: Outcome = { kind: 'status', status: 200 };
const CODE_0: Outcome = { kind: 'status', status: 0 };

const CASES: readonly (readonly [what: string, version: 'http2' | 'grpc', expected: Outcome | RegExp, says: readonly Buffer[]])[] = [
  ['an answer', 'http2', HEALTHY, [OK]],
  ['an informational one before it', 'http2', HEALTHY, [frame(T.HEADERS, END_HEADERS, 1, block([[':status', '103']])), OK]],
  ['padding, priority and CONTINUATION', 'http2', HEALTHY, [
    frame(T.HEADERS, END_STREAM | PADDED | PRIORITISED, 1, Buffer.concat([Buffer.from([2]), Buffer.alloc(5), head(), Buffer.alloc(2)])), frame(T.CONTINUATION, END_HEADERS, 1, block([['x-a', '1']])),
  ]],
  ['frames that nobody knows before it', 'http2', HEALTHY, [frame(22, 7, 0, 'x'), frame(T.WINDOW_UPDATE, 0, 0, uint32(1)), OK]],
  ['an answer of a target that takes no other', 'http2', HEALTHY, [goAway(1), OK]],
  ['a target that leaves', 'http2', /refused/, [goAway(0), OK]],
  ['a reset', 'http2', /refused/, [frame(T.RST_STREAM, 0, 1, uint32(E.REFUSED_STREAM))]],
  ['another stream', 'http2', /malformed/, [frame(T.HEADERS, WHOLE, 3, head())]],
  ['DATA before the head', 'http2', /malformed/, [frame(T.DATA, END_STREAM, 1, 'x')]],
  ['more padding than payload', 'http2', /malformed/, [frame(T.HEADERS, WHOLE | PADDED, 1, Buffer.concat([Buffer.from([99]), head()]))]],
  ['CONTINUATION of nothing', 'http2', /malformed/, [frame(T.CONTINUATION, END_HEADERS, 1, head())]],
  ['PUSH_PROMISE', 'http2', /malformed/, [frame(T.PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([uint32(2), block([[':path', '/']])])), OK]],
  ['SETTINGS that cannot be', 'http2', /malformed/, [settings([5, 1]), OK]],
  ['PING on a stream', 'http2', /malformed/, [frame(T.PING, 0, 1, '12345678'), OK]],
  ['no :status', 'http2', /malformed/, [frame(T.HEADERS, WHOLE, 1, block([['x-a', '1']]))]],
  ['no HPACK', 'http2', /malformed/, [frame(T.HEADERS, WHOLE, 1, Buffer.from([0x40]))]],
  ['a code in trailers', 'grpc', CODE_0, [frame(T.HEADERS, END_HEADERS, 1, head()), frame(T.DATA, PADDED, 1, '\x01\0\0\0\0\0\0'), frame(T.HEADERS, WHOLE, 1, block([['grpc-status', '0']]))]],
  ['trailers alone', 'grpc', CODE_0, [frame(T.HEADERS, WHOLE, 1, head(['grpc-status', '0']))]],
  ['a body without trailers', 'grpc', /no grpc-status/, [frame(T.HEADERS, END_HEADERS, 1, head()), frame(T.DATA, END_STREAM, 1, '\0\0\0\0\0')]],
  ['no body and no trailers', 'grpc', /no grpc-status/, [frame(T.HEADERS, END_HEADERS, 1, head()), frame(T.DATA, END_STREAM, 1)]],
  ['a head alone', 'grpc', /no grpc-status/, [OK]],
];

describe('health checks over HTTP/2', () => {
  let target: Server;
  let port: number;
  let line: RawTarget;
  let hello = settings();
  let says: readonly Buffer[] = [];

  before(async () => {
    target = createServer((socket) => {
      line = new RawTarget(socket, (each) => each.say(...says));
      line.say(hello);
    });
    port = await listening(target);
  });

  after(() => {
    line.close();
    target.close();
  });

  const ask = (version: 'http2' | 'grpc'): Promise<Outcome> => new Promise((resolve) => void socketProbe()({ address: '127.0.0.1', port }, { ...CHECK, version }, resolve));

  function assertIs(got: Outcome, expected: Outcome | RegExp): void {
    if (expected instanceof RegExp) assert.match((got as { readonly why: string }).why, expected);
    else assert.deepEqual(got, expected);
  }

  for (const [what, version, expected, frames] of CASES) {
    it(`${version}: ${what}`, async () => {
      says = frames;
      assertIs(await ask(version), expected);
    });
  }

  it('another frame before SETTINGS', async () => {
    hello = frame(T.PING, 0, 0, '12345678');
    assertIs(await ask('http2'), /malformed/);
    hello = settings();
  });

  it('PING is answered, and SETTINGS are acknowledged', async () => {
    says = [frame(T.PING, 0, 0, '12345678')];
    const outcome = ask('http2');
    await eventually('it is answered', () => line.heardOf(T.PING));
    line.say(frame(T.PING, ACK, 0, 'not mine'), OK);
    assertIs(await outcome, HEALTHY);
  });
});
