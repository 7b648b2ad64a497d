import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage, type TlsScene } from '../tls/stage.ts';
import { block, E, END_HEADERS, END_STREAM, frame, GET, POST, RawHttp2, T } from './raw.ts';

const get = (stream: number, path = '/'): Buffer => frame(T.HEADERS, END_HEADERS | END_STREAM, stream, block([...GET.slice(0, 2), [':path', path], GET[3]!]));

/** How connections of HTTP/2 end (RFC 9113 section 6.8), and what they live through. */
describe('the life of an HTTP/2 connection', () => {
  let scene: TlsScene;
  const open: TlsStage[] = [];
  const held: (() => void)[] = [];
  const target = createServer((request, response) => {
    if (request.url === '/held') held.push(() => response.end('late'));
    else {
      request.resume();
      request.on('end', () => response.end('ok'));
    }
  });
  const stage = async (more: Partial<TlsScene['sites'][string]> = {}): Promise<TlsStage> => {
    const sites = { main: { ...scene.sites['main']!, ...more } };
    const opened = await TlsStage.open({ ...scene, sites }, { port: await freePort() });
    open.push(opened);
    return opened;
  };

  before(async () => {
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    scene = { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD } }, targets: [(target.address() as AddressInfo).port] };
  });

  after(async () => {
    for (const each of open) await each.close();
    target.closeAllConnections();
    target.close();
  });

  const goAways = (client: RawHttp2): (readonly [last: number, code: number])[] =>
    client.frames.filter((f) => f.type === T.GOAWAY).map(({ payload }) => [payload.readUInt32BE(0), payload.readUInt32BE(4)] as const);

  it('a body that came in pieces while its target was being connected to arrives whole', async () => {
    for (const octets of [4, 10_000]) {
      const client = await RawHttp2.open((await stage()).port);
      const piece = (flags: number): Buffer => frame(T.DATA, flags, 1, 'x'.repeat(octets));
      client.send(frame(T.HEADERS, END_HEADERS, 1, block(POST)), piece(0), piece(0), piece(END_STREAM));
      assert.equal((await client.answered(1)).toString(), 'ok');
      client.close();
    }
  });

  it('draining tells first, serves what is under way and on its way, then closes', async () => {
    const at = await stage();
    const client = await RawHttp2.open(at.port);
    client.send(get(1, '/held'));
    await eventually('the target has it', () => held.length > 0);
    // the listener goes: a scene without it
    const gone = at.show({ ...scene, sites: {} });
    await client.until((f) => f.type === T.GOAWAY);
    assert.deepEqual(goAways(client)[0], [0x7fffffff, E.NO_ERROR]);
    held.pop()!();
    assert.equal((await client.answered(1)).toString(), 'late');
    await client.end();
    assert.equal(goAways(client).at(-1)![1], E.NO_ERROR);
    await gone;
  });

  it('a change of configuration is served on open connections', async () => {
    const at = await stage();
    const client = await RawHttp2.open(at.port);
    client.send(get(1));
    assert.equal((await client.answered(1)).toString(), 'ok');
    await at.show({ ...scene, sites: { main: { ...scene.sites['main']!, action: { kind: 'fixed-response', status: 200, contentType: null, body: 'changed' } } } });
    client.send(get(3));
    assert.equal((await client.answered(3)).toString(), 'changed');
    client.close();
  });

  it('a connection older than client_keep_alive is told to go, after its request', async () => {
    const at = await stage({ http: { keepAliveMs: 200 } });
    const client = await RawHttp2.open(at.port);
    await new Promise((resolve) => setTimeout(resolve, 400));
    client.send(get(1));
    assert.equal((await client.answered(1)).toString(), 'ok');
    await client.until((f) => f.type === T.GOAWAY);
    // what was on its way is served still
    client.send(get(3));
    assert.equal((await client.answered(3)).toString(), 'ok');
    await client.end();
    assert.deepEqual(goAways(client).map(([, code]) => code), [E.NO_ERROR, E.NO_ERROR]);
  });

  it('a client that leaves gets what it has asked for, and the end', async () => {
    const at = await stage();
    const client = await RawHttp2.open(at.port);
    client.send(get(1, '/held'), frame(T.GOAWAY, 0, 0, Buffer.alloc(8)));
    await eventually('the target has it', () => held.length > 0);
    held.pop()!();
    assert.equal((await client.answered(1)).toString(), 'late');
    await client.end();
  });

  it('a client that is gone takes its requests with it', async () => {
    const at = await stage();
    const client = await RawHttp2.open(at.port);
    client.send(get(1, '/held'), frame(T.HEADERS, END_HEADERS, 3, block(POST)));
    await eventually('the target has it', () => held.length > 0);
    client.close();
    await eventually('both are over', () => at.ended.length === 2);
    assert.deepEqual(at.ended.map(({ fault }) => fault), ['client-closed', 'client-closed']);
    assert.equal(at.connections, 0);
    held.length = 0;
  });

  it('100 Continue is said when the body is wanted', async () => {
    const at = await stage();
    const client = await RawHttp2.open(at.port);
    client.send(frame(T.HEADERS, END_HEADERS, 1, block([...POST, ['expect', '100-continue']])));
    await client.until((f) => f.type === T.HEADERS && f.stream === 1);
    assert.equal(client.body(1).length, 0);
    client.send(frame(T.DATA, END_STREAM, 1, 'x'));
    assert.equal((await client.answered(1)).toString(), 'ok');
    client.close();
  });
});
