import { AwsError, type Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { discoveryArn, type Namespace } from '../../resources/servicediscovery/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { namespaceOf } from './lookup.ts';
import { done } from './operation.ts';
import { fits, page } from './page.ts';
import { tagged, type WireTag } from './tags.ts';

interface NewNamespace {
  readonly Name: string;
  readonly CreatorRequestId?: string;
  readonly Description?: string;
  readonly Tags?: readonly WireTag[];
}

interface Change {
  readonly Id: string;
  readonly Namespace: { readonly Description?: string };
}

export function namespaceOperations(environment: Environment) {
  const { store, clock, random } = environment;
  const create = (input: NewNamespace, call: Call, type: Namespace['type']): Promise<object> =>
    store.transact((transaction) => {
      const { account, region } = call;
      const twin = transaction.list('servicediscovery/namespace', call).find(({ name }) => name.toLowerCase() === input.Name.toLowerCase());
      if (twin) throw new AwsError('NamespaceAlreadyExists', `A namespace named ${input.Name} already exists.`, { members: { CreatorRequestId: twin.creatorRequestId ?? '', NamespaceId: twin.id } });
      const id = `ns-${alphanumericId(random, 16)}`;
      transaction.put('servicediscovery/namespace', {
        id, account, region, parent: null, createdAt: clock.now(), name: input.Name, type, description: input.Description ?? null, creatorRequestId: input.CreatorRequestId ?? null,
        hostedZoneId: type === 'HTTP' ? null : `Z${alphanumericId(random, 20).toUpperCase()}`, tags: tagged([], input.Tags),
      });
      return done(transaction, call, { environment, type: 'CREATE_NAMESPACE', targets: { NAMESPACE: id } });
    });
  const update = ({ Id: id, Namespace: { Description: description } }: Change, call: Call, type: Namespace['type']): Promise<object> =>
    store.transact((transaction) => {
      const namespace = namespaceOf(transaction, id, call);
      if (namespace.type !== type) throw new AwsError('InvalidInput', `Namespace ${namespace.id} is of type ${namespace.type}.`);
      transaction.put('servicediscovery/namespace', { ...namespace, description: description ?? namespace.description });
      return done(transaction, call, { environment, type: 'UPDATE_NAMESPACE', targets: { NAMESPACE: namespace.id } });
    });
  return {
    CreateHttpNamespace: (input: NewNamespace, call: Call): Promise<object> => create(input, call, 'HTTP'),

    CreatePrivateDnsNamespace(input: NewNamespace & { readonly Vpc: string }, call: Call): Promise<object> {
      const vpc = store.world.get('ec2/vpc', input.Vpc);
      if (!vpc || vpc.account !== call.account) throw new AwsError('InvalidInput', `The VPC ${input.Vpc} in region ${call.region} has not been authorized to associate with the hosted zone.`);
      return create(input, call, 'DNS_PRIVATE');
    },

    UpdateHttpNamespace: (input: Change, call: Call): Promise<object> => update(input, call, 'HTTP'),
    UpdatePrivateDnsNamespace: (input: Change, call: Call): Promise<object> => update(input, call, 'DNS_PRIVATE'),

    DeleteNamespace: ({ Id: id }: { readonly Id: string }, call: Call): Promise<object> =>
      store.transact((transaction) => {
        const namespace = namespaceOf(transaction, id, call);
        if (transaction.children('servicediscovery/service', namespace.id).length > 0) throw new AwsError('ResourceInUse', `Namespace ${namespace.id} has associated services; delete them first.`);
        transaction.delete('servicediscovery/namespace', namespace.id);
        return done(transaction, call, { environment, type: 'DELETE_NAMESPACE', targets: { NAMESPACE: namespace.id } });
      }),

    GetNamespace: async ({ Id: id }: { readonly Id: string }, call: Call): Promise<object> => {
      const namespace = namespaceOf(store.world, id, call);
      return { Namespace: { ...shape(namespace, store.world), ...(namespace.creatorRequestId !== null && { CreatorRequestId: namespace.creatorRequestId }) } };
    },

    async ListNamespaces(input: { readonly NextToken?: string; readonly MaxResults?: number; readonly Filters?: Parameters<typeof fits>[0] }, call: Call): Promise<object> {
      const found = store.world.list('servicediscovery/namespace', call).filter(({ name, type, account }) => fits(input.Filters, { NAME: name, TYPE: type, HTTP_NAME: name, RESOURCE_OWNER: account === call.account ? 'SELF' : 'OTHER_ACCOUNTS' }));
      const { items, next } = page(found, input, 'namespaces');
      return { Namespaces: items.map((namespace) => shape(namespace, store.world)), ...next };
    },
  };
}

function shape(namespace: Namespace, world: World): object {
  const { id, account, name, type, description, hostedZoneId, createdAt } = namespace;
  return {
    Id: id, Arn: discoveryArn(namespace, 'namespace', id), ResourceOwner: account, Name: name, Type: type, ...(description !== null && { Description: description }), ServiceCount: world.children('servicediscovery/service', id).length,
    Properties: { DnsProperties: hostedZoneId === null ? { SOA: {} } : { HostedZoneId: hostedZoneId, SOA: { TTL: 15 } }, HttpProperties: { HttpName: name } }, CreateDate: new Date(createdAt),
  };
}
