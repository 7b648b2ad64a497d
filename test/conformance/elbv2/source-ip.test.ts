/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#source-ip-conditions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { by, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
});
after(() => installation[Symbol.asyncDispose]());

test('the address of the connection decides, never X-Forwarded-For', async () => {
  const source = (...Values: readonly string[]): object => ({ Field: 'source-ip', SourceIpConfig: { Values } });
  const arn = await installation.rule(door, 1, { when: [source('192.0.2.0/24', '2001:db8::/32')], action: says('elsewhere') });
  await installation.rule(door, 2, { when: [source('192.0.2.7/32', '127.0.0.1/32')], action: says('here') });
  assert.equal(await by(door.port), 'here');
  assert.equal(await by(door.port, { headers: 'X-Forwarded-For: 192.0.2.1\r\n' }), 'here');
  await installation.aws('elbv2', 'ModifyRule', { RuleArn: arn, Conditions: [source('127.0.0.0/8')] });
  assert.equal(await by(door.port), 'elsewhere');
  await installation.aws('elbv2', 'ModifyRule', { RuleArn: arn, Conditions: [source('127.0.0.0/32')] });
  assert.equal(await by(door.port), 'here');
});
