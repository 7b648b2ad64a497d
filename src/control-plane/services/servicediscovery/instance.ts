import { AwsError, type Call } from '../../../aws/index.ts';
import { discovered, type DiscoveryInstance } from '../../resources/servicediscovery/index.ts';
import type { Environment } from '../environment.ts';
import { type Attributes, checkAttributes } from './instance-attributes.ts';
import { instanceOf, serviceOf } from './lookup.ts';
import { done } from './operation.ts';
import { page } from './page.ts';

interface Named {
  readonly ServiceId: string;
  readonly InstanceId: string;
}

interface Paged {
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

interface Sought {
  readonly NamespaceName: string;
  readonly ServiceName: string;
  readonly MaxResults?: number;
  readonly QueryParameters?: Attributes;
  readonly OptionalParameters?: Attributes;
  readonly HealthStatus?: 'HEALTHY' | 'UNHEALTHY' | 'ALL' | 'HEALTHY_OR_ELSE_ALL';
  readonly OwnerAccount?: string;
}

export function instanceOperations(environment: Environment) {
  const { store, clock } = environment;
  return {
    RegisterInstance: (input: Named & { readonly CreatorRequestId?: string; readonly Attributes: Attributes }, call: Call): Promise<object> =>
      store.transact((transaction) => {
        const service = serviceOf(transaction, input.ServiceId, call);
        checkAttributes(input.Attributes, { service, namespace: transaction.get('servicediscovery/namespace', service.parent!)!.type });
        const id = `${service.id}/${input.InstanceId}`;
        const before = transaction.get('servicediscovery/instance', id);
        const { AWS_INIT_HEALTH_STATUS: initial, ...attributes } = input.Attributes;
        if (initial !== undefined && service.customHealth === null) throw new AwsError('InvalidInput', 'AWS_INIT_HEALTH_STATUS can be specified for services with HealthCheckCustomConfig only.');
        transaction.put('servicediscovery/instance', {
          id, account: service.account, region: service.region, parent: service.id, createdAt: before?.createdAt ?? clock.now(), instanceId: input.InstanceId, creatorRequestId: input.CreatorRequestId ?? null, attributes,
          health: initial === undefined ? (before?.health ?? 'HEALTHY') : initial === 'UNHEALTHY' ? 'UNHEALTHY' : 'HEALTHY',
        });
        return done(transaction, call, { environment, type: 'REGISTER_INSTANCE', targets: { SERVICE: service.id, INSTANCE: input.InstanceId } });
      }),

    DeregisterInstance: (input: Named, call: Call): Promise<object> =>
      store.transact((transaction) => {
        const service = serviceOf(transaction, input.ServiceId, call);
        transaction.delete('servicediscovery/instance', instanceOf(transaction, service, input.InstanceId).id);
        return done(transaction, call, { environment, type: 'DEREGISTER_INSTANCE', targets: { SERVICE: service.id, INSTANCE: input.InstanceId } });
      }),

    async GetInstance(input: Named, call: Call): Promise<object> {
      const instance = instanceOf(store.world, serviceOf(store.world, input.ServiceId, call), input.InstanceId);
      return { ResourceOwner: instance.account, Instance: { ...shape(instance), ...(instance.creatorRequestId !== null && { CreatorRequestId: instance.creatorRequestId }) } };
    },

    async ListInstances(input: Paged & { readonly ServiceId: string }, call: Call): Promise<object> {
      const service = serviceOf(store.world, input.ServiceId, call);
      const { items, next } = page(store.world.children('servicediscovery/instance', service.id), input, `instances of ${service.id}`);
      return { ResourceOwner: service.account, Instances: items.map(shape), ...next };
    },

    async GetInstancesHealthStatus(input: Paged & { readonly ServiceId: string; readonly Instances?: readonly string[] }, call: Call): Promise<object> {
      const service = serviceOf(store.world, input.ServiceId, call);
      const asked = input.Instances ?? [];
      const { items, next } = page(asked.length > 0 ? asked.map((id) => instanceOf(store.world, service, id)) : store.world.children('servicediscovery/instance', service.id), input, `health of ${service.id}`);
      return { Status: Object.fromEntries(items.map(({ instanceId, health }) => [instanceId, service.customHealth === null ? 'UNKNOWN' : health])), ...next };
    },

    async UpdateInstanceCustomHealthStatus(input: Named & { readonly Status: DiscoveryInstance['health'] }, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const service = serviceOf(transaction, input.ServiceId, call);
        if (service.customHealth === null) throw new AwsError('CustomHealthNotFound', `Service ${service.id} has no HealthCheckCustomConfig.`);
        transaction.put('servicediscovery/instance', { ...instanceOf(transaction, service, input.InstanceId), health: input.Status });
      });
      return {};
    },

    async DiscoverInstances(input: Sought, call: Call): Promise<object> {
      const { world } = store;
      const namespace = world.list('servicediscovery/namespace', call).find(({ name, account }) => name.toLowerCase() === input.NamespaceName.toLowerCase() && (input.OwnerAccount ?? account) === account);
      if (!namespace) throw new AwsError('NamespaceNotFound', `Namespace ${input.NamespaceName} not found.`);
      const service = world.children('servicediscovery/service', namespace.id).find(({ name }) => name.toLowerCase() === input.ServiceName.toLowerCase());
      if (!service) throw new AwsError('ServiceNotFound', `Service ${input.ServiceName} not found.`);
      const { MaxResults: most = 100 } = input;
      const found = sought(world.children('servicediscovery/instance', service.id), input).slice(0, most);
      return {
        Instances: found.map(({ instanceId, health, attributes }) => ({ InstanceId: instanceId, NamespaceName: namespace.name, ServiceName: service.name, HealthStatus: service.customHealth === null ? 'UNKNOWN' : health, Attributes: { ...attributes } })),
        InstancesRevision: store.world.revision,
      };
    },
  };
}

/** "If no instances match the optional parameters, those that match the query parameters are returned." */
function sought(instances: readonly DiscoveryInstance[], { QueryParameters: query = {}, OptionalParameters: optional = {}, HealthStatus: health = 'HEALTHY_OR_ELSE_ALL' }: Sought): readonly DiscoveryInstance[] {
  const of = (attributes: Attributes): readonly DiscoveryInstance[] => {
    if (health === 'HEALTHY_OR_ELSE_ALL') return discovered(instances, attributes);
    return instances.filter((instance) => (health === 'ALL' || instance.health === health) && Object.entries(attributes).every(([name, value]) => instance.attributes[name] === value));
  };
  const preferred = of({ ...query, ...optional });
  return preferred.length > 0 ? preferred : of(query);
}

function shape({ instanceId, account, attributes }: DiscoveryInstance): object {
  return { Id: instanceId, Attributes: { ...attributes }, CreatedByAccount: account };
}
