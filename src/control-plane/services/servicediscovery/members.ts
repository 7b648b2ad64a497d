import { AwsError } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';

/** What the input of Cloud Map's operations may hold and is not executed. */
export const SERVICE_DISCOVERY_MEMBERS: readonly MemberNote[] = [
  { operations: ['CreateService'], members: ['HealthCheckConfig'], state: 'refused', why: 'Route 53 checks the health of instances in public namespaces only, which are not served: use HealthCheckCustomConfig.' },
  { operations: ['UpdateService'], members: ['Service.HealthCheckConfig'], state: 'refused', why: 'Route 53 checks the health of instances in public namespaces only, which are not served: use HealthCheckCustomConfig.' },
  { operations: ['CreatePrivateDnsNamespace'], members: ['Properties'], state: 'kept', why: 'No DNS is served: instances are found by DiscoverInstances and by private integrations of HTTP APIs.' },
  { operations: ['UpdatePrivateDnsNamespace'], members: ['Namespace.Properties'], state: 'kept', why: 'No DNS is served: instances are found by DiscoverInstances and by private integrations of HTTP APIs.' },
  { operations: ['UpdateHttpNamespace', 'UpdatePrivateDnsNamespace'], members: ['UpdaterRequestId'], state: 'covered', why: 'A change that is asked for twice is the same change.' },
];

export function refusedMember(member: string, why: string): AwsError {
  return new AwsError('InvalidInput', `${member} cannot be specified. ${why}`);
}
