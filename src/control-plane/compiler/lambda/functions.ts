import { aliasShare, executableFunction, provisionedConcurrencyId, unqualifiedArn } from '../../resources/lambda/index.ts';
import type { LambdaFunction } from '../../../snapshot/index.ts';
import type { Maker, Round } from '../units.ts';
import type { World } from '../world.ts';

/** Every function and every published version, because each can be invoked by name at any time. */
export function compileFunctions(world: World, round: Round): readonly LambdaFunction[] {
  const arns = new Set([...world.list('lambda/function'), ...world.list('lambda/version')].map(({ id }) => id));
  return [...arns].map((arn) => round.unit(`function ${arn}`, (maker) => compileFunction(arn, maker))).filter((one) => one !== null);
}

/** A version runs with the reserved concurrency of its function, which all its versions share. What is provisioned for an alias is provisioned for its version. */
function compileFunction(arn: string, maker: Maker): LambdaFunction | null {
  const owner = maker.get('lambda/function', unqualifiedArn(arn));
  const configuration = owner?.id === arn ? owner : maker.get('lambda/version', arn);
  if (!owner || !configuration) return null;
  const aliases: Record<string, number> = {};
  let provisioned = maker.get('lambda/provisioned-concurrency', provisionedConcurrencyId(arn))?.requested ?? 0;
  for (const alias of maker.children('lambda/alias', owner.id)) {
    const share = aliasShare(alias, configuration.version);
    if (share > 0) aliases[alias.id] = share;
    if (alias.functionVersion === configuration.version) provisioned += maker.get('lambda/provisioned-concurrency', provisionedConcurrencyId(alias.id))?.requested ?? 0;
  }
  return executableFunction(configuration, { reservedConcurrency: owner.reservedConcurrency, provisioned, aliases });
}
