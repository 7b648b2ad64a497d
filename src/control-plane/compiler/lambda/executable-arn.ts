import { unqualifiedArn } from '../../resources/lambda/index.ts';
import type { Maker } from '../units.ts';

/** ARN of the function, version or alias that is called; null where there is none. Whoever runs functions divides an alias's calls among its versions. */
export function executableArn(arn: string, maker: Maker): string | null {
  const unqualified = unqualifiedArn(arn);
  if (arn === unqualified) return maker.get('lambda/function', arn)?.id ?? null;
  const alias = maker.get('lambda/alias', arn);
  if (!alias) return maker.get('lambda/version', arn)?.id ?? null;
  const leadsTo = alias.functionVersion === '$LATEST' ? maker.get('lambda/function', unqualified) : maker.get('lambda/version', `${unqualified}:${alias.functionVersion}`);
  return leadsTo ? alias.id : null;
}
