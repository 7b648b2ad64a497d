import type { Target, TargetGroup } from '../../resources/elbv2/index.ts';
import { isInvocationAllowed } from '../../resources/lambda/index.ts';
import type { FunctionPool } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { executableArn } from './executable-arn.ts';

/** How load balancers call functions: elasticloadbalancing/latest/application/lambda-functions.html */
const PRINCIPAL = 'elasticloadbalancing.amazonaws.com';

type Choice = Pick<FunctionPool, 'functionArn' | 'refused'>;

/** What a group invokes, a version or alias where the registration names one, or why it may not. */
export function compileFunctionTarget(target: Target | undefined, group: TargetGroup, maker: Maker): Choice {
  if (!target) return { functionArn: null, refused: null };
  const refuse = (refused: string, remedy: string): Choice => {
    maker.tell({ severity: 'error', resource: group.id, field: `Targets[${target.targetId}]`, message: `Requests are answered with 502: ${refused}. ${remedy}.` });
    return { functionArn: target.targetId, refused };
  };
  const arn = target.targetId.replace(/:\$LATEST$/, '');
  const executable = executableArn(arn, maker);
  if (executable === null) return refuse(`${target.targetId} does not exist`, 'Create it, or register another function');
  // Permissions are given on exactly what is invoked: one on the function does not cover its aliases.
  if (!isInvocationAllowed(maker, arn, { service: PRINCIPAL, sourceArn: group.id, sourceAccount: group.account })) {
    return refuse(`${arn} has no permission for ${PRINCIPAL} with source ${group.id}`, 'Add it with lambda AddPermission');
  }
  return { functionArn: executable, refused: null };
}
