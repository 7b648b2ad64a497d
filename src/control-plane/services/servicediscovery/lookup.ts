import { AwsError, type Call } from '../../../aws/index.ts';
import type { DiscoveryInstance, DiscoveryService, Namespace } from '../../resources/servicediscovery/index.ts';
import type { World } from '../../store/index.ts';

/** Ids may be given as ARNs. */
function bare(id: string | undefined): string {
  return (id ?? '').slice((id ?? '').lastIndexOf('/') + 1);
}

function isTheirs(found: { readonly account: string; readonly region: string }, call: Call): boolean {
  return found.account === call.account && found.region === call.region;
}

export function namespaceOf(world: World, id: string | undefined, call: Call): Namespace {
  const found = world.get('servicediscovery/namespace', bare(id));
  if (!found || !isTheirs(found, call)) throw new AwsError('NamespaceNotFound', `Namespace ${bare(id)} not found.`);
  return found;
}

export function serviceOf(world: World, id: string | undefined, call: Call): DiscoveryService {
  const found = world.get('servicediscovery/service', bare(id));
  if (!found || !isTheirs(found, call)) throw new AwsError('ServiceNotFound', `Service ${bare(id)} not found.`);
  return found;
}

export function instanceOf(world: World, service: DiscoveryService, instanceId: string | undefined): DiscoveryInstance {
  const found = world.get('servicediscovery/instance', `${service.id}/${instanceId ?? ''}`);
  if (!found) throw new AwsError('InstanceNotFound', `Instance ${instanceId ?? ''} not found.`);
  return found;
}
