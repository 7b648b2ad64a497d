import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { discoveryServiceOperations } from './discovery-service.ts';
import { instanceOperations } from './instance.ts';
import { refusedMember, SERVICE_DISCOVERY_MEMBERS } from './members.ts';
import { namespaceOperations } from './namespace.ts';
import { operationOperations } from './operation.ts';
import { tagOperations } from './tags.ts';

const PUBLIC = 'Public namespaces are records of Route 53, which is not served: use CreateHttpNamespace or CreatePrivateDnsNamespace.';
const ATTRIBUTES = 'Attributes of services are not served: attributes of instances are.';

/** Cloud Map, as far as private integrations of HTTP APIs need it. */
export function serviceDiscoveryService(environment: Environment): Service {
  return {
    name: 'servicediscovery',
    operations: refusing(
      { ...namespaceOperations(environment), ...discoveryServiceOperations(environment), ...instanceOperations(environment), ...operationOperations(environment), ...tagOperations(environment) },
      SERVICE_DISCOVERY_MEMBERS,
      refusedMember,
    ),
    refusals: {
      CreatePublicDnsNamespace: PUBLIC,
      UpdatePublicDnsNamespace: PUBLIC,
      GetServiceAttributes: ATTRIBUTES,
      UpdateServiceAttributes: ATTRIBUTES,
      DeleteServiceAttributes: ATTRIBUTES,
      DiscoverInstancesRevision: 'Call DiscoverInstances, which tells the revision too.',
      ListOperations: 'Operations are done at once: call GetOperation with the id that was answered.',
    },
  };
}
