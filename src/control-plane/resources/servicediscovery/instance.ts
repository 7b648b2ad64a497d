import type { Resource } from '../resource.ts';

/** `id` is `SERVICE/INSTANCE`; `parent` is the service's id. */
export interface DiscoveryInstance extends Resource {
  readonly instanceId: string;
  readonly creatorRequestId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly health: 'HEALTHY' | 'UNHEALTHY';
}

/** Those of a service that have all of these attributes, the healthy ones or else all: what DiscoverInstances finds by default, and an API's private integration. */
export function discovered(instances: readonly DiscoveryInstance[], attributes: Readonly<Record<string, string>>): readonly DiscoveryInstance[] {
  const fitting = instances.filter((instance) => Object.entries(attributes).every(([name, value]) => instance.attributes[name] === value));
  const healthy = fitting.filter(({ health }) => health === 'HEALTHY');
  return healthy.length > 0 ? healthy : fitting;
}
