/** What is done to HTTP/2 servers: each attack ends in bounded time and memory, shows as a fault, and another client is served all the while. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { ACK, block, E, END_HEADERS, END_STREAM, frame, GET, POST, RawHttp2, settings, T, uint32 } from './raw.ts';

const whole = END_HEADERS | END_STREAM;
const get = (stream: number, path = '/'): Buffer => frame(T.HEADERS, whole, stream, block([...GET.slice(0, 2), [':path', path], GET[3]!]));
const open = (stream: number): Buffer => frame(T.HEADERS, END_HEADERS, stream, block(POST));

describe('attacks on HTTP/2', () => {
  let stage: TlsStage;
  /** Has little patience with those who say nothing. */
  let hasty: TlsStage;
  let bystander: RawHttp2;
  let next = 1;
  let underWay = 0;
  const big = Buffer.alloc(4_000_000);
  const target = createServer((request, response) => {
    underWay++;
    response.on('close', () => void underWay--);
    if (request.url === '/big') response.end(big);
    else if (request.url === '/never') request.resume();
    else {
      request.resume();
      request.on('end', () => response.end('ok'));
    }
  });

  before(async () => {
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    const open = async (idleTimeoutMs: number): Promise<TlsStage> => TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD, http: { idleTimeoutMs } } }, targets: [(target.address() as AddressInfo).port] },
      { port: await freePort() },
    );
    stage = await open(60_000);
    hasty = await open(1_000);
  });

  after(async () => {
    await Promise.all([stage.close(), hasty.close()]);
    target.closeAllConnections();
    target.close();
  });

  /** Runs the attack while somebody else is served; memory must not follow it. */
  async function attack(run: (client: RawHttp2) => Promise<void>, at = stage): Promise<void> {
    bystander = await RawHttp2.open(stage.port);
    next = 1;
    const client = await RawHttp2.open(at.port);
    const before = process.memoryUsage().rss;
    try {
      await run(client);
      bystander.send(get(next));
      assert.equal((await bystander.answered(next)).toString(), 'ok');
      const grown = process.memoryUsage().rss - before;
      assert.ok(grown < 150 * 1024 * 1024, `${Math.round(grown / 1048576)} MB more`);
    } finally {
      client.close();
      bystander.close();
    }
  }

  /** The target has heard that nobody waits any more. */
  async function atRest(): Promise<void> {
    await eventually('no request is under way at the target', () => underWay === 0);
  }

  async function calmed(client: RawHttp2): Promise<void> {
    assert.equal(await client.goAway(), E.ENHANCE_YOUR_CALM);
    await client.end();
    const told = [...stage.refused.map(({ fault }) => fault), ...stage.ended.map(({ fault }) => fault)];
    assert.ok(told.includes('http2-flood'), 'no fault tells of it');
    stage.refused.length = 0;
    stage.ended.length = 0;
  }

  it('rapid reset (CVE-2023-44487)', () => attack(async (client) => {
    for (let i = 0; i < 2000 && !client.closed; i += 50) {
      client.send(...Array.from({ length: 50 }, (_, k) => [get((i + k) * 2 + 1, '/never'), frame(T.RST_STREAM, 0, (i + k) * 2 + 1, uint32(E.CANCEL))]).flat());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await calmed(client);
    await atRest();
  }));

  it('made you reset (CVE-2025-8671): the server is brought to reset', () => attack(async (client) => {
    for (let i = 0; i < 2000 && !client.closed; i += 50) {
      client.send(...Array.from({ length: 50 }, (_, k) => [get((i + k) * 2 + 1, '/never'), frame(T.WINDOW_UPDATE, 0, (i + k) * 2 + 1, uint32(0))]).flat());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await calmed(client);
  }));

  it('CONTINUATION without end', () => attack(async (client) => {
    client.send(frame(T.HEADERS, END_STREAM, 1, block(GET)));
    for (let i = 0; i < 200 && !client.closed; i++) client.send(...Array.from({ length: 20 }, () => frame(T.CONTINUATION, 0, 1, block([['x', 'y'.repeat(1000)]]))));
    await calmed(client);
  }));

  it('CONTINUATION of nothing without end', () => attack(async (client) => {
    client.send(frame(T.HEADERS, END_STREAM, 1, block(GET)));
    client.send(...Array.from({ length: 3000 }, () => frame(T.CONTINUATION, 0, 1)));
    await calmed(client);
  }));

  it('a header bomb: much by few indices', () => attack(async (client) => {
    const value = 'v'.repeat(3900);
    // into the table once, then named thousands of times
    const entry = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, ...varint(3900 - 127)]), Buffer.from(value)]);
    client.send(frame(T.HEADERS, whole, 1, Buffer.concat([block(GET), entry, Buffer.alloc(10_000, 0xbe)])));
    await client.answered(1);
    assert.equal(stage.ended.at(-1)!.fault, 'head-too-large');
    client.send(get(3));
    assert.equal((await client.answered(3)).toString(), 'ok');
  }));

  it('too many fields, a field that is too long, a path that is too long', () => attack(async (client) => {
    client.send(frame(T.HEADERS, whole, 1, block([...GET, ...Array.from({ length: 300 }, (_, i): [string, string] => [`x${i}`, '1'])])));
    await client.answered(1);
    assert.equal(stage.ended.at(-1)!.status, 431);
    const long = block([...GET, ['x', 'y'.repeat(20_000)]]);
    client.send(frame(T.HEADERS, END_STREAM, 3, long.subarray(0, 16_000)), frame(T.CONTINUATION, END_HEADERS, 3, long.subarray(16_000)));
    await client.answered(3);
    assert.equal(stage.ended.at(-1)!.status, 400);
    const path = block([...GET.slice(0, 2), [':path', `/${'y'.repeat(20_000)}`], GET[3]!]);
    client.send(frame(T.HEADERS, END_STREAM, 5, path.subarray(0, 16_000)), frame(T.CONTINUATION, END_HEADERS, 5, path.subarray(16_000)));
    await client.answered(5);
    assert.equal(stage.ended.at(-1)!.status, 414);
  }));

  for (const [what, one] of [
    ['PING', frame(T.PING, 0, 0, '12345678')], ['SETTINGS', settings([4, 65_535])], ['acknowledgement', frame(T.SETTINGS, ACK, 0)], ['PRIORITY', frame(T.PRIORITY, 0, 1, Buffer.from('0000000010', 'hex'))],
    ['WINDOW_UPDATE', frame(T.WINDOW_UPDATE, 0, 0, uint32(1))], ['unknown frame', frame(99, 0, 0, 'x')],
  ] as const) {
    it(`a flood of ${what}`, () => attack(async (client) => {
      for (let i = 0; i < 100 && !client.closed; i++) client.send(...Array.from({ length: 100 }, () => one));
      await calmed(client);
    }));
  }

  it('a flood of empty DATA', () => attack(async (client) => {
    client.send(open(1));
    for (let i = 0; i < 100 && !client.closed; i++) client.send(...Array.from({ length: 100 }, () => frame(T.DATA, 0, 1)));
    await calmed(client);
  }));

  it('a client that asks for much and reads nothing', () => attack(async (client) => {
    client.socket.pause();
    for (let i = 0; i < 100; i++) client.send(get(i * 2 + 1, '/big'));
    client.send(frame(T.WINDOW_UPDATE, 0, 0, uint32(0x7fff0000 - 65_535)), settings([4, 0x7fffffff]));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }));

  it('windows of nothing: streams that never move are given up, with their targets', () => attack(async (client) => {
    client.send(settings([4, 0]), ...Array.from({ length: 100 }, (_, i) => get(i * 2 + 1, '/big')));
    const code = await client.reset(1);
    assert.equal(code, E.ENHANCE_YOUR_CALM);
    await atRest();
  }, hasty));

  it('windows opened an octet at a time', () => attack(async (client) => {
    client.send(settings([4, 0]), get(1, '/big'));
    for (let i = 0; i < 40 && !client.closed; i++) {
      client.send(...Array.from({ length: 100 }, () => frame(T.WINDOW_UPDATE, 0, 1, uint32(1))));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await calmed(client);
  }));

  it('bodies that stop: each stream has its own patience, whatever others do', () => attack(async (client) => {
    client.send(open(1), frame(T.DATA, 0, 1, 'x'));
    for (let i = 0; i < 20; i++) {
      client.send(get(3 + 2 * i));
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (client.frames.some((f) => f.stream === 1)) break;
    }
    await client.answered(1);
    assert.ok(hasty.ended.some(({ status, fault }) => status === 408 && fault === 'request-timeout'));
  }, hasty));

  it('a head that stops', () => attack(async (client) => {
    client.send(frame(T.HEADERS, END_STREAM, 1, block(GET)));
    assert.equal(await client.goAway(), E.PROTOCOL);
    await client.end();
  }, hasty));

  it('a connection that says nothing', () => attack(async (client) => {
    client.send(get(1));
    await client.answered(1);
    assert.equal(await client.goAway(), E.NO_ERROR);
    await client.end();
  }, hasty));

  it('the head of another: what one stream says does not become part of the next', () => attack(async (client) => {
    client.send(frame(T.HEADERS, whole, 1, block([...GET, ['x', 'a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n']])));
    assert.equal(await client.reset(1), E.PROTOCOL);
    client.send(frame(T.HEADERS, END_HEADERS, 3, block([...POST, ['content-length', '4']])), frame(T.DATA, END_STREAM, 3, 'GET / HTTP/1.1\r\n\r\n'));
    assert.equal(await client.reset(3), E.PROTOCOL);
  }));
});

function varint(value: number): number[] {
  const octets: number[] = [];
  let rest = value;
  while (rest >= 128) {
    octets.push((rest & 127) | 128);
    rest >>>= 7;
  }
  octets.push(rest);
  return octets;
}
