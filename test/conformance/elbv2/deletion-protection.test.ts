/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#deletion-protection */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { by, Installation, says } from './installation.ts';

test('a protected load balancer is not deleted and serves on; one that is not is deleted with its listeners', async () => {
  await using installation = await Installation.open();
  const balancer = await installation.balancer({ 'deletion_protection.enabled': 'true' });
  const door = await installation.door(balancer, says('here'));
  const remove = (): Promise<unknown> => installation.aws('elbv2', 'DeleteLoadBalancer', { LoadBalancerArn: balancer.arn });
  await assert.rejects(remove(), { code: 'OperationNotPermitted', message: `Load balancer '${balancer.arn}' cannot be deleted because deletion protection is enabled` });
  assert.equal(await by(door.port), 'here');
  await installation.attributes(balancer, { 'deletion_protection.enabled': 'false' });
  await remove();
  await assert.rejects(by(door.port), 'nobody answers there');
  await assert.rejects(installation.aws('elbv2', 'DescribeListeners', { ListenerArns: [door.arn] }), { code: 'ListenerNotFound' });
  // "If the load balancer does not exist or has already been deleted, the call succeeds."
  await remove();
});
