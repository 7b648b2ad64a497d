import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { ApiExample } from '../../test/support/api-example.ts';

let example: ApiExample;
before(async () => {
  example = await ApiExample.up('api-chain', ['BalancerPort']);
});
after(() => example?.stop());

const issued = (scope: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(`${example.outputs['Issuer']}/token?scope=${encodeURIComponent(scope)}`, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test("with a token the balancer's rules are run, without the version in the path", async () => {
  const { status, headers, body } = await example.ask('/v1/products?page=2', bearer(await issued('')));
  assert.equal(status, 200, body);
  assert.deepEqual(JSON.parse(body), { service: 'catalog', url: '/products?page=2' });
  assert.equal(headers['x-request'], headers['apigw-requestid']);
});

test('scopes are asked for where the route has them, and the service learns who calls', async () => {
  const { status, body } = await example.ask('/v1/orders/7', bearer(await issued('orders:read')));
  assert.equal(status, 200, body);
  assert.deepEqual(JSON.parse(body), { service: 'orders', url: '/orders/7', caller: 'ann' });
  assert.equal((await example.ask('/v1/orders/7', bearer(await issued('other')))).status, 403);
});

test('without a token the balancer never hears of it', async () => {
  const { status, body, headers } = await example.ask('/v1/products');
  assert.deepEqual([status, body], [401, '{"message":"Unauthorized"}']);
  assert.equal(headers['www-authenticate'], 'Bearer');
});

test("the balancer's own answer is the API's", async () => {
  const { status, body } = await example.ask('/v1/nothing', bearer(await issued('')));
  assert.deepEqual([status, body], [404, '{"error":"no such service"}']);
});

test('the log of the API knows the caller', async () => {
  const lines = await example.log('/api/chain', 4);
  assert.ok(lines.some((line) => / GET \/v1\/orders\/\{id\} 200 ann \d+$/.test(line)), lines.join('\n'));
});
