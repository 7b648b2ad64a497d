import type { SeededWorld } from './seeded-world.ts';

/** Calls an operation of Cloud Map; what it answers is what the next one needs. */
// oxlint-disable-next-line typescript/no-explicit-any
type Make = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<any>;

/** A namespace of each kind, each with a service, and an instance. */
export async function seededDiscovery(make: Make, vpc: string): Promise<Pick<SeededWorld, 'examples' | 'particular'>> {
  const namespace = async (operation: string, input: object): Promise<string> => {
    const { OperationId } = await make(operation, { ...input });
    return (await make('GetOperation', { OperationId })).Operation.Targets.NAMESPACE as string;
  };
  const web = await namespace('CreateHttpNamespace', { Name: 'web' });
  const own = await namespace('CreatePrivateDnsNamespace', { Name: 'own.test', Vpc: vpc });
  const empty = await namespace('CreateHttpNamespace', { Name: 'empty' });
  const ARECORD = { DnsRecords: [{ Type: 'A', TTL: 10 }] };
  const named = (await make('CreateService', { Name: 'named', NamespaceId: own, DnsConfig: ARECORD, HealthCheckCustomConfig: {} })).Service as { readonly Id: string; readonly Arn: string };
  const loose = (await make('CreateService', { Name: 'loose', NamespaceId: web })).Service.Id as string;
  const { OperationId } = await make('RegisterInstance', { ServiceId: named.Id, InstanceId: 'one', Attributes: { AWS_INSTANCE_IPV4: '10.0.0.1' } });
  const FILTERS = { Filters: [{ Name: 'TYPE', Values: ['HTTP'], Condition: 'EQ' }] };
  return {
    particular: {
      'servicediscovery:*': {
        Vpc: vpc, NamespaceId: own, ServiceId: named.Id, InstanceId: 'one', NamespaceName: 'own.test', ServiceName: 'named', OperationId, ResourceARN: named.Arn, Name: 'new.test', DnsConfig: ARECORD, Instances: ['one'], Status: 'HEALTHY',
        Attributes: { AWS_INSTANCE_IPV4: '10.0.0.2' }, NextToken: undefined, MaxResults: 5, Id: named.Id, OwnerAccount: '000000000000',
      },
      ...Object.fromEntries(['GetNamespace', 'UpdatePrivateDnsNamespace'].map((operation) => [`servicediscovery:${operation}`, { Id: own }])),
      'servicediscovery:CreateService': { NamespaceId: own, DnsConfig: ARECORD },
      'servicediscovery:UpdateHttpNamespace': { Id: web }, 'servicediscovery:DeleteNamespace': { Id: empty }, 'servicediscovery:DeleteService': { Id: loose },
    },
    examples: {
      'servicediscovery:ListNamespaces': [FILTERS],
      'servicediscovery:ListServices': [{ Filters: [{ Name: 'NAMESPACE_ID', Values: [own], Condition: 'EQ' }] }],
      'servicediscovery:CreateService': [{ Type: 'HTTP', DnsConfig: undefined }, { NamespaceId: undefined, DnsConfig: { ...ARECORD, NamespaceId: own } }],
    },
  };
}
