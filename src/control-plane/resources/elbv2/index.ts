/** The nouns of elbv2, by kind. Each has a file of its own in this folder. */
import type { Listener } from './listener.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { Rule } from './rule.ts';
import type { TargetGroup } from './target-group.ts';
import type { Target } from './target.ts';
import type { TrustStore, TrustStoreRevocation } from './trust-store.ts';

export { type AdditionalClaim, type AuthenticateCognitoAction, type AuthenticateOidcAction, type AuthenticateSettings, type JwtValidationAction } from './authentication-action.ts';
export { targetGroupsOf, type Action, type FixedResponseAction, type ForwardAction, type RedirectAction, type WeightedTargetGroup } from './action.ts';
export {
  listenerArn, listenerOfRule, loadBalancerArn, loadBalancerLabel, parseElbArn, partitionOf, ruleArn, targetGroupArn, targetGroupLabel, trustStoreArn,
  type ArnKind, type ElbArn, type LoadBalancerType,
} from './arn.ts';
export { valuesOf, wildcardsOf, type Condition, type ConditionField, type QueryStringPair } from './condition.ts';
export { type Listener } from './listener.ts';
export { canonicalHostedZoneId, freeAddress, loadBalancerDnsName, type CapacityReservation, type LoadBalancer, type Zone } from './load-balancer.ts';
export { type Rule, type Transform } from './rule.ts';
export {
  DEFAULT_SSL_POLICY, groupList, needsLegacySecurityLevel, servedCiphers, SSL_POLICIES, sslPolicy, type SslPolicy, type SslProtocol,
} from './ssl-policy.ts';
export { grpcMatcherRanges, matcherRanges, type CodeRange, type HealthCheckSettings, type TargetGroup, type TargetType } from './target-group.ts';
export { isGone, targetRowId, type Target } from './target.ts';
export { type MutualAuthentication, type ObjectLocation, type TrustStore, type TrustStoreRevocation } from './trust-store.ts';

export interface Elbv2Resources {
  'elbv2/load-balancer': LoadBalancer;
  'elbv2/listener': Listener;
  'elbv2/rule': Rule;
  'elbv2/target-group': TargetGroup;
  'elbv2/target': Target;
  'elbv2/trust-store': TrustStore;
  'elbv2/trust-store-revocation': TrustStoreRevocation;
}
