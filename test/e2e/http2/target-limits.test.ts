/**
 * How many streams a target takes is known when its SETTINGS have come (RFC 9113 sections 3.4 and 6.5.2). Until then one request goes out, since what is refused
 * cannot be sent again when its body has been read.
 */
import assert from 'node:assert/strict';
import { connect, type ClientHttp2Session } from 'node:http2';
import { createServer } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { eventually, pause } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { ask, type Got } from './client.ts';
import { E, frame, T, uint32 } from './raw.ts';
import { RawTarget } from './raw-target.ts';

const POST = { ':method': 'POST', ':path': '/', ':authority': 'example.com' };

describe('what a target takes at once', () => {
  let stage: TlsStage;
  let client: ClientHttp2Session;
  let lines: RawTarget[] = [];
  let opened: (line: RawTarget) => void;
  let heard: (line: RawTarget) => void;
  const target = createServer((socket) => {
    const line = new RawTarget(socket, (each) => heard(each));
    lines.push(line);
    opened(line);
  });

  before(async () => {
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    stage = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD, http: { idleTimeoutMs: 1_000 } } }, targets: [await listening(target)], targetVersion: 'http2' }, { port: await freePort() },
    );
    client = connect(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
    await new Promise((resolve) => client.once('connect', resolve));
  });

  const forget = async (): Promise<void> => {
    for (const line of lines) line.close();
    lines = [];
    // until it is seen that they are gone
    await pause(50);
  };

  beforeEach(async () => {
    await forget();
    opened = (line) => line.hello({ streams: 100 });
    heard = (line) => line.answer(line.asked.at(-1)!);
    // what it said last is what is expected of its next connection
    assert.deepEqual(statuses(await posts(1)), [200]);
    await forget();
    opened = () => {};
  });

  after(async () => {
    client.destroy();
    await stage.close();
    for (const line of lines) line.close();
    target.close();
  });

  const posts = (count: number): Promise<readonly Got[]> => Promise.all(Array.from({ length: count }, () => ask(client, POST, Buffer.alloc(100))));
  const statuses = (all: readonly Got[]): readonly number[] => all.map(({ headers }) => Number(headers[':status']));

  it('one request goes out before its SETTINGS, the others with them', async () => {
    heard = () => {};
    const all = posts(5);
    await eventually('one is asked', () => lines[0]?.asked.length === 1);
    await pause(50);
    assert.deepEqual(lines.map(({ asked }) => asked.length), [1]);
    heard = (line) => line.answer(line.asked.at(-1)!);
    lines[0]!.hello({ streams: 100 });
    lines[0]!.answer(1);
    assert.deepEqual(statuses(await all), [200, 200, 200, 200, 200]);
    assert.equal(lines.length, 1);
  });

  it('what is more than it takes goes to other connections, each asked for no more than that', async () => {
    opened = (line) => line.hello({ streams: 2 });
    let most = 0;
    heard = (line) => {
      const stream = line.asked.at(-1)!;
      most = Math.max(most, line.asked.length);
      setTimeout(() => line.answer(stream), 100);
    };
    assert.deepEqual(statuses(await posts(10)), Array.from({ length: 10 }, () => 200));
    assert.equal(most, 2);
    assert.equal(lines.length, 5);
  });

  it('one that takes none is not dialled for ever', async () => {
    opened = (line) => line.hello({ streams: 0 });
    heard = (line) => line.say(frame(T.RST_STREAM, 0, line.asked.at(-1)!, uint32(E.REFUSED_STREAM)));
    assert.deepEqual(statuses(await posts(3)), [502, 502, 502]);
    assert.ok(lines.length <= 12, `${lines.length} connections`);
  });

  it('one that never says its SETTINGS keeps nobody longer than one that does not answer', async () => {
    heard = () => {};
    assert.deepEqual(statuses(await posts(3)), [504, 504, 504]);
  });

  it('a request that is given up makes room for the next', async () => {
    const first = client.request({ ':path': '/', ':authority': 'example.com' });
    first.on('error', () => {});
    heard = () => {};
    await eventually('it is asked', () => lines[0]?.asked.length === 1);
    const next = posts(1);
    heard = () => {};
    await pause(50);
    first.close(8);
    await eventually('the next is asked', () => lines[0]!.asked.length === 2);
    lines[0]!.hello({ streams: 100 });
    lines[0]!.answer(3);
    assert.deepEqual(statuses(await next), [200]);
  });
});
