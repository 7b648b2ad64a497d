import { AwsError, type Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { discoveryArn, type DiscoveryService, type DnsSettings } from '../../resources/servicediscovery/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { namespaceOf, serviceOf } from './lookup.ts';
import { done } from './operation.ts';
import { fits, page } from './page.ts';
import { tagged, type WireTag } from './tags.ts';

interface WireDns {
  readonly NamespaceId?: string;
  readonly RoutingPolicy?: string;
  readonly DnsRecords: readonly { readonly Type: string; readonly TTL: number }[];
}

interface NewService {
  readonly Name: string;
  readonly NamespaceId?: string;
  readonly CreatorRequestId?: string;
  readonly Description?: string;
  readonly DnsConfig?: WireDns;
  readonly HealthCheckCustomConfig?: { readonly FailureThreshold?: number };
  readonly Tags?: readonly WireTag[];
  readonly Type?: 'HTTP';
}

export function discoveryServiceOperations(environment: Environment) {
  const { store, clock, random } = environment;
  return {
    CreateService: (input: NewService, call: Call): Promise<object> =>
      store.transact((transaction) => {
        const namespaceId = input.NamespaceId ?? input.DnsConfig?.NamespaceId;
        if (namespaceId === undefined) throw new AwsError('InvalidInput', 'Service namespace id cannot be null');
        const namespace = namespaceOf(transaction, namespaceId, call);
        const twin = transaction.children('servicediscovery/service', namespace.id).find(({ name }) => name.toLowerCase() === input.Name.toLowerCase());
        if (twin) throw new AwsError('ServiceAlreadyExists', `A service named ${input.Name} already exists in the namespace.`, { members: { CreatorRequestId: twin.creatorRequestId ?? '', ServiceId: twin.id, ServiceArn: discoveryArn(twin, 'service', twin.id) } });
        const isHttp = namespace.type === 'HTTP' || input.Type === 'HTTP';
        if (isHttp && input.DnsConfig !== undefined) {
          throw new AwsError('InvalidInput', `When you create a service ${namespace.type === 'HTTP' ? 'using a namespace that has' : 'with'} a type of HTTP, you can't include a DnsConfig element.`);
        }
        if (!isHttp && input.DnsConfig === undefined) throw new AwsError('InvalidInput', 'DnsConfig must be specified for a service of a DNS namespace, or its Type must be HTTP.');
        const created: DiscoveryService = {
          id: `srv-${alphanumericId(random, 16)}`, account: call.account, region: call.region, parent: namespace.id, createdAt: clock.now(), name: input.Name, type: isHttp ? 'HTTP' : 'DNS_HTTP',
          description: input.Description ?? null, creatorRequestId: input.CreatorRequestId ?? null, dns: dnsOf(input.DnsConfig, null),
          customHealth: input.HealthCheckCustomConfig === undefined ? null : { failureThreshold: input.HealthCheckCustomConfig.FailureThreshold ?? null }, tags: tagged([], input.Tags),
        };
        transaction.put('servicediscovery/service', created);
        return { Service: shape(created, transaction) };
      }),

    GetService: async ({ Id: id }: { readonly Id: string }, call: Call): Promise<object> => ({ Service: shape(serviceOf(store.world, id, call), store.world) }),

    async ListServices(input: { readonly NextToken?: string; readonly MaxResults?: number; readonly Filters?: Parameters<typeof fits>[0] }, call: Call): Promise<object> {
      const found = store.world.list('servicediscovery/service', call).filter(({ parent, account }) => fits(input.Filters, { NAMESPACE_ID: parent ?? '', RESOURCE_OWNER: account === call.account ? 'SELF' : 'OTHER_ACCOUNTS' }));
      const { items, next } = page(found, input, 'services');
      return { Services: items.map((service) => shape(service, store.world)), ...next };
    },

    /** "If you omit any existing DnsRecords ... the configurations are deleted." */
    UpdateService: ({ Id: id, Service: { Description: description, DnsConfig: dns } }: { readonly Id: string; readonly Service: { readonly Description?: string; readonly DnsConfig?: WireDns } }, call: Call): Promise<object> =>
      store.transact((transaction) => {
        const service = serviceOf(transaction, id, call);
        transaction.put('servicediscovery/service', { ...service, description: description ?? null, dns: dnsOf(dns, service.dns) });
        return done(transaction, call, { environment, type: 'UPDATE_SERVICE', targets: { SERVICE: service.id } });
      }),

    DeleteService: ({ Id: id }: { readonly Id: string }, call: Call): Promise<object> =>
      store.transact((transaction) => {
        const service = serviceOf(transaction, id, call);
        if (transaction.children('servicediscovery/instance', service.id).length > 0) throw new AwsError('ResourceInUse', `Service ${service.id} has registered instances; deregister them first.`);
        transaction.delete('servicediscovery/service', service.id);
        return {};
      }),
  };
}

function dnsOf(dns: WireDns | undefined, before: DnsSettings | null): DnsSettings | null {
  if (dns === undefined) return null;
  const routingPolicy = dns.RoutingPolicy ?? before?.routingPolicy ?? 'MULTIVALUE';
  const types = dns.DnsRecords.map(({ Type: type }) => type);
  const twice = types.find((type, i) => types.indexOf(type) !== i);
  // The blanks are missing in AWS's sentence.
  if (twice !== undefined) throw new AwsError('InvalidInput', `Duplicate resource record type${twice}in DNS config is not expected`);
  if (types.includes('CNAME') && types.length > 1) throw new AwsError('InvalidInput', 'DnsRecord Type CNAME cannot be combined with other types');
  if (types.includes('CNAME') && routingPolicy !== 'WEIGHTED') throw new AwsError('InvalidInput', 'WEIGHTED routing policy must be used with DNS Record Type CNAME');
  return { routingPolicy, records: dns.DnsRecords.map(({ Type: type, TTL: ttl }) => ({ type, ttl })) };
}

function shape(service: DiscoveryService, world: World): object {
  const { id, account, parent, name, type, description, creatorRequestId, dns, customHealth, createdAt } = service;
  return {
    Id: id, Arn: discoveryArn(service, 'service', id), ResourceOwner: account, CreatedByAccount: account, Name: name, NamespaceId: parent, ...(description !== null && { Description: description }),
    InstanceCount: world.children('servicediscovery/instance', id).length, Type: type, CreateDate: new Date(createdAt), ...(creatorRequestId !== null && { CreatorRequestId: creatorRequestId }),
    ...(dns !== null && { DnsConfig: { NamespaceId: parent, RoutingPolicy: dns.routingPolicy, DnsRecords: dns.records.map((record) => ({ Type: record.type, TTL: record.ttl })) } }),
    ...(customHealth !== null && { HealthCheckCustomConfig: { ...(customHealth.failureThreshold !== null && { FailureThreshold: customHealth.failureThreshold }) } }),
  };
}
