/**
 * Requests with a body that a target has not looked at (RFC 9113 section 8.7) go to it again, or to another, as long as all that has come of the body is still there:
 * servers that leave do this to every gRPC call that crosses their GOAWAY.
 */
import assert from 'node:assert/strict';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { after, before, beforeEach, describe, it } from 'node:test';
import { eventually, pause } from '../../support/eventually.ts';
import { ask } from './client.ts';
import { E, frame, T, uint32 } from './raw.ts';
import { RawTargetStage } from './raw-target-stage.ts';
import type { RawTarget } from './raw-target.ts';

const POST = { ':method': 'POST', ':path': '/', ':authority': 'example.com' };

const REFUSALS: readonly (readonly [what: string, refuse: (line: RawTarget, stream: number) => void])[] = [
  ['REFUSED_STREAM', (line, stream) => line.say(frame(T.RST_STREAM, 0, stream, uint32(E.REFUSED_STREAM)))],
  ['GOAWAY', (line, stream) => line.say(frame(T.GOAWAY, 0, 0, Buffer.concat([uint32(stream - 2), uint32(0)])))],
];

describe('a body that a target refuses', () => {
  let raw: RawTargetStage;
  let client: ClientHttp2Session;
  const body = Buffer.from(Array.from({ length: 16_384 }, (_, i) => i));

  before(async () => {
    raw = await RawTargetStage.open(2_000);
    client = await raw.client();
  });

  beforeEach(async () => {
    await raw.renew();
    // what follows is not the first on its connection
    assert.equal((await ask(client, POST, Buffer.alloc(1))).headers[':status'], 200);
  });

  after(async () => {
    await raw.close();
  });

  const old = (): RawTarget => raw.lines[0]!;
  const fresh = (): RawTarget | undefined => raw.lines[1];

  for (const [what, refuse] of REFUSALS) {
    for (const size of [0, 5, 16_384]) {
      it(`${what}: ${size} octets that have come whole`, async () => {
        raw.heard = () => {};
        const sent = ask(client, POST, body.subarray(0, size));
        await eventually('it is sent', () => old().bodyOf(3).ended);
        refuse(old(), 3);
        await eventually('it is sent again', () => fresh()?.bodyOf(1).ended === true);
        assert.deepEqual(fresh()!.bodyOf(1).octets, body.subarray(0, size));
        fresh()!.answer(1);
        assert.equal((await sent).headers[':status'], 200);
      });
    }

    it(`${what}: what comes while the next connection is made, and after`, async () => {
      raw.heard = () => {};
      const stream = client.request(POST, { endStream: false });
      const answered = new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));
      stream.resume().write(body.subarray(0, 100));
      await eventually('it is sent', () => old().bodyOf(3).octets.length === 100);
      raw.opened = () => {};
      refuse(old(), 3);
      stream.write(body.subarray(100, 1_000));
      await eventually('it is asked again', () => fresh()?.asked.length === 1);
      fresh()!.hello({ streams: 100, window: 4_000 });
      stream.write(body.subarray(1_000, 10_000));
      await eventually('it has what it takes', () => fresh()!.bodyOf(1).octets.length >= 4_000);
      fresh()!.say(frame(T.WINDOW_UPDATE, 0, 1, uint32(20_000)));
      stream.end(body.subarray(10_000));
      await eventually('it has all', () => fresh()!.bodyOf(1).ended);
      assert.deepEqual(fresh()!.bodyOf(1).octets, body);
      fresh()!.answer(1);
      assert.equal(await answered, 200);
    });

    it(`${what}: of which nothing has come`, async () => {
      raw.heard = () => {};
      const stream = client.request(POST, { endStream: false });
      const answered = new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));
      stream.resume();
      await eventually('it is asked', () => old().asked.length === 2);
      refuse(old(), 3);
      await eventually('it is asked again', () => fresh()?.asked.length === 1);
      stream.end(body);
      await eventually('it has all', () => fresh()!.bodyOf(1).ended);
      assert.deepEqual(fresh()!.bodyOf(1).octets, body);
      fresh()!.answer(1);
      assert.equal(await answered, 200);
    });

    it(`${what}: more than is kept is answered 502`, async () => {
      raw.heard = () => {};
      const sent = ask(client, POST, Buffer.alloc(16_385));
      await eventually('it is sent', () => old().bodyOf(3).ended);
      refuse(old(), 3);
      assert.equal((await sent).headers[':status'], 502);
      assert.equal(raw.lines.length, 1);
    });
  }

  for (const [method, status, connections] of [['PUT', 200, 2], ['POST', 502, 1]] as const) {
    it(`${method}, of which nobody knows what became, is ${status === 200 ? 'sent again' : 'not sent again'}`, async () => {
      raw.heard = () => {};
      const sent = ask(client, { ...POST, ':method': method }, body);
      await eventually('it is sent', () => old().bodyOf(3).ended);
      raw.heard = (line) => line.answer(line.asked.at(-1)!);
      old().close();
      assert.equal((await sent).headers[':status'], status);
      assert.equal(raw.lines.length, connections);
    });
  }

  it('a client that gives it up in between', async () => {
    raw.heard = () => {};
    const stream: ClientHttp2Stream = client.request(POST, { endStream: false });
    stream.on('error', () => {});
    stream.resume().write(body.subarray(0, 100));
    await eventually('it is sent', () => old().bodyOf(3).octets.length === 100);
    raw.opened = () => {};
    old().say(frame(T.RST_STREAM, 0, 3, uint32(E.REFUSED_STREAM)));
    await eventually('it is asked again', () => fresh()?.bodyOf(1).octets.length === 100);
    stream.close(E.CANCEL);
    await eventually('it is cancelled', () => fresh()!.heardOf(T.RST_STREAM, 1));
    await pause(20);
    fresh()!.hello({ streams: 100 });
    raw.heard = (line) => line.answer(line.asked.at(-1)!);
    assert.equal((await ask(client, POST, Buffer.alloc(1))).headers[':status'], 200);
  });

  it('all that one connection gives up goes to one other', async () => {
    raw.heard = () => {};
    const all = Array.from({ length: 20 }, (_, i) => ask(client, POST, Buffer.alloc(1 + i, i)));
    await eventually('all are sent', () => Array.from({ length: 20 }, (_, i) => old().bodyOf(3 + 2 * i).ended).every(Boolean));
    raw.heard = (line) => line.answer(line.asked.at(-1)!);
    old().say(frame(T.GOAWAY, 0, 0, Buffer.concat([uint32(1), uint32(0)])));
    assert.deepEqual((await Promise.all(all)).map(({ headers }) => headers[':status']), Array.from({ length: 20 }, () => 200));
    assert.equal(raw.lines.length, 2);
    const lengths = Array.from({ length: 20 }, (_, i) => fresh()!.bodyOf(1 + 2 * i).octets.length);
    assert.deepEqual(lengths.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, i) => 1 + i));
  });
});
