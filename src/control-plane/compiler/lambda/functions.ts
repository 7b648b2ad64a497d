import type { LambdaFunction } from '../../../snapshot/index.ts';
import type { Round } from '../units.ts';
import type { World } from '../world.ts';

export function compileFunctions(_world: World, _round: Round): readonly LambdaFunction[] {
  return [];
}
