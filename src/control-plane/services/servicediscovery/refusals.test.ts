/** What Cloud Map was measured to refuse when stacks were deployed to it, and its sentences: notes of deployments that are public. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Operation } from '../../../aws/index.ts';
import { testCall, testEnvironment } from '../../../../test/support/environment.ts';
import { refusal } from '../../../../test/support/refusal.ts';
import { serviceDiscoveryService } from './index.ts';

type Records = readonly string[] | null;
type Attributes = Readonly<Record<string, string>>;

const environment = testEnvironment();
const call = testCall({ service: 'servicediscovery' });
const { operations } = serviceDiscoveryService(environment);
// oxlint-disable-next-line typescript/no-explicit-any
const run = async (operation: string, input: object): Promise<any> => (operations[operation] as Operation)(input, call);
await environment.store.transact((transaction) => transaction.put('ec2/vpc', { id: 'vpc-1', account: call.account, region: call.region, parent: null, createdAt: 0, tags: [] } as never));
async function namespaceOf(operation: string, input: object): Promise<string> {
  const { OperationId } = await run(operation, input);
  return (await run('GetOperation', { OperationId })).Operation.Targets.NAMESPACE;
}
const http = await namespaceOf('CreateHttpNamespace', { Name: 'http' });
const dns = await namespaceOf('CreatePrivateDnsNamespace', { Name: 'dns.test', Vpc: 'vpc-1' });

let services = 0;
/** A service with these records; none is a service that is found by HTTP. */
async function service(records: Records, more: object = {}): Promise<string> {
  const DnsConfig = records === null ? undefined : { RoutingPolicy: records.includes('CNAME') ? 'WEIGHTED' : 'MULTIVALUE', DnsRecords: records.map((Type) => ({ Type, TTL: 60 })) };
  const { Service } = await run('CreateService', { Name: `s${++services}`, NamespaceId: records === null ? http : dns, DnsConfig, ...more });
  return Service.Id;
}
const register = async (records: Records, Attributes: Attributes): Promise<unknown> => run('RegisterInstance', { ServiceId: await service(records), InstanceId: 'i', Attributes });
const many = (count: number, value = 'v'): Attributes => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, value]));

const INSTANCES: readonly (readonly [what: string, records: Records, attributes: Attributes, sentence: string | RegExp])[] = [
  ['no address for A', ['A'], { x: 'y' }, 'Required attribute(s) AWS_INSTANCE_IPV4 are missing.'],
  ['no address for AAAA', ['AAAA'], { x: 'y' }, 'Required attribute(s) AWS_INSTANCE_IPV6 are missing.'],
  ['no name for CNAME', ['CNAME'], { x: 'y' }, 'Required attribute(s) AWS_INSTANCE_CNAME are missing.'],
  ['no port for SRV', ['SRV'], { AWS_INSTANCE_IPV4: '10.0.0.1' }, 'Required attribute(s) AWS_INSTANCE_PORT are missing.'],
  ['no address for SRV', ['SRV'], { AWS_INSTANCE_PORT: '80' }, 'At least one of AWS_INSTANCE_IPV4 AWS_INSTANCE_IPV6 is required.'],
  ['an alias among many', ['A'], { AWS_ALIAS_DNS_NAME: 'a.test' }, 'ALIAS instance can be registered only in services with WEIGHTED routing policy'],
  ['an instance of EC2 and a port', null, { AWS_EC2_INSTANCE_ID: 'i-1', AWS_INSTANCE_PORT: '80' }, 'Invalid combination of attributes received. AWS_EC2_INSTANCE_ID is not supported with [AWS_INSTANCE_PORT].'],
  ['an instance of EC2 in DNS', ['A'], { AWS_EC2_INSTANCE_ID: 'i-1' }, 'AWS_EC2_INSTANCE_ID provided in namespace type DNS_PRIVATE. It is only supported in HTTP namespace'],
  ['an instance of EC2', null, { AWS_EC2_INSTANCE_ID: 'i-1' }, /not served/],
  ['a name of AWS\'s', null, { AWS_MY_ATTR: 'v' }, 'Invalid attribute: [AWS_MY_ATTR]. [aws_] prefix is reserved for AWS attributes.'],
  ['31 attributes', null, many(31), /^Too many attributes provided: \[k0, k1, .*, k30\]\. The current limit is 30$/],
  ['5,001 characters', null, { ...many(4, 'v'.repeat(998)), k4: 'v'.repeat(999) }, 'Instance attributes too large. Maximum allowed size of all attributes is 5000 characters.'],
  ['an unknown health', null, { AWS_INIT_HEALTH_STATUS: 'UNKNOWN' }, 'No enum constant com.amazon.route53.autonaming.model.InitHealthStatus.UNKNOWN'],
];
describe('an instance is refused with', () => {
  for (const [what, records, attributes, sentence] of INSTANCES) test(what, async () => void (await assert.rejects(register(records, attributes), refusal('InvalidInput', sentence))));
});

const A = { DnsRecords: [{ Type: 'A', TTL: 60 }] };
const SERVICES: readonly (readonly [what: string, input: object, sentence: string])[] = [
  ['no namespace', { NamespaceId: undefined }, 'Service namespace id cannot be null'],
  ['records in an HTTP namespace', { NamespaceId: http, DnsConfig: A }, "When you create a service using a namespace that has a type of HTTP, you can't include a DnsConfig element."],
  ['records of type HTTP', { Type: 'HTTP', DnsConfig: A }, "When you create a service with a type of HTTP, you can't include a DnsConfig element."],
  ['a name and an address', { DnsConfig: { RoutingPolicy: 'WEIGHTED', DnsRecords: [{ Type: 'CNAME', TTL: 60 }, { Type: 'A', TTL: 60 }] } }, 'DnsRecord Type CNAME cannot be combined with other types'],
  ['many names', { DnsConfig: { DnsRecords: [{ Type: 'CNAME', TTL: 60 }] } }, 'WEIGHTED routing policy must be used with DNS Record Type CNAME'],
  ['a record twice', { DnsConfig: { DnsRecords: [...A.DnsRecords, ...A.DnsRecords] } }, 'Duplicate resource record typeAin DNS config is not expected'],
];
describe('a service is refused with', () => {
  for (const [what, input, sentence] of SERVICES) test(what, async () => void (await assert.rejects(run('CreateService', { Name: 'refused', NamespaceId: dns, ...input }), refusal('InvalidInput', sentence))));
});

test('what lies at the bounds is taken, as Cloud Map was measured to take it', async () => {
  await register(null, many(30));
  await register(null, many(5, 'v'.repeat(998)));
  await register(['SRV'], { AWS_INSTANCE_PORT: '80', AWS_INSTANCE_IPV4: '10.0.0.1' });
  await register(['AAAA'], { AWS_INSTANCE_IPV6: '2001:db8::1' });
});
