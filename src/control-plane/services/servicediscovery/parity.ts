import type { ParityNote } from '../elbv2/index.ts';
import { memberParity } from '../members.ts';
import { SERVICE_DISCOVERY_MEMBERS } from './members.ts';

export const serviceDiscoveryParity: readonly ParityNote[] = [
  ...memberParity(SERVICE_DISCOVERY_MEMBERS),
  { setting: 'CreateService DnsConfig', state: 'kept', why: 'Answered; no DNS is served.' },
  { setting: 'Operations', state: 'different', why: 'What is asked for is done at once: GetOperation says SUCCESS. The newest hundred are known.' },
  { setting: 'Instance AWS_EC2_INSTANCE_ID, AWS_ALIAS_DNS_NAME', state: 'refused', why: 'Instances are registered by AWS_INSTANCE_IPV4 or AWS_INSTANCE_CNAME.' },
];
