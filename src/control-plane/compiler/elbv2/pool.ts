import { targetGroupLabel, type TargetGroup } from '../../resources/elbv2/index.ts';
import type { HttpPool, Pool } from '../../../snapshot/index.ts';
import { compileFunctionTarget } from '../lambda/target.ts';
import type { Maker } from '../units.ts';
import { numberOf, isOn } from './attribute.ts';
import { compileBalance } from './balance.ts';
import { compileEndpoint } from './endpoint.ts';
import { compileHealthCheck, compileVersion } from './health-check.ts';

/** The pool of a target group that some rule forwards to; null where there is no such group. `zones`: those of the balancers that use it. */
export function compilePool(arn: string, zones: ReadonlySet<string>, maker: Maker): Pool | null {
  const group = maker.get('elbv2/target-group', arn);
  if (!group) return null;
  const targets = maker.children('elbv2/target', group.id).filter((target) => target.drainingUntil === null || maker.isAhead(target.drainingUntil));
  switch (group.targetType) {
    case 'instance':
    case 'ip':
      return httpPool(group, targets.map((target) => compileEndpoint(target, group, { zones, maker })), { zones, maker });
    case 'alb':
      // Network Load Balancers alone forward to it.
      return null;
    case 'lambda': {
      // AWS allows one function a group; one that is being deregistered gets nothing new.
      const target = targets.findLast((each) => each.drainingUntil === null);
      return {
        kind: 'function',
        id: group.id,
        label: targetGroupLabel(group.id),
        ...compileFunctionTarget(target, group, maker),
        multiValueHeaders: isOn(group.attributes, 'lambda.multi_value_headers.enabled', false),
        health: group.healthCheck.enabled ? compileHealthCheck(group, maker) : null,
      };
    }
  }
}

function httpPool(group: TargetGroup, endpoints: HttpPool['endpoints'], { zones, maker }: { readonly zones: ReadonlySet<string>; readonly maker: Maker }): HttpPool {
  return {
    kind: 'http',
    id: group.id,
    label: targetGroupLabel(group.id),
    protocol: group.protocol === 'HTTPS' ? 'https' : 'http',
    version: compileVersion(group),
    endpoints,
    balance: compileBalance(group, zones),
    health: compileHealthCheck(group, maker),
    drainMs: numberOf(group.attributes, 'deregistration_delay.timeout_seconds', 300) * 1000,
  };
}

