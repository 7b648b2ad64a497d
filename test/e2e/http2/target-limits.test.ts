/**
 * How many streams a target takes is known when its SETTINGS have come (RFC 9113 sections 3.4 and 6.5.2). Until then one request goes out, since what is refused
 * cannot be sent again when its body has been read.
 */
import assert from 'node:assert/strict';
import type { ClientHttp2Session } from 'node:http2';
import { after, before, beforeEach, describe, it } from 'node:test';
import { eventually, pause } from '../../support/eventually.ts';
import { ask, type Got } from './client.ts';
import { ACK, E, frame, T, uint32 } from './raw.ts';
import { RawTargetStage } from './raw-target-stage.ts';

const POST = { ':method': 'POST', ':path': '/', ':authority': 'example.com' };

describe('what a target takes at once', () => {
  let raw: RawTargetStage;
  let client: ClientHttp2Session;

  before(async () => {
    raw = await RawTargetStage.open(1_000);
    client = await raw.client();
  });

  beforeEach(async () => {
    await raw.renew();
    // what it said last is what is expected of its next connection
    assert.deepEqual(statuses(await posts(1)), [200]);
    await raw.forget();
    raw.opened = () => {};
  });

  after(async () => {
    await raw.close();
  });

  const posts = (count: number): Promise<readonly Got[]> => Promise.all(Array.from({ length: count }, () => ask(client, POST, Buffer.alloc(100))));
  const statuses = (all: readonly Got[]): readonly number[] => all.map(({ headers }) => Number(headers[':status']));

  it('one request goes out before its SETTINGS, the others with them', async () => {
    raw.heard = () => {};
    const all = posts(5);
    await eventually('one is asked', () => raw.lines[0]?.asked.length === 1);
    await pause(50);
    assert.deepEqual(raw.lines.map(({ asked }) => asked.length), [1]);
    raw.heard = (line) => line.answer(line.asked.at(-1)!);
    raw.lines[0]!.hello({ streams: 100 });
    raw.lines[0]!.answer(1);
    assert.deepEqual(statuses(await all), [200, 200, 200, 200, 200]);
    assert.equal(raw.lines.length, 1);
  });

  it('what is more than it takes goes to other connections, each asked for no more than that', async () => {
    raw.opened = (line) => line.hello({ streams: 2 });
    let most = 0;
    raw.heard = (line) => {
      const stream = line.asked.at(-1)!;
      most = Math.max(most, line.asked.length);
      setTimeout(() => line.answer(stream), 100);
    };
    assert.deepEqual(statuses(await posts(10)), Array.from({ length: 10 }, () => 200));
    assert.equal(most, 2);
    assert.equal(raw.lines.length, 5);
  });

  it('one that takes none is not dialled for ever', async () => {
    raw.opened = (line) => line.hello({ streams: 0 });
    raw.heard = (line) => line.say(frame(T.RST_STREAM, 0, line.asked.at(-1)!, uint32(E.REFUSED_STREAM)));
    assert.deepEqual(statuses(await posts(3)), [502, 502, 502]);
    assert.ok(raw.lines.length <= 12, `${raw.lines.length} connections`);
  });

  it('one that never says its SETTINGS keeps nobody longer than one that does not answer', async () => {
    raw.heard = () => {};
    assert.deepEqual(statuses(await posts(3)), [504, 504, 504]);
  });

  it('PING between answers without a body, however many, are no flood', async () => {
    raw.opened = (line) => line.hello({ streams: 100 });
    const pings = Array.from({ length: 500 }, () => frame(T.PING, ACK, 0, '12345678'));
    raw.heard = (line) => {
      line.say(...pings);
      line.answer(line.asked.at(-1)!);
    };
    for (let i = 0; i < 30; i++) assert.equal((await ask(client, { ':path': '/', ':authority': 'example.com' })).headers[':status'], 200);
    assert.equal(raw.lines.length, 1);
  });

  it('a request that is given up makes room for the next', async () => {
    const first = client.request({ ':path': '/', ':authority': 'example.com' });
    first.on('error', () => {});
    raw.heard = () => {};
    await eventually('it is asked', () => raw.lines[0]?.asked.length === 1);
    const next = posts(1);
    raw.heard = () => {};
    await pause(50);
    first.close(8);
    await eventually('the next is asked', () => raw.lines[0]!.asked.length === 2);
    raw.lines[0]!.hello({ streams: 100 });
    // on its way when it was given up: for nobody
    raw.lines[0]!.answer(1);
    raw.lines[0]!.say(frame(T.WINDOW_UPDATE, 0, 1, uint32(1)), frame(T.DATA, 1, 1, 'more'));
    raw.lines[0]!.answer(3);
    assert.deepEqual(statuses(await next), [200]);
    assert.equal(raw.lines.length, 1);
  });
});
