import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../test/support/free-port.ts';
import { quietOffset } from '../../test/support/quiet-offset.ts';
import { terraformSkip } from '../../test/support/terraform.ts';
import { TerraformExample } from '../../test/support/terraform-example.ts';

const SECRET = 'of this test';

test('functions behind the API and servers behind the balancer make one shop, each under its own name', { skip: terraformSkip(), timeout: 400_000 }, async (t) => {
  const offset = await quietOffset();
  await using example = await TerraformExample.open('shop-split', ['--workers', '1', '--port-offset', String(offset)]);
  const ports = { front: await freePort(), orders: await freePort() };
  for (const [role, port] of Object.entries(ports)) {
    const service = spawn(process.execPath, [join(example.folder, 'services.mjs'), role], { env: { ...process.env, PORT: String(port), TOKEN_SECRET: SECRET }, stdio: 'inherit' });
    t.after(() => service.kill());
  }
  const variables = [`front_port=${ports.front}`, `orders_port=${ports.orders}`, `token_secret=${SECRET}`];
  const before = (await example.status()).counts;
  example.zip('catalog', 'catalog.zip');
  example.zip('auth', 'auth.zip');
  await example.initialize();
  await example.apply(...variables);

  const api = `${await example.output('api')}:${443 + offset}`;
  const shop = `${await example.output('shop')}:${443 + offset}`;
  assert.deepEqual([new URL(api).hostname, new URL(shop).hostname], ['api.shop.localhost', 'www.shop.localhost']);

  const products = await example.ask(api, '/products', { headers: { origin: 'https://www.shop.localhost' } });
  assert.deepEqual([products.status, (JSON.parse(products.body) as unknown[]).length, products.headers['x-currency']], [200, 2, 'EUR']);
  assert.equal(products.headers['access-control-allow-origin'], 'https://www.shop.localhost');
  assert.equal((await example.ask(api, '/products/9')).status, 404);

  const asked = (password: string) => example.ask(api, '/session', { method: 'POST', body: JSON.stringify({ name: 'ann', password }) });
  assert.equal((await asked('wrong')).status, 403);
  const { token } = JSON.parse((await asked('lantern')).body) as { token: string };
  const authorization = { authorization: `Bearer ${token}` };
  assert.equal((await example.ask(api, '/session', { headers: authorization })).body, '{"name":"ann"}');
  assert.deepEqual([(await example.ask(api, '/session')).status, (await example.ask(api, '/session', { headers: { authorization: 'Bearer forged' } })).status], [401, 403]);

  assert.match((await example.ask(shop, '/')).body, /<title>The shop/);
  assert.deepEqual((await example.ask(shop, '/orders', { headers: authorization })).body, '[{"id":1,"items":["lantern"]}]');
  assert.equal((await example.ask(shop, '/orders')).status, 401);
  // neither entrance has what is the other's
  assert.match((await example.ask(shop, '/products')).body, /<title>The shop/);
  assert.deepEqual((await example.ask(api, '/orders')).body, '{"message":"Not Found"}');

  await example.destroy(...variables);
  const left = (await example.status()).counts;
  for (const kind of ['apigatewayv2/api', 'apigatewayv2/domain-name', 'elbv2/load-balancer', 'elbv2/target-group', 'lambda/function', 'acm/certificate']) assert.equal(left[kind], before[kind], kind);
});
