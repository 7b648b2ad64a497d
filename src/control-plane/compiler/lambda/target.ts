import type { Target, TargetGroup } from '../../resources/elbv2/index.ts';
import type { FunctionPool } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

export function compileFunctionTarget(target: Target | undefined, _group: TargetGroup, _maker: Maker): Pick<FunctionPool, 'functionArn' | 'refused'> {
  return { functionArn: target?.targetId ?? null, refused: target ? 'unknown' : null };
}
