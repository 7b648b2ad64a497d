import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { accountLimitOperations } from './account-limit.ts';
import { capacityOperations } from './capacity.ts';
import { draining } from './draining.ts';
import { listenerAttributeOperations } from './listener-attribute.ts';
import { listenerCertificateOperations } from './listener-certificate.ts';
import { listenerOperations } from './listener.ts';
import { loadBalancerAttributeOperations } from './load-balancer-attribute.ts';
import { loadBalancerSettingsOperations } from './load-balancer-settings.ts';
import { loadBalancerOperations } from './load-balancer.ts';
import { ELBV2_MEMBERS, refusedMember } from './members.ts';
import { OPERATION_REFUSALS } from './parity.ts';
import { resourcePolicyOperations } from './resource-policy.ts';
import { ruleOperations } from './rule.ts';
import { sslPolicyOperations } from './ssl-policy.ts';
import { tagOperations } from './tag.ts';
import { targetGroupAttributeOperations } from './target-group-attribute.ts';
import { targetGroupOperations } from './target-group.ts';
import { targetHealthOperations } from './target-health.ts';
import { targetOperations } from './target.ts';
import { trustStoreRevocationOperations } from './trust-store-revocation.ts';
import { trustStoreOperations } from './trust-store.ts';

/** Elastic Load Balancing v2: what every operation of the model does, or why it is refused. */
export function elbv2Service(environment: Environment): Service {
  return {
    name: 'elbv2',
    operations: refusing(
      {
        ...loadBalancerOperations(environment),
        ...loadBalancerSettingsOperations(environment),
        ...loadBalancerAttributeOperations(environment),
        ...listenerOperations(environment),
        ...listenerAttributeOperations(environment),
        ...listenerCertificateOperations(environment),
        ...ruleOperations(environment),
        ...targetGroupOperations(environment),
        ...targetGroupAttributeOperations(environment),
        ...targetOperations(environment, draining(environment)),
        ...targetHealthOperations(environment),
        ...tagOperations(environment),
        ...sslPolicyOperations,
        ...accountLimitOperations(environment),
        ...capacityOperations(environment),
        ...resourcePolicyOperations(environment),
        ...trustStoreOperations(environment),
        ...trustStoreRevocationOperations(environment),
      },
      ELBV2_MEMBERS,
      refusedMember,
    ),
    refusals: OPERATION_REFUSALS,
  };
}
