/**
 * Bodies that wait for their turn: what a client owes is not late while it sends the bodies of other streams, or while those have left it no room. ALB's idle timeout
 * is the connection's.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pause } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { block, END_HEADERS, END_STREAM, frame, POST, RawHttp2, T, uint32 } from './raw.ts';
import { RawTarget } from './raw-target.ts';

const IDLE_MS = 1_000;
/** Three times the idle timeout. */
const TURNS = 15;
const TURN_MS = 200;
const FRAME = Buffer.alloc(16_384, 'x');
const WINDOW = 65_535;

const open = (stream: number): Buffer => frame(T.HEADERS, END_HEADERS, stream, block(POST));

describe('bodies that wait for their turn', () => {
  let stage: TlsStage;
  let client: RawHttp2;
  /** What the target lets us send on a stream at first. */
  let window = 0;
  const targets: RawTarget[] = [];
  const target = createServer((socket) => {
    const made = new RawTarget(socket, () => {});
    targets.push(made);
    made.hello({ streams: 100, window });
    // the connection's window is never what holds back
    made.say(frame(T.WINDOW_UPDATE, 0, 0, uint32(0x7fff0000)));
  });

  before(async () => {
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    stage = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD, http: { idleTimeoutMs: IDLE_MS } } }, targets: [await listening(target)], targetVersion: 'http2' }, { port: await freePort() },
    );
  });

  beforeEach(async () => {
    for (const each of targets) each.close();
    targets.length = 0;
    client = await RawHttp2.open(stage.port);
  });

  after(async () => {
    client.close();
    await stage.close();
    for (const each of targets) each.close();
    target.close();
  });

  const answerAll = (): void => {
    for (const each of targets) for (const stream of each.asked) each.answer(stream);
  };
  /** How streams have been answered or ended so far. */
  const over = () => client.frames.filter(({ type }) => type === T.HEADERS || type === T.RST_STREAM || type === T.GOAWAY).map(({ type, stream, payload }) => [type, stream, payload.toString('latin1')]);

  it('behind another that takes longer than the idle timeout', async () => {
    window = 0x7fffffff;
    client.send(open(1), open(3));
    for (let i = 0; i < TURNS; i++) {
      client.send(frame(T.DATA, 0, 1, FRAME));
      await pause(TURN_MS);
    }
    assert.deepEqual(over(), []);
    client.send(frame(T.DATA, END_STREAM, 1), frame(T.DATA, END_STREAM, 3, 'the next'));
    await pause(TURN_MS);
    answerAll();
    await client.answered(1);
    await client.answered(3);
  });

  it('behind others whose target takes its time, with no room for it in the window of the connection', async () => {
    window = 0;
    let sent = 0;
    let stream = -1;
    const room = (): number => client.frames.reduce((sum, { type, stream: id, payload }) => (type === T.WINDOW_UPDATE && id === 0 ? sum + payload.readUInt32BE(0) : sum), WINDOW) - sent;
    for (; room() >= FRAME.length; await pause(10)) {
      client.send(open((stream += 2)));
      // a few are left for what comes at last
      const octets = Math.min(WINDOW, room() - 16);
      for (let at = 0; at < octets; at += FRAME.length) client.send(frame(T.DATA, 0, stream, FRAME.subarray(0, Math.min(FRAME.length, octets - at))));
      sent += octets;
    }
    const last = stream + 2;
    client.send(open(last));
    for (let i = 0; i < TURNS; i++) {
      await pause(TURN_MS);
      for (const each of targets) each.say(...each.asked.map((id) => frame(T.WINDOW_UPDATE, 0, id, uint32(1))));
    }
    assert.deepEqual(over(), []);
    client.send(frame(T.DATA, END_STREAM, last, 'the next'));
    answerAll();
    await client.answered(last);
  });
});
