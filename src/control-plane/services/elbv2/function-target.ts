import { AwsError } from '../../../aws/index.ts';
import type { TargetGroup } from '../../resources/elbv2/index.ts';
import { isInvocationAllowed, parseFunctionName } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import { validationError } from './error.ts';

/** Elastic Load Balancing as functions' policies name it. */
const PRINCIPAL = 'elasticloadbalancing.amazonaws.com';

interface Asked {
  readonly world: World;
  readonly group: TargetGroup;
  /** Functions that the group has already. */
  readonly registered: readonly string[];
}

/** A group holds one function, which must exist in the region and let Elastic Load Balancing invoke it. */
export function checkFunction(ids: readonly string[], { world, group, registered }: Asked): void {
  // observed
  if (ids.length > 1) throw validationError(`Up to '1' Lambda function target(s) can be registered, but '${ids.length}' were specified`);
  const [arn] = ids;
  if (arn === undefined) return;
  const named = arn.startsWith('arn:') ? parseFunctionName(arn, group) : null;
  if (!named) throw validationError(`'${arn}' is not a valid function ARN`);
  if (named.region !== group.region) throw new AwsError('InvalidTarget', `The following targets are not in the region '${group.region}': '${arn}'`);
  if (!exists(world, named)) throw new AwsError('InvalidTarget', `The following targets do not exist: '${arn}'`);
  // AWS: "you can register only one Lambda function per target group".
  if (registered.some((other) => other !== arn)) {
    throw new AwsError('TooManyTargets', `The maximum number of targets has been reached on target group '${group.id}': a target group with target type 'lambda' has one target`);
  }
  if (!isInvocationAllowed(world, arn, { service: PRINCIPAL, sourceArn: group.id, sourceAccount: group.account })) {
    throw new AwsError('AccessDenied', `elasticloadbalancing principal does not have permission to invoke ${arn} from target group ${group.id}`, { status: 403 });
  }
}

function exists(world: World, { arn, qualifier }: { readonly arn: string; readonly qualifier: string | null }): boolean {
  if (world.get('lambda/function', arn) === undefined) return false;
  if (qualifier === null || qualifier === '$LATEST') return true;
  return world.get('lambda/version', `${arn}:${qualifier}`) !== undefined || world.get('lambda/alias', `${arn}:${qualifier}`) !== undefined;
}
