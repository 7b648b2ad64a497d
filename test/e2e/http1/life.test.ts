import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { ask, RawClient } from './client.ts';
import { eventually, pause as wait } from '../../support/eventually.ts';
import { perRequest, RawBackend, Stage, type Scene, type StageOptions } from './stage.ts';
import { FakeClock } from '../../../src/kernel/index.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
const kept = <T extends { close(): Promise<void> | void }>(thing: T): T => (open.push(thing), thing);
const backend = async (script: Parameters<typeof RawBackend.open>[0]): Promise<RawBackend> => kept(await RawBackend.open(script));
const stage = async (scene: Scene, options?: StageOptions): Promise<Stage> => kept(await Stage.open(scene, options));
const client = async (at: Stage): Promise<RawClient> => kept(await RawClient.open(at.port));

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const OK = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** `connections` clients that ask one thing after the other until told to stop; what each answer was. */
function load(at: Stage, options: { readonly connections: number; readonly request: (i: number) => string }): { readonly answered: () => number; stop(): Promise<readonly { readonly i: number; readonly status: number; readonly body: string }[]> } {
  const state = { going: true };
  let next = 0;
  const results: { i: number; status: number; body: string }[] = [];
  const loops = Array.from({ length: options.connections }, async () => {
    let c = await RawClient.open(at.port);
    while (state.going) {
      const i = next++;
      c.send(options.request(i));
      const answer = await c.answer();
      results.push({ i, status: answer.status, body: answer.body });
      if (answer.headers['connection'] === 'close') {
        c.close();
        c = await RawClient.open(at.port);
      }
    }
    c.close();
  });
  return {
    answered: () => results.length,
    async stop() {
      state.going = false;
      await Promise.all(loops);
      return results;
    },
  };
}

interface Victim {
  readonly port: number;
  readonly child: ChildProcess;
}

async function victim(log: string): Promise<Victim> {
  const child = fork(join(import.meta.dirname, 'victim.ts'), [log], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  open.push({
    close: () => void child.kill('SIGKILL'),
  });
  const [port] = (await once(child, 'message')) as [number];
  return { port, child };
}

describe('a target killed while it serves', () => {
  it('costs no GET, and no POST is seen twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-victim-'));
    open.push({ close: () => rmSync(folder, { recursive: true }) });
    const log = join(folder, 'seen');
    const [a, b, c] = [await victim(log), await victim(log), await victim(log)];
    const at = await stage({ targets: [a.port, b.port, c.port] });
    const gets = load(at, { connections: 12, request: (i) => `GET /g${i} HTTP/1.1\r\nHost: x\r\n\r\n` });
    const posts = load(at, { connections: 6, request: (i) => `POST /p${i} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc` });
    const more = async (): Promise<void> => {
      const [g, p] = [gets.answered(), posts.answered()];
      await wait(250);
      await eventually('requests are served', () => gets.answered() >= g + 50 && posts.answered() >= p + 25);
    };
    await more();
    a.child.kill('SIGKILL');
    await more();
    b.child.kill('SIGKILL');
    await more();
    const got = await gets.stop();
    const posted = await posts.stop();
    assert.ok(got.length > 100 && posted.length > 50, `${got.length} GET, ${posted.length} POST`);
    assert.deepEqual(got.filter(({ status, body, i }) => status !== 200 || body !== `/g${i}`), []);
    const seen = readFileSync(log, 'utf8').split('\n').filter((line) => line.startsWith('POST'));
    assert.equal(new Set(seen).size, seen.length, 'a POST reached two targets');
    // what was lost was said to be lost, and only what was in flight when a target died
    const failed = posted.filter(({ status }) => status !== 200);
    assert.ok(failed.every(({ status }) => status === 502) && failed.length <= 12, JSON.stringify(failed));
  });
});

describe('a change of configuration', () => {
  it('under load fails no request', async () => {
    const [a, b] = [await backend({ answer: perRequest(() => OK('a')) }), await backend({ answer: perRequest(() => OK('b')) })];
    const at = await stage({ targets: [a.port] });
    const running = load(at, { connections: 16, request: () => GET });
    for (let i = 0; i < 100; i++) {
      await at.show({ targets: i % 3 === 0 ? [b.port] : i % 3 === 1 ? [a.port, b.port] : [a.port], http: { forwardedForPort: i % 2 === 0 } });
      await wait(3);
    }
    await eventually('requests are served', () => running.answered() > 500);
    const results = await running.stop();
    assert.deepEqual(results.filter(({ status }) => status !== 200), []);
  });

  it('is what the next request on an open connection gets', async () => {
    const target = await backend({ answer: perRequest(() => OK('target')) });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(GET);
    assert.equal((await c.answer()).body, 'target');
    await at.show({ targets: [], action: { kind: 'fixed-response', status: 200, contentType: null, body: 'fixed' } });
    c.send(GET);
    assert.equal((await c.answer()).body, 'fixed');
    assert.equal(at.opened, 1);
  });

  it('lets a request to a removed target end, and cuts it when its delay is over', async () => {
    const slow = await backend({ answer: () => {} });
    const never = await backend({ answer: () => {} });
    const at = await stage({ targets: [slow.port] }, { drainMs: 600 });
    const c = await client(at);
    c.send('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
    await eventually('the target has it', () => slow.received.length > 0);
    await at.show({ targets: [never.port] });
    slow.connections[0]!.write(OK('slow'));
    assert.equal((await c.answer()).body, 'slow');
    c.send('POST /never HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
    await eventually('the target has it', () => never.received.length > 0);
    const begun = performance.now();
    await at.show({ targets: [] });
    assert.equal((await c.answer()).status, 502);
    const lasted = performance.now() - begun;
    assert.ok(lasted > 500 && lasted < 15_000, `${lasted} ms`);
  });
});

describe('the end', () => {
  it('finishes what is in flight with Connection: close, closes what is idle, accepts nothing new', async () => {
    const target = await backend({ answer: () => {} });
    const at = await stage({ targets: [target.port] });
    const [busy, idle] = [await client(at), await client(at)];
    busy.send(GET);
    await eventually('the target has it', () => target.received.length > 0);
    const begun = performance.now();
    const drained = at.drain(60_000);
    await idle.end();
    idle.close();
    target.connections[0]!.write(OK('done'));
    const answer = await busy.answer();
    assert.deepEqual([answer.body, answer.headers['connection']], ['done', 'close']);
    await busy.end();
    busy.close();
    await drained;
    assert.ok(performance.now() - begun < 30_000);
    await assert.rejects(ask(at.port, GET), { code: 'ECONNREFUSED' });
  });

  it('answers a request that is on its way, and says that it is the last; who is silent is left', async () => {
    let other = (): void => {};
    const target = await backend({ answer: perRequest((head, socket) => {
      if (!head.startsWith('GET /slow ')) return OK('late');
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf');
      other = () => void socket.write('half');
      return null;
    }) });
    const clock = new FakeClock();
    const at = await stage({ targets: [target.port] }, { clock });
    const [used, fresh, promised, silent] = [await client(at), await client(at), await client(at), await client(at)];
    used.send(GET);
    assert.equal((await used.answer()).headers['connection'], undefined);
    // its answer has begun, and says nothing of an end
    promised.send('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await promised.until((heard) => heard.endsWith('half'));
    const drained = at.drain(60_000);
    await wait(100);
    for (const each of [used, fresh]) each.send(GET);
    other();
    assert.equal((await promised.answer()).body, 'halfhalf');
    promised.send(GET);
    for (const each of [used, fresh, promised]) {
      const answer = await each.answer();
      assert.deepEqual([answer.body, answer.headers['connection']], ['late', 'close']);
      await each.end();
      each.close();
    }
    assert.equal(silent.ended, false);
    clock.advance(1_100);
    await silent.end();
    silent.close();
    await drained;
  });

  it('cuts what lasts longer than it may', async () => {
    const target = await backend({ answer: () => {} });
    const at = await stage({ targets: [target.port] });
    const c = await client(at);
    c.send(GET);
    await eventually('the target has it', () => target.received.length > 0);
    const begun = performance.now();
    await at.drain(200);
    assert.ok(performance.now() - begun < 15_000);
    await c.end();
    assert.equal(at.ended[0]!.status, 460);
  });
});
