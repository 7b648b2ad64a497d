import { memberParity } from '../members.ts';
import { STICKINESS_REFUSAL } from './action.ts';
import type { Attribute } from './attribute.ts';
import { CAPACITY_REFUSAL } from './capacity.ts';
import { LISTENER_ATTRIBUTES } from './listener-attribute.ts';
import { MUTUAL_AUTHENTICATION_REFUSAL } from './listener.ts';
import { LOAD_BALANCER_ATTRIBUTES } from './load-balancer-attribute.ts';
import { TYPE_REFUSALS } from './load-balancer.ts';
import { ELBV2_MEMBERS } from './members.ts';
import { ADDRESS_ATTRIBUTES, FUNCTION_ATTRIBUTES } from './target-group-attribute.ts';
import { TARGET_GROUP_REFUSALS } from './target-group.ts';

/** What differs from AWS, as data: `turnpike parity` prints it. */
export interface ParityNote {
  /** Where: `LoadBalancer attribute waf.fail_open.enabled`. */
  readonly setting: string;
  /** Kept and answered but without effect; or refused. */
  readonly state: 'kept' | 'refused' | 'different';
  readonly why: string;
}

function notes(noun: string, table: readonly Attribute[]): readonly ParityNote[] {
  return table.flatMap(({ key, effect }): ParityNote[] => {
    const setting = `${noun} attribute ${key}`;
    switch (effect.kind) {
      case 'executed':
        return [];
      case 'kept':
        return [{ setting, state: 'kept', why: effect.why }];
      case 'refused':
        return [{ setting: `${setting} other than ${effect.allowed.map((value) => `'${value}'`).join(', ')}`, state: 'refused', why: effect.why }];
    }
  });
}

export const elbv2Parity: readonly ParityNote[] = [
  ...memberParity(ELBV2_MEMBERS),
  ...Object.entries(TYPE_REFUSALS).map(([type, why]): ParityNote => ({ setting: `LoadBalancer Type ${type}`, state: 'refused', why })),
  ...notes('LoadBalancer', LOAD_BALANCER_ATTRIBUTES),
  ...notes('Listener', LISTENER_ATTRIBUTES),
  ...notes('TargetGroup (instance, ip)', ADDRESS_ATTRIBUTES),
  ...notes('TargetGroup (lambda)', FUNCTION_ATTRIBUTES),
  { setting: 'Listener MutualAuthentication Mode passthrough, verify', state: 'refused', why: MUTUAL_AUTHENTICATION_REFUSAL },
  {
    setting: 'Action Type jwt-validation', state: 'different',
    why: 'Chosen where AWS is silent: a claim with format string-array or space-separated-values must have every configured value and may have more; nbf and iat may lie 10 seconds ahead, exp has no leeway; a token without kid is verified where the key set has exactly one RSA key; keys are used for two hours when their endpoint is down.',
  },
  { setting: 'ForwardConfig TargetGroupStickinessConfig Enabled true', state: 'refused', why: STICKINESS_REFUSAL },
  {
    setting: 'Rule Transforms', state: 'different',
    why: 'Chosen where AWS is silent: a url-rewrite sees path and query; a host-header-rewrite sees the host without its port, which is kept; the first match is replaced; up to five rewrites are applied in order; redirects and fixed responses are not rewritten.',
  },
  {
    setting: 'Rule Conditions RegexValues', state: 'different',
    why: 'A path-pattern is compared with the path without its query, hosts and headers without case. Beside what AWS leaves out, captured groups of transforms cannot be repeated more than 16 times.',
  },
  { setting: 'TargetGroup TargetType alb', state: 'refused', why: TARGET_GROUP_REFUSALS.alb },
  { setting: 'TargetGroup Protocol TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC, GENEVE', state: 'refused', why: `It ${TARGET_GROUP_REFUSALS.protocol}` },
  { setting: 'TargetGroup IpAddressType ipv6 with TargetType instance', state: 'refused', why: TARGET_GROUP_REFUSALS.ipv6 },
  { setting: 'TargetGroup TargetControlPort', state: 'refused', why: TARGET_GROUP_REFUSALS.optimizer },
  { setting: 'LoadBalancer MinimumLoadBalancerCapacity', state: 'refused', why: CAPACITY_REFUSAL },
  { setting: 'LoadBalancer State', state: 'different', why: 'A new balancer is active at once: nothing has to be provisioned.' },
  { setting: 'LoadBalancer Scheme internet-facing', state: 'different', why: 'The VPC needs no internet gateway: traffic does not pass through the VPC.' },
  { setting: 'LoadBalancer SecurityGroups', state: 'kept', why: 'Checked and answered; their rules do not filter traffic.' },
  { setting: 'LoadBalancer IpAddressType dualstack, dualstack-without-public-ipv4', state: 'kept', why: 'Listeners bind the addresses of the installation whatever the type says.' },
  { setting: 'LoadBalancer access_logs.s3.bucket', state: 'different', why: 'The bucket is a folder of the installation; neither its existence nor its policy is checked.' },
  { setting: 'TargetGroup targets of type ip', state: 'different', why: 'Loopback addresses are accepted beside private ones; the VPC\'s blocks are not enforced.' },
];

const TRUST_STORES = 'Trust stores belong to mutual authentication, which is not served yet.';

/** Operations of the model that are not served, each with the sentence that the client gets. */
export const OPERATION_REFUSALS: Readonly<Record<string, string>> = {
  AddTrustStoreRevocations: TRUST_STORES,
  CreateTrustStore: TRUST_STORES,
  DeleteSharedTrustStoreAssociation: TRUST_STORES,
  DeleteTrustStore: TRUST_STORES,
  DescribeTrustStoreAssociations: TRUST_STORES,
  DescribeTrustStoreRevocations: TRUST_STORES,
  DescribeTrustStores: TRUST_STORES,
  GetTrustStoreCaCertificatesBundle: TRUST_STORES,
  GetTrustStoreRevocationContent: TRUST_STORES,
  ModifyTrustStore: TRUST_STORES,
  RemoveTrustStoreRevocations: TRUST_STORES,
  ModifyIpPools: 'IPAM pools are not served: addresses come from the installation.',
};
