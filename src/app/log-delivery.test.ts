import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { signHeaders } from '../aws/index.ts';
import { OutgoingClient } from '../data-plane/upstreams/index.ts';
import { FakeClock, systemClock } from '../kernel/index.ts';
import { LogDelivery, type LogStore } from './log-delivery.ts';

const KEY = 'my bucket/web/AWSLogs/123456789012/elasticloadbalancing/eu-west-1/2026/01/01/123456789012_elasticloadbalancing_eu-west-1_app.lb.1_20260101T0005Z_worker-0_abcdefgh.log';

function stage(t: TestContext, store: LogStore | null) {
  const root = mkdtempSync(join(tmpdir(), 'turnpike-delivery-'));
  const file = join(root, KEY);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'a line\n');
  const outgoing = new OutgoingClient({ clock: systemClock, authorities: null, connections: 2 });
  t.after(() => {
    outgoing.close();
    rmSync(root, { recursive: true });
  });
  const clock = new FakeClock();
  const errors: Error[] = [];
  return { root, file, clock, errors, delivery: new LogDelivery({ root, clock, outgoing, store, failed: (error) => void errors.push(error) }) };
}

test('a file whose time is over is packed, and stays where there is no store', async (t) => {
  const { file, delivery, errors } = stage(t, null);
  delivery.deliver(file);
  await delivery.settled();
  assert.equal(existsSync(file), false);
  assert.equal(gunzipSync(readFileSync(`${file}.gz`)).toString(), 'a line\n');
  // a second word about it, and one about a file that never was
  delivery.deliver(file);
  delivery.deliver(`${file}x`);
  await delivery.settled();
  assert.deepEqual(errors, []);
});

test('what a crash has left is found at the start', async (t) => {
  const { file, delivery, clock } = stage(t, null);
  const before = clock.now() / 1000 - 60;
  utimesSync(file, before, before);
  writeFileSync(`${file.slice(0, -4)}2.log`, 'this run has begun it');
  await delivery.recover();
  await delivery.settled();
  assert.deepEqual([existsSync(`${file}.gz`), existsSync(`${file.slice(0, -4)}2.log`)], [true, true]);
});

test('a store gets it under its key, signed; what it refuses is tried again', async (t) => {
  const seen: { url: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  let status = 503;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({ url: `${request.method} ${request.url}`, headers: request.headers, body: Buffer.concat(parts) });
      response.writeHead(request.url!.startsWith('/other/') ? 200 : status).end('SlowDown');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { root, file, delivery, clock, errors } = stage(t, { url: `http://${host}`, accessKeyId: 'AKID', secret: 'secret' });
  const [another, elsewhere] = [`${file.slice(0, -4)}2.log`, join(root, 'other', 'a.log')];
  mkdirSync(join(root, 'other'));
  for (const more of [another, elsewhere]) writeFileSync(more, 'another line\n');
  for (const each of [file, another, elsewhere]) delivery.deliver(each);
  await delivery.settled();
  assert.deepEqual([errors.length, seen.map(({ url }) => url.split('/')[1])], [1, ['my%20bucket', 'other']], 'one refusal, which holds up its bucket alone');
  writeFileSync(elsewhere, 'more\n');
  delivery.deliver(elsewhere);
  await delivery.settled();
  assert.equal(seen.length, 3, 'nor does the rest after it');
  assert.match(String((errors[0]!.cause as Error).message), /answered 503: SlowDown/);
  assert.ok(existsSync(`${file}.gz`));
  clock.advance(30_000);
  await delivery.settled();
  assert.equal(errors.length, 2);
  writeFileSync(elsewhere, 'and more\n');
  delivery.deliver(elsewhere);
  await delivery.settled();
  clock.advance(30_000);
  await delivery.settled();
  assert.equal(errors.length, 2, 'what another bucket takes brings the one that refuses back no sooner');
  status = 200;
  clock.advance(30_000);
  await delivery.settled();
  assert.equal(existsSync(`${file}.gz`), false);
  assert.equal(existsSync(`${another}.gz`), false);
  const { url, headers, body } = seen.at(-2)!;
  const path = `/${KEY.replace(' ', '%20')}.gz`;
  assert.equal(url, `PUT ${path}`);
  assert.equal(gunzipSync(body).toString(), 'a line\n');
  const expected = signHeaders(
    { method: 'PUT', url: path, headers: [['host', host], ['content-type', 'application/gzip']], body },
    { accessKeyId: 'AKID', secret: 'secret', region: 'eu-west-1', service: 's3', now: clock.now(), keepPath: true },
  );
  assert.equal(headers['authorization'], expected.headers.find(([name]) => name === 'Authorization')![1]);
});
