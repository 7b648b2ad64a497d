/**
 * Which requests are sent again, and which never. AWS says no more than that connections to targets are reused
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#http-connections) and what 502 and 504 stand for
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html); the rules are docs/balancing.md's.
 */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { perRequest, RawBackend } from '../../e2e/http1/stage.ts';
import { freePort } from '../../support/free-port.ts';
import { get, Installation, type Asked, type Balancer, type Target } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let good: Target;
const backends: RawBackend[] = [];
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
  good = await installation.target((_request, response) => void response.end('good'));
});
after(async () => {
  await installation[Symbol.asyncDispose]();
  for (const backend of backends) await backend.close();
});

/** A listener before these ports, all of which count as healthy: another port is asked how they are. */
async function doorTo(ports: readonly number[]): Promise<number> {
  const group = await installation.group(ports, { more: { HealthCheckPort: String(good.port) } });
  const { port } = await installation.door(balancer, { Type: 'forward', TargetGroupArn: group });
  await installation.allHealthy(group);
  return port;
}

async function backend(answer: (head: string, socket: Socket) => string | null): Promise<RawBackend> {
  const opened = await RawBackend.open({ answer: perRequest(answer) });
  backends.push(opened);
  return opened;
}

/** Closes where an answer is expected. */
const closer = (): Promise<RawBackend> =>
  backend((_head, socket) => {
    socket.destroy();
    return null;
  });

function seenBy(target: RawBackend, path: string): number {
  return target.received.join('').split(` ${path} HTTP/1.1`).length - 1;
}

let paths = 0;
/** Two requests, which begin at different targets of a group of two where nothing is sent again. */
async function both(port: number, asked: Asked): Promise<readonly { readonly path: string; readonly status: number }[]> {
  const answers = [];
  for (let n = 0; n < 2; n++) {
    const path = `/${++paths}`;
    answers.push({ path, status: (await get(port, { ...asked, path })).status });
  }
  return answers;
}

test('where no connection could be made, any request goes to another target, its body too', async () => {
  const port = await doorTo([await freePort(), good.port]);
  for (const method of ['GET', 'POST', 'PATCH']) {
    for (const { status } of await both(port, { method, body: method === 'GET' ? '' : 'body' })) assert.equal(status, 200, method);
  }
});

for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
  test(`${method} is sent again to another target when the connection closes without an answer`, async () => {
    const bad = await closer();
    const port = await doorTo([bad.port, good.port]);
    const answers = await both(port, { method });
    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
    assert.ok(answers.some(({ path }) => seenBy(bad, path) === 1), 'one had been there before');
  });
}

for (const [what, asked] of Object.entries<Asked>({
  'POST, which may have been carried out': { method: 'POST' }, 'PATCH, likewise': { method: 'PATCH' }, 'a body that has been asked for, and is gone': { method: 'PUT', body: 'body' },
})) {
  test(`never again: ${what}`, async () => {
    const bad = await closer();
    const port = await doorTo([bad.port, good.port]);
    const before = good.seen.length;
    const answers = await both(port, asked);
    for (const { path, status } of answers) assert.equal(status, seenBy(bad, path) === 1 ? 502 : 200);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 502]);
    assert.equal(good.seen.length - before, 1);
  });
}

for (const [what, answer] of Object.entries({
  'an answer that breaks off in its head': 'HTTP/1.1 200 OK\r\nContent-', 'an answer that means nothing': 'nothing that HTTP knows\r\n\r\n', 'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
})) {
  test(`never again: after ${what}`, async () => {
    const bad = await backend((_head, socket) => {
      socket.end(answer);
      return null;
    });
    const port = await doorTo([bad.port, good.port]);
    const before = good.seen.length;
    assert.deepEqual((await both(port, {})).map(({ status }) => status).sort(), [200, 502]);
    assert.equal(good.seen.length - before, 1);
  });
}

test('never again: an answer that the client has begun to get is broken off', async () => {
  const bad = await backend((_head, socket) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    return null;
  });
  const port = await doorTo([bad.port]);
  await assert.rejects(get(port), /the connection ended|no response/);
  assert.equal(bad.connections.length, 1);
});

test('an error that a target answers is an answer', async () => {
  const unwell = await backend(() => 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nsick');
  const port = await doorTo([unwell.port, good.port]);
  assert.deepEqual((await both(port, {})).map(({ status }) => status).sort(), [200, 503]);
});

test('a request is sent three times at most', async () => {
  const bad = await Promise.all([closer(), closer(), closer(), closer()]);
  const port = await doorTo(bad.map((each) => each.port));
  const path = `/${++paths}`;
  assert.equal((await get(port, { path })).status, 502);
  assert.deepEqual(bad.map((each) => seenBy(each, path)).sort(), [0, 1, 1, 1]);
});

test('a target that is silent has had its time: 504, and no other is asked', async () => {
  const silent = await backend(() => null);
  const impatient = await installation.balancer({ 'idle_timeout.timeout_seconds': '1' });
  const group = await installation.group([silent.port, good.port], { more: { HealthCheckPort: String(good.port) } });
  const { port } = await installation.door(impatient, { Type: 'forward', TargetGroupArn: group });
  await installation.allHealthy(group);
  const before = good.seen.length;
  assert.deepEqual((await both(port, {})).map(({ status }) => status).sort(), [200, 504]);
  assert.equal(good.seen.length - before, 1);
});

test('a connection that was kept alive and dies at its next request says nothing about its target, which gets that again by a new one', async () => {
  // one request a connection, and no word about it
  const shortLived = await backend((_head, socket) => {
    const { first } = socket as Socket & { first?: boolean };
    Object.assign(socket, { first: false });
    if (first === undefined) return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    socket.destroy();
    return null;
  });
  const port = await doorTo([shortLived.port]);
  for (let n = 0; n < 5; n++) assert.equal((await get(port)).body, 'ok');
  assert.equal((await get(port, { method: 'POST' })).status, 502, 'but not what must not be done twice');
});
