/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html (routing.http.response.server.enabled) */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let fixed: Door;
let forward: Door;
before(async () => {
  installation = await Installation.open();
  const balancer = await installation.balancer();
  const target = await installation.target((_request, response) => response.setHeader('Server', 'unit').end('target'));
  fixed = await installation.door(balancer, says('here'));
  forward = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
});
after(() => installation[Symbol.asyncDispose]());

for (const [enabled, own, targets] of [['true', 'awselb/2.0', 'unit'], ['false', undefined, undefined]] as const) {
  test(`${enabled}: our answers have ${own ?? 'none'}, the target's has ${targets ?? 'none'}`, async () => {
    for (const { arn } of [fixed, forward]) {
      await installation.aws('elbv2', 'ModifyListenerAttributes', { ListenerArn: arn, Attributes: [{ Key: 'routing.http.response.server.enabled', Value: enabled }] });
    }
    assert.equal((await get(fixed.port)).headers['server'], own);
    const answer = await get(forward.port);
    assert.deepEqual([answer.body, answer.headers['server']], ['target', targets]);
  });
}
