/** https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#http-connections ("connection multiplexing") */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { perRequest, RawBackend } from '../../e2e/http1/stage.ts';
import { get, Installation, type Balancer, type Target } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let healthy: Target;
const backends: RawBackend[] = [];
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
  healthy = await installation.target();
});
after(async () => {
  await installation[Symbol.asyncDispose]();
  for (const backend of backends) await backend.close();
});

/** A target, and the port of a listener before it. Its health is asked for elsewhere, so that each of its connections is one of requests. */
async function behind(answer: (head: string) => string | null): Promise<{ readonly target: RawBackend; readonly port: number }> {
  const target = await RawBackend.open({ answer: perRequest(answer) });
  backends.push(target);
  const group = await installation.group([target.port], { more: { HealthCheckPort: String(healthy.port) } });
  return { target, port: (await installation.door(balancer, { Type: 'forward', TargetGroupArn: group })).port };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('requests of many clients share one connection, one after the other', async () => {
  const { target, port } = await behind(() => OK);
  for (let n = 0; n < 10; n++) assert.equal((await get(port)).body, 'ok');
  assert.equal(target.connections.length, 1);
});

test('what the client says of its own connection is not said to the target', async () => {
  const { target, port } = await behind(() => OK);
  await get(port, { headers: 'Keep-Alive: timeout=5\r\n' });
  assert.doesNotMatch(target.received[0]!, /^(?:connection|keep-alive):/im);
});

test('at one time a connection has one request: another client gets another connection, and both are kept', async () => {
  let held = 0;
  const { target, port } = await behind((head) => (head.startsWith('GET /held ') ? (held++, null) : OK));
  const waiting = get(port, { path: '/held' });
  await eventually('it is there', () => held === 1);
  assert.equal((await get(port)).body, 'ok');
  target.connections[0]!.write(OK);
  assert.equal((await waiting).body, 'ok');
  for (let n = 0; n < 4; n++) await get(port);
  assert.equal(target.connections.length, 2);
});

for (const [what, answer] of Object.entries({
  'a target that says Connection: close': 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', 'one of HTTP/1.0': 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', 'one that says more than it promised': `${OK}and more`,
})) {
  test(`${what} gets each request by a connection of its own`, async () => {
    const { target, port } = await behind(() => answer);
    for (let n = 0; n < 3; n++) assert.equal((await get(port)).body, 'ok');
    assert.equal(target.connections.length, 3);
  });
}

test('a change of rules or attributes costs no connection', async () => {
  const { target, port } = await behind(() => OK);
  await get(port);
  await installation.attributes(balancer, { 'routing.http.preserve_host_header.enabled': 'true' });
  assert.equal((await get(port)).body, 'ok');
  assert.equal(target.connections.length, 1);
});
