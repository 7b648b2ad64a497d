import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terraformSkip } from '../../test/support/terraform.ts';
import { TerraformExample } from '../../test/support/terraform-example.ts';

test('the configuration of the guide is applied, served, changed in place and destroyed', { skip: terraformSkip(), timeout: 800_000 }, async () => {
  await using example = await TerraformExample.open('alb-lambda', ['--workers', '1']);
  const before = (await example.status()).counts;
  example.zip('src', 'orders.zip');
  await example.initialize();
  await example.apply();

  const name = await example.output('dns_name');
  assert.match(name, /^app-alb-\d+\.us-east-1\.elb\.localhost$/);
  assert.equal(await example.output('port'), '443');
  const origin = (await example.status()).listeners[0]!.urls[0]!;
  assert.equal(new URL(origin).hostname, name);
  const ask = async (path: string): Promise<{ readonly status: number; readonly body: string }> => {
    const { status, body } = await example.ask(origin, path);
    return { status, body };
  };
  assert.deepEqual(await ask('/orders/1'), { status: 200, body: '{"id":1,"items":["lantern"]}' });
  assert.equal((await ask('/orders/9')).status, 404);
  assert.deepEqual(await ask('/elsewhere'), { status: 404, body: 'There is nothing here.' });

  example.edit('main.tf', 'priority     = 10', 'priority     = 20');
  example.edit('main.tf', 'target_type = "lambda"', 'target_type = "lambda"\n  lambda_multi_value_headers_enabled = true');
  example.edit('src/index.mjs', "['lantern']", "['lantern', 'oil']");
  example.zip('src', 'orders.zip');
  assert.match(await example.apply(), /0 added, 3 changed, 0 destroyed/);
  assert.deepEqual(await ask('/orders/1'), { status: 200, body: '{"id":1,"items":["lantern","oil"]}' });

  await example.destroy();
  // the default VPC comes into being when it is looked at first
  const left = (await example.status()).counts;
  for (const kind of ['elbv2/load-balancer', 'elbv2/listener', 'elbv2/rule', 'elbv2/target-group', 'lambda/function', 'acm/certificate', 'iam/role']) assert.equal(left[kind], before[kind], kind);
});
