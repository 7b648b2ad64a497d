import type { DiscoveryInstance } from './instance.ts';
import type { DiscoveryOperation } from './operation.ts';
import type { DiscoveryService } from './discovery-service.ts';
import type { Namespace } from './namespace.ts';

/** The nouns of Cloud Map, by kind. Each has a file of its own in this folder. */
export interface ServiceDiscoveryResources {
  'servicediscovery/namespace': Namespace;
  'servicediscovery/service': DiscoveryService;
  'servicediscovery/instance': DiscoveryInstance;
  'servicediscovery/operation': DiscoveryOperation;
}

export { discoveryArn } from './arn.ts';
export { discovered, type DiscoveryInstance } from './instance.ts';
export { type DiscoveryOperation } from './operation.ts';
export { type DiscoveryService, type DnsSettings } from './discovery-service.ts';
export { type Namespace } from './namespace.ts';
