/** What a target changes while its connection lasts (RFC 9113 sections 6.5.2, 6.8 and 6.9.2), octet by octet. */
import assert from 'node:assert/strict';
import type { ClientHttp2Session } from 'node:http2';
import { after, before, beforeEach, describe, it } from 'node:test';
import { eventually, pause } from '../../support/eventually.ts';
import { ask, type Got } from './client.ts';
import { frame, settings, T, uint32 } from './raw.ts';
import { RawTargetStage } from './raw-target-stage.ts';

const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;
const MAX_FRAME_SIZE = 5;

const statusOf = ({ headers }: Got): number => Number(headers[':status']);

describe('what a target changes', () => {
  let raw: RawTargetStage;
  let client: ClientHttp2Session;

  before(async () => {
    raw = await RawTargetStage.open(2_000);
    client = await raw.client();
  });

  beforeEach(async () => {
    await raw.renew();
  });

  after(async () => {
    await raw.close();
  });

  const get = (): Promise<Got> => ask(client, { ':path': '/', ':authority': 'example.com' });
  const gets = (count: number): Promise<readonly number[]> => Promise.all(Array.from({ length: count }, get)).then((all) => all.map(statusOf));
  const asked = (): readonly number[] => raw.lines.map((line) => line.asked.length);

  it('how many streams it takes: fewer, none, and more again', async () => {
    assert.deepEqual(await gets(1), [200]);
    const first = raw.lines[0]!;
    raw.heard = () => {};
    const answerAll = (): void => {
      for (const line of raw.lines) for (const stream of line.asked.splice(0)) line.answer(stream);
    };
    for (const [streams, connections] of [[1, [1, 1, 1]], [0, [0, 1, 1, 1]], [100, [3]]] as const) {
      for (const line of raw.lines.splice(1)) line.close();
      first.asked.length = 0;
      raw.opened = (line) => line.hello({ streams: 1 });
      first.say(settings([MAX_CONCURRENT_STREAMS, streams]));
      await pause(50);
      const all = gets(3);
      await eventually('all are asked', () => asked().reduce((sum, each) => sum + each, 0) === 3);
      assert.deepEqual(asked(), connections, `${streams} at once`);
      answerAll();
      assert.deepEqual(await all, [200, 200, 200]);
    }
  });

  it('how much it takes: a window that is less than nothing must be filled before anything is sent', async () => {
    raw.heard = () => {};
    const sent = ask(client, { ':method': 'POST', ':path': '/', ':authority': 'example.com' }, Buffer.alloc(200_000));
    await eventually('it has what it takes', () => raw.lines[0]?.bodyOf(1).octets.length === 65_535);
    const line = raw.lines[0]!;
    const stays = async (octets: number): Promise<void> => {
      await eventually(`it has ${octets} octets`, () => line.bodyOf(1).octets.length >= octets);
      await pause(30);
      assert.equal(line.bodyOf(1).octets.length, octets);
    };
    line.say(frame(T.WINDOW_UPDATE, 0, 0, uint32(1_000_000)), settings([INITIAL_WINDOW_SIZE, 0], [MAX_FRAME_SIZE, 65_536]), frame(T.WINDOW_UPDATE, 0, 1, uint32(65_535)));
    await stays(65_535);
    line.say(frame(T.WINDOW_UPDATE, 0, 1, uint32(10)));
    await stays(65_545);
    line.say(settings([INITIAL_WINDOW_SIZE, 100_000]));
    await stays(165_545);
    line.say(settings([INITIAL_WINDOW_SIZE, 2_147_483_647 - 65_545]));
    await stays(200_000);
    line.answer(1);
    assert.equal(statusOf(await sent), 200);
  });

  it('nothing, and acknowledges nothing', async () => {
    raw.opened = (line) => line.say(settings());
    assert.deepEqual(await gets(3), [200, 200, 200]);
    assert.deepEqual(await gets(3), [200, 200, 200]);
  });

  it('that it leaves: what it has not looked at is asked again elsewhere, the rest is answered', async () => {
    assert.deepEqual(await gets(1), [200]);
    raw.heard = () => {};
    const all = gets(3);
    await eventually('all are asked', () => raw.lines[0]!.asked.length === 4);
    raw.heard = (line) => line.answer(line.asked.at(-1)!);
    const [line] = raw.lines;
    // a first word that binds nobody (RFC 9113 section 6.8), and the last
    line!.say(frame(T.GOAWAY, 0, 0, Buffer.concat([uint32(2_147_483_647), uint32(0)])), frame(T.GOAWAY, 0, 0, Buffer.concat([uint32(3), uint32(0)])));
    await eventually('it is asked elsewhere', () => raw.lines.slice(1).reduce((sum, { asked: { length } }) => sum + length, 0) === 2);
    line!.answer(3);
    assert.deepEqual(await all, [200, 200, 200]);
    // what it says on the streams that it has given up is for nobody, and breaks nothing
    assert.ok(!line!.heardOf(T.RST_STREAM, 5));
  });
});
