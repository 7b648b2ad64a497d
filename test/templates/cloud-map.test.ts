/** AWS::ServiceDiscovery types, made by the real services. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FrontDoor, noCredentials, openModels } from '../../src/aws/index.ts';
import { serviceDiscoveryService } from '../../src/control-plane/services/index.ts';
import { Stacks } from '../../src/control-plane/templates/index.ts';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { testEnvironment } from '../support/environment.ts';

const environment = testEnvironment({ clock: systemClock, random: systemRandom });
// The clock's timers do not keep the process alive; while a test waits for one, this does.
const alive = setInterval(() => {}, 1000);
after(() => clearInterval(alive));
const OWNER = { account: '000000000000', region: 'us-east-1' };
const frontDoor = new FrontDoor({ services: [serviceDiscoveryService(environment)], models: openModels(), clock: environment.clock, random: environment.random, credentials: noCredentials, verify: 'never' });
const stacks = new Stacks({ ...environment, ...OWNER, call: ((service: string, operation: string, input: object) => frontDoor.call(service, operation, { input: input as Readonly<Record<string, unknown>>, ...OWNER, host: '127.0.0.1:4566' })) as never });

const template = (port: number, description: string): string => `
Resources:
  Shop: { Type: AWS::ServiceDiscovery::HttpNamespace, Properties: { Name: shop, Description: ${description} } }
  Catalog: { Type: AWS::ServiceDiscovery::Service, Properties: { Name: catalog, NamespaceId: !Ref Shop, Description: ${description} } }
  One: { Type: AWS::ServiceDiscovery::Instance, Properties: { InstanceId: one, ServiceId: !Ref Catalog, InstanceAttributes: { AWS_INSTANCE_IPV4: 10.0.0.1, AWS_INSTANCE_PORT: '${port}' } } }
Outputs:
  Arn: { Value: !GetAtt Catalog.Arn }
`;

test('a namespace, a service and an instance are made, changed in place and taken away', async () => {
  const up = (port: number, description: string) => stacks.apply(template(port, description), { name: 'shop', parameters: {}, baseFolder: null });
  const made = await up(9001, 'old');
  assert.equal(made.failure, null);
  const [service] = environment.store.world.list('servicediscovery/service');
  assert.deepEqual(made.stack!.outputs.map(({ value }) => value), [`arn:aws:servicediscovery:us-east-1:000000000000:service/${service!.id}`]);
  assert.equal((await up(9001, 'old')).outcome, 'unchanged');
  assert.equal((await up(9002, 'new')).failure, null);
  const { world } = environment.store;
  assert.deepEqual(world.list('servicediscovery/service').map(({ id, description }) => [id, description]), [[service!.id, 'new']]);
  assert.deepEqual(world.list('servicediscovery/instance').map(({ attributes }) => attributes['AWS_INSTANCE_PORT']), ['9002']);
  await stacks.delete('shop');
  for (const kind of ['servicediscovery/namespace', 'servicediscovery/service', 'servicediscovery/instance'] as const) assert.deepEqual(environment.store.world.list(kind), []);
});
