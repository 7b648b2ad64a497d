import { targetGroupsOf, type TargetGroup } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';

/** The load balancers that use a target group in a listener or a rule. AWS allows one. */
export function loadBalancersOf(world: World, group: string): readonly string[] {
  const arns = new Set<string>();
  for (const listener of world.list('elbv2/listener')) {
    if (listener.parent === null || arns.has(listener.parent)) continue;
    if (targetGroupsOf(listener.defaultActions).includes(group)) arns.add(listener.parent);
    else if (world.children('elbv2/rule', listener.id).some((rule) => targetGroupsOf(rule.actions).includes(group))) arns.add(listener.parent);
  }
  return [...arns];
}

/** The target groups that a load balancer uses. */
export function targetGroupsUsedBy(world: World, balancer: string): ReadonlySet<string> {
  const arns = new Set<string>();
  for (const listener of world.children('elbv2/listener', balancer)) {
    for (const arn of targetGroupsOf(listener.defaultActions)) arns.add(arn);
    for (const rule of world.children('elbv2/rule', listener.id)) for (const arn of targetGroupsOf(rule.actions)) arns.add(arn);
  }
  return arns;
}

/** For each target group in use, its load balancers: one pass over the world, for answers that list many groups. */
export function usage(world: World): ReadonlyMap<string, readonly string[]> {
  const byGroup = new Map<string, Set<string>>();
  const note = (group: string, balancer: string): void => {
    const set = byGroup.get(group);
    if (set) set.add(balancer);
    else byGroup.set(group, new Set([balancer]));
  };
  for (const listener of world.list('elbv2/listener')) {
    if (listener.parent === null) continue;
    for (const group of targetGroupsOf(listener.defaultActions)) note(group, listener.parent);
    for (const rule of world.children('elbv2/rule', listener.id)) for (const group of targetGroupsOf(rule.actions)) note(group, listener.parent);
  }
  return new Map([...byGroup].map(([group, balancers]) => [group, [...balancers]]));
}

export function isUsed(world: World, group: TargetGroup): boolean {
  return loadBalancersOf(world, group.id).length > 0;
}
