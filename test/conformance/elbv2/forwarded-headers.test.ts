/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RawClient } from '../../e2e/http1/client.ts';
import { get, Installation, type Balancer, type Door, type Target } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let door: Door;
let target: Target;
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
  target = await installation.target();
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
});
after(() => installation[Symbol.asyncDispose]());

async function seen(headers: string): Promise<Readonly<Record<string, string | string[] | undefined>>> {
  assert.equal((await get(door.port, { headers })).status, 200);
  return target.seen.at(-1)!.headers;
}

const ONE = 'X-Forwarded-For: 203.0.113.7\r\n';

for (const [mode, received, expected] of [
  ['append', '', '127.0.0.1'],
  ['append', ONE, '203.0.113.7, 127.0.0.1'],
  ['append', `${ONE}X-Forwarded-For: 198.51.100.1\r\n`, '203.0.113.7, 198.51.100.1, 127.0.0.1'],
  ['preserve', '', undefined],
  ['preserve', ONE, '203.0.113.7'],
  ['remove', '', undefined],
  ['remove', ONE, undefined],
] as const) {
  test(`${mode}: ${JSON.stringify(received)} becomes ${expected ?? 'nothing'}`, async () => {
    await installation.attributes(balancer, { 'routing.http.xff_header_processing.mode': mode, 'routing.http.xff_client_port.enabled': 'false' });
    assert.equal((await seen(received))['x-forwarded-for'], expected);
  });
}

test('with the client port, the address that is added has it', async () => {
  await installation.attributes(balancer, { 'routing.http.xff_header_processing.mode': 'append', 'routing.http.xff_client_port.enabled': 'true' });
  const client = await RawClient.open(door.port);
  client.send(`GET / HTTP/1.1\r\nHost: a\r\n${ONE}\r\n`);
  assert.equal((await client.answer()).status, 200);
  assert.equal(target.seen.at(-1)!.headers['x-forwarded-for'], `203.0.113.7, 127.0.0.1:${client.socket.localPort}`);
  client.close();
  await installation.attributes(balancer, { 'routing.http.xff_client_port.enabled': 'false' });
});

for (const mode of ['preserve', 'remove']) {
  test(`${mode}: the client port changes nothing, and protocol and port are said all the same`, async () => {
    await installation.attributes(balancer, { 'routing.http.xff_header_processing.mode': mode, 'routing.http.xff_client_port.enabled': 'true' });
    const headers = await seen(ONE);
    assert.deepEqual([headers['x-forwarded-for'], headers['x-forwarded-proto'], headers['x-forwarded-port']], [mode === 'preserve' ? '203.0.113.7' : undefined, 'http', String(door.port)]);
    await installation.attributes(balancer, { 'routing.http.xff_header_processing.mode': 'append', 'routing.http.xff_client_port.enabled': 'false' });
  });
}

test('protocol and port are of this connection, whatever the client claims, and come once', async () => {
  await seen('X-Forwarded-Proto: gopher\r\nX-Forwarded-Port: 70\r\nX-Forwarded-Host: kept.example\r\n');
  const { headers, raw } = target.seen.at(-1)!;
  assert.deepEqual([headers['x-forwarded-proto'], headers['x-forwarded-port'], headers['x-forwarded-host']], ['http', String(door.port), 'kept.example']);
  for (const name of ['x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-for', 'host', 'x-amzn-trace-id']) {
    assert.equal(raw.filter((each, i) => i % 2 === 0 && each.toLowerCase() === name).length, 1, name);
  }
});

test('more than 30 addresses are answered with 463', async () => {
  const addresses = (count: number): string => `X-Forwarded-For: ${Array.from({ length: count }, (_, i) => `192.0.2.${i}`).join(', ')}\r\n`;
  assert.equal((await get(door.port, { headers: addresses(30) })).status, 200);
  const before = target.seen.length;
  assert.equal((await get(door.port, { headers: addresses(31) })).status, 463);
  assert.equal(target.seen.length, before);
});
