import { executableFunction, unqualifiedArn } from '../../resources/lambda/index.ts';
import type { LambdaFunction, Pool } from '../../../snapshot/index.ts';
import type { Maker, Round } from '../units.ts';
import type { World } from '../world.ts';

/** Every function and every published version, because each can be invoked by name at any time, and what pools invoke. */
export function compileFunctions(world: World, pools: readonly Pool[], round: Round): readonly LambdaFunction[] {
  const arns = new Set([...world.list('lambda/function'), ...world.list('lambda/version')].map(({ id }) => id));
  for (const pool of pools) if (pool.kind === 'function' && pool.functionArn !== null && pool.refused === null) arns.add(pool.functionArn);
  return [...arns].map((arn) => round.unit(`function ${arn}`, (maker) => compileFunction(arn, maker))).filter((one) => one !== null);
}

/** A version runs with the reserved concurrency of its function, which all its versions share. */
function compileFunction(arn: string, maker: Maker): LambdaFunction | null {
  const owner = maker.get('lambda/function', unqualifiedArn(arn));
  const configuration = owner?.id === arn ? owner : maker.get('lambda/version', arn);
  return configuration ? executableFunction(configuration, owner?.reservedConcurrency ?? null) : null;
}
