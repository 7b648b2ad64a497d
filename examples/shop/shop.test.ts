import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../../test/support/free-port.ts';
import { ROOT, startTurnpike, type RunningTurnpike } from '../../test/support/turnpike.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let turnpike: RunningTurnpike;
let url: URL;
let root: string;
let httpPort: number;
const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-shop-'));

before(async () => {
  httpPort = await freePort();
  const httpsPort = await freePort();
  turnpike = await startTurnpike({
    dataFolder,
    command: ['up', join(ROOT, 'examples', 'shop'), '-p', `HttpPort=${httpPort}`, '-p', `HttpsPort=${httpsPort}`],
    options: ['--workers', '1', '--drain-seconds', '0'],
  });
  const applied = (await turnpike.line('applied')) as { outcome: string; failure: string | null; stack: { outputs: { name: string; value: string }[] }; diagnostics: unknown[] };
  assert.equal(applied.outcome, 'created', applied.failure ?? '');
  assert.deepEqual(applied.diagnostics, []);
  url = new URL(applied.stack.outputs.find(({ name }) => name === 'Url')!.value);
  root = await (await fetch(`${turnpike.endpoint}/_admin/ca.pem`)).text();
});

after(async () => {
  await turnpike?.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

/** Over TLS with only the local authority trusted, by the balancer's own name. */
function ask(path: string, more: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: url.port, servername: url.hostname, path, method: more.method ?? 'GET', ca: root, headers: { host: url.host, ...more.headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => void parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }));
      },
    );
    sent.on('error', reject);
    sent.end(more.body);
  });
}

test('products come from the catalogue, mostly in the version of today', async () => {
  const versions = new Map<string, number>();
  for (let i = 0; i < 60; i++) {
    const { status, headers } = await ask('/products');
    assert.equal(status, 200);
    const version = String(headers['x-version']);
    versions.set(version, (versions.get(version) ?? 0) + 1);
  }
  // nine in ten of 60; fewer than 36 happens once in a hundred million runs
  assert.ok((versions.get('catalog') ?? 0) >= 36, JSON.stringify([...versions]));
});

test('the header rule gives the next version to whoever asks for it', async () => {
  for (let i = 0; i < 10; i++) {
    const { headers, body } = await ask('/products/2', { headers: { 'x-preview': 'yes' } });
    assert.equal(headers['x-version'], 'catalog-next');
    assert.deepEqual(JSON.parse(body), { id: 2, name: 'Turnstile', price: 19900, currency: 'EUR' });
  }
});

test('orders are a function', async () => {
  const one = await ask('/orders/1');
  assert.equal(one.status, 200);
  assert.deepEqual(JSON.parse(one.body), { shop: 'shop', id: 1, items: [1, 3] });
  const placed = await ask('/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"product":2}' });
  assert.equal(placed.status, 201);
  assert.deepEqual(JSON.parse(placed.body), { shop: 'shop', placed: { product: 2 } });
});

test('what no rule takes is a 404 of the listener', async () => {
  const { status, body } = await ask('/elsewhere');
  assert.equal(status, 404);
  assert.deepEqual(JSON.parse(body), { error: 'there is no such page in this shop' });
  assert.equal((await ask('/orders/1', { method: 'DELETE' })).status, 404);
});

test('HTTP is redirected to HTTPS', async () => {
  const location = await new Promise<string>((resolve, reject) => {
    get({ host: '127.0.0.1', port: httpPort, path: '/products?a=1', headers: { host: `${url.hostname}:${httpPort}` } }, (response) => {
      assert.equal(response.statusCode, 301);
      response.resume();
      resolve(response.headers.location ?? '');
    }).on('error', reject);
  });
  assert.equal(location, `${url.origin}/products?a=1`);
});

test('explain says what the header rule does', async () => {
  const answer = await fetch(`${turnpike.endpoint}/_admin/explain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'GET', url: `${url.href}products`, headers: [['x-preview', 'yes']] }),
  });
  const { explanation } = (await answer.json()) as { explanation: { served: boolean; routing: { chosen: { priority: number } } } };
  assert.equal(explanation.served, true);
  assert.equal(explanation.routing.chosen.priority, 10);
});
