/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html (routing.http.drop_invalid_header_fields.enabled) */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

for (const drop of ['false', 'true']) {
  test(`${drop}: names with other characters than letters, digits and hyphens are ${drop === 'true' ? 'removed' : 'routed to targets'}`, async () => {
    await installation.attributes(balancer, { 'routing.http.drop_invalid_header_fields.enabled': drop });
    assert.equal((await get(door.port, { headers: 'X-Good-1: a\r\nx_under: b\r\nx.dot: c\r\nX-Last: d\r\n' })).status, 200);
    const { headers } = target.seen.at(-1)!;
    assert.deepEqual([headers['x-good-1'], headers['x-last']], ['a', 'd']);
    assert.deepEqual([headers['x_under'], headers['x.dot']], drop === 'true' ? [undefined, undefined] : ['b', 'c']);
  });
}
