import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ec2Stage } from '../../../../test/support/ec2-stage.ts';

test('a terminated instance is known for an hour, and with it go its registrations', async () => {
  const { clock, environment: { store }, run, call } = ec2Stage();
  const asked = { ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 };
  const { InstanceId } = (await run('RunInstances', asked)).Instances[0];
  const target = (id: string, targetId: string) => ({ id, account: call.account, region: call.region, parent: 'group', createdAt: 0, targetId, port: 80, availabilityZone: null, registeredAt: 0, drainingUntil: null });
  await store.transact((tx) => {
    tx.put('elbv2/target', target('one', InstanceId));
    tx.put('elbv2/target', target('other', 'i-00000000000000000'));
  });
  await run('TerminateInstances', { InstanceIds: [InstanceId] });
  const registered = (): readonly (readonly [string, number | null])[] => store.world.list('elbv2/target').map(({ id, drainingUntil }) => [id, drainingUntil]);
  assert.deepEqual(registered(), [['one', clock.now() + 3_600_000], ['other', null]]);
  clock.advance(3_600_000);
  await run('RunInstances', asked);
  assert.equal(store.world.get('ec2/instance', InstanceId), undefined);
  assert.deepEqual(registered(), [['other', null]]);
});
