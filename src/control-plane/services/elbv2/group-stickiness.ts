import { AwsError } from '../../../aws/index.ts';
import type { Action, ForwardAction, TargetGroup } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import { invalidConfiguration } from './error.ts';

/**
 * Sticky target groups among several: "you must enable stickiness at the target group level", and "application-based stickiness does not work with weighted target groups".
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions (the sentences are observed)
 */
export function refuseUnstuck({ TargetGroups: tuples, TargetGroupStickinessConfig: sticky }: ForwardAction['ForwardConfig'], groups: readonly TargetGroup[]): void {
  if (tuples.length < 2) return;
  const stuck = groups.filter(({ attributes }) => attributes['stickiness.enabled'] === 'true');
  if (stuck.some(({ attributes }) => attributes['stickiness.type'] === 'app_cookie')) {
    throw invalidAction("When configuring a rule with multiple target groups, none of them can have stickiness of type 'app_cookie' enabled.");
  }
  if (stuck.length > 0 && !sticky.Enabled) throw invalidAction('You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups');
}

/** The same for a group that is made sticky while rules forward to it. Of application-based stickiness there AWS's words are not known. */
export function checkGroupStickiness(world: World, group: string, byApplication: boolean): void {
  for (const listener of world.list('elbv2/listener')) {
    const default_ = { id: listener.id, actions: listener.defaultActions };
    for (const { id, actions } of [default_, ...world.children('elbv2/rule', listener.id)]) {
      for (const { TargetGroups: tuples, TargetGroupStickinessConfig: sticky } of actions.flatMap(forwards)) {
        if (tuples.length < 2 || !tuples.some(({ TargetGroupArn }) => TargetGroupArn === group)) continue;
        if (byApplication) throw invalidConfiguration("When configuring a rule with multiple target groups, none of them can have stickiness of type 'app_cookie' enabled.");
        if (!sticky.Enabled) throw invalidConfiguration(`This target group appears behind a rule with group stickiness disabled (${id}). You must enable group stickiness before enabling target stickiness`);
      }
    }
  }
}

function forwards(action: Action): readonly ForwardAction['ForwardConfig'][] {
  return action.Type === 'forward' ? [action.ForwardConfig] : [];
}

function invalidAction(message: string): AwsError {
  return new AwsError('InvalidLoadBalancerAction', message);
}
