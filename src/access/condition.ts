import { arnMatches, matchesGlob } from '../kernel/index.ts';
import { BlockList, isIP } from './net.ts';

/** What a request has for a condition key (lower case); undefined: it does not have it. */
export type ConditionKeys = (key: string) => string | readonly string[] | undefined;

type Test = (actual: string, wanted: string) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const TESTS: Readonly<Record<string, Test>> = {
  stringequals: (actual, wanted) => actual === wanted,
  stringequalsignorecase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  stringlike: (actual, wanted) => matchesGlob(wanted, actual),
  numericequals: (actual, wanted) => numbers(actual, wanted, (a, b) => a === b),
  numericlessthan: (actual, wanted) => numbers(actual, wanted, (a, b) => a < b),
  numericlessthanequals: (actual, wanted) => numbers(actual, wanted, (a, b) => a <= b),
  numericgreaterthan: (actual, wanted) => numbers(actual, wanted, (a, b) => a > b),
  numericgreaterthanequals: (actual, wanted) => numbers(actual, wanted, (a, b) => a >= b),
  dateequals: (actual, wanted) => dates(actual, wanted, (a, b) => a === b),
  datelessthan: (actual, wanted) => dates(actual, wanted, (a, b) => a < b),
  datelessthanequals: (actual, wanted) => dates(actual, wanted, (a, b) => a <= b),
  dategreaterthan: (actual, wanted) => dates(actual, wanted, (a, b) => a > b),
  dategreaterthanequals: (actual, wanted) => dates(actual, wanted, (a, b) => a >= b),
  bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  binaryequals: (actual, wanted) => actual === wanted,
  ipaddress: inBlock,
  arnequals: isLikeArn,
  arnlike: isLikeArn,
};

const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals', stringnotequalsignorecase: 'stringequalsignorecase', stringnotlike: 'stringlike', numericnotequals: 'numericequals', datenotequals: 'dateequals',
  notipaddress: 'ipaddress', arnnotequals: 'arnequals', arnnotlike: 'arnlike',
};

/** Whether one condition holds; undefined: its operator is none that there is. */
export function conditionHolds(operator: string, actual: string | readonly string[] | undefined, wanted: readonly string[]): boolean | undefined {
  let name = operator.toLowerCase();
  let of: 'any' | 'all' | null = null;
  if (name.startsWith('foranyvalue:')) {
    of = 'any';
    name = name.slice('foranyvalue:'.length);
  } else if (name.startsWith('forallvalues:')) {
    of = 'all';
    name = name.slice('forallvalues:'.length);
  }
  if (name === 'null') return wanted.some((value) => (value.toLowerCase() === 'true') === (actual === undefined));
  const ifExists = name.endsWith('ifexists');
  if (ifExists) name = name.slice(0, -'ifexists'.length);
  const negated = Object.hasOwn(NEGATED, name);
  const test = TESTS[negated ? NEGATED[name]! : name];
  if (test === undefined) return undefined;
  // a negated condition holds for a key that is not there
  if (actual === undefined) return ifExists || negated || of === 'all';
  const values = typeof actual === 'string' ? [actual] : actual;
  const matches = (value: string): boolean => wanted.some((one) => test(value, one)) !== negated;
  if (of === 'all') return values.every(matches);
  return of === null && negated ? values.every(matches) : values.some(matches);
}

function numbers(actual: string, wanted: string, compare: (a: number, b: number) => boolean): boolean {
  const a = Number(actual);
  const b = Number(wanted);
  return actual !== '' && wanted !== '' && !Number.isNaN(a) && !Number.isNaN(b) && compare(a, b);
}

/** ISO 8601, or seconds since the epoch. */
function dates(actual: string, wanted: string, compare: (a: number, b: number) => boolean): boolean {
  const a = instant(actual);
  const b = instant(wanted);
  return !Number.isNaN(a) && !Number.isNaN(b) && compare(a, b);
}

function instant(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inBlock(actual: string, wanted: string): boolean {
  const [address, length] = wanted.split('/');
  const family = isIP(address ?? '');
  if (family === 0 || isIP(actual) !== family) return false;
  const list = new BlockList();
  const bits = length === undefined ? (family === 4 ? 32 : 128) : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) return false;
  list.addSubnet(address!, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(actual, family === 4 ? 'ipv4' : 'ipv6');
}

/** `*` alone is every ARN. */
function isLikeArn(actual: string, wanted: string): boolean {
  return wanted === '*' || arnMatches(wanted, actual);
}
