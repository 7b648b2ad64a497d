import { AwsError, type Call } from '../../../aws/index.ts';
import type { Listener, Target, TargetGroup } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import { loadBalancerNotFound, validationError } from './error.ts';
import * as lookup from './lookup.ts';

/** Application Load Balancers as targets: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html */

interface Asked {
  readonly world: World;
  readonly group: TargetGroup;
  readonly call: Call;
  /** What the group has already. */
  readonly registered: readonly Target[];
}

/** A group holds one load balancer, of its account and VPC, that listens on the port. Two of the sentences are observed. */
export function checkBalancer(keys: readonly { readonly targetId: string; readonly port: number | null }[], { world, group, call, registered }: Asked): void {
  if (keys.length > 1) throw validationError(`Up to '1' Application Load Balancer target(s) can be registered, but '${keys.length}' were specified`);
  for (const { targetId: arn, port } of keys) {
    const balancer = lookup.find(world, 'elbv2/load-balancer', { arn, call });
    if (!balancer) throw loadBalancerNotFound(arn);
    if (balancer.vpcId !== group.vpcId) throw new AwsError('InvalidTarget', `The following targets are not in the target group VPC '${group.vpcId}': '${arn}'`);
    if (!world.children('elbv2/listener', arn).some((listener) => listener.port === port)) {
      throw validationError('If the target type is ALB, the target must have at least one listener that matches the target group port or any specified port overrides');
    }
  }
  if (new Set([...registered, ...keys].map(({ targetId, port }) => `${targetId} ${port}`)).size > 1) {
    throw new AwsError('TooManyTargets', `The maximum number of targets has been reached on target group '${group.id}': a target group with target type 'alb' has one target`);
  }
}

/** The ports on which a load balancer is a target. */
export function registeredPorts(world: World, balancer: string): ReadonlySet<number | null> {
  return new Set(world.list('elbv2/target').flatMap(({ targetId, port }) => (targetId === balancer ? [port] : [])));
}

/** Throws where the port of a listener is one on which its load balancer is a target. */
export function checkPortIsFree(world: World, { parent, port }: Listener): void {
  if (parent === null || !registeredPorts(world, parent).has(port)) return;
  // observed
  throw new AwsError('ResourceInUse', `Listener port '${port}' is in use by registered target '${parent}' and cannot be removed.`);
}
