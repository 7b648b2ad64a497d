import type { RewriteConfig, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Pattern, PatternError } from '../../../kernel/index.ts';
import type { Transform } from '../../resources/elbv2/index.ts';
import { validationError } from './error.ts';

/** Transforms of rules: from the wire to the noun, checked, and back. */

const CONFIG = { 'host-header-rewrite': 'HostHeaderRewriteConfig', 'url-rewrite': 'UrlRewriteConfig' } as const;
const LONGEST = 1024;
/** AWS publishes no number: its limit on values of a condition. */
const MOST_REWRITES = 5;

/** "You can add one host header rewrite transform and one URL rewrite transform." */
export function transforms(given: readonly RuleTransform[] | undefined): readonly Transform[] {
  const result = (given ?? []).map(transform);
  for (const type of Object.keys(CONFIG)) {
    if (result.filter(({ Type }) => Type === type).length > 1) throw validationError(`A rule can only have one '${type}' transform`);
  }
  return result;
}

function transform(given: RuleTransform): Transform {
  const type = given.Type;
  if (type !== 'host-header-rewrite' && type !== 'url-rewrite') throw validationError(`Transform type '${type}' must be one of 'host-header-rewrite,url-rewrite'`);
  const other = type === 'url-rewrite' ? 'HostHeaderRewriteConfig' : 'UrlRewriteConfig';
  if (given[other] !== undefined) throw validationError(`'${other}' cannot be specified for transforms with type '${type}'`);
  const rewrites = given[CONFIG[type]]?.Rewrites ?? [];
  if (rewrites.length === 0) throw validationError(`A '${CONFIG[type]}' with at least one rewrite must be specified for transforms with type '${type}'`);
  if (rewrites.length > MOST_REWRITES) throw validationError(`A transform can only have '${MOST_REWRITES}' rewrites`);
  return { Type: type, Rewrites: rewrites.map((each) => rewrite(each, type)) };
}

function rewrite({ Regex: regex, Replace: replace }: RewriteConfig, type: Transform['Type']): Transform['Rewrites'][number] {
  if (regex === undefined || regex === '') throw validationError("A 'Regex' must be specified in a rewrite");
  if (replace === undefined) throw validationError("A 'Replace' must be specified in a rewrite");
  for (const [name, text] of [['Regex', regex], ['Replace', replace]] as const) {
    if (text.length > LONGEST) throw validationError(`The '${name}' value is too long; the limit is '${LONGEST}'`);
    if (!/^[\x20-\x7e]*$/.test(text)) throw validationError(`The '${name}' value '${text}' contains a character that is not valid`);
  }
  try {
    void new Pattern(regex, { fold: type === 'host-header-rewrite', captures: true });
  } catch (error) {
    if (error instanceof PatternError) throw validationError(`The 'Regex' value '${regex}' is not a valid regular expression: ${error.message}`);
    throw error;
  }
  return { Regex: regex, Replace: replace };
}

export function transformShape({ Type, Rewrites }: Transform): RuleTransform {
  return { Type, [CONFIG[Type]]: { Rewrites: Rewrites.map((each) => ({ ...each })) } };
}
