import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import ipaddr from 'ipaddr.js';
import { Pattern, PatternError } from '../../../kernel/index.ts';
import { valuesOf, wildcardsOf, type Condition, type ConditionField, type QueryStringPair } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { validationError } from './error.ts';

/** Conditions of rules: from the wire to the noun, checked, and back. Some sentences are AWS's of 2020, since public suites quote them ("the limit is '128'"); it has others today. */

const FIELDS: readonly ConditionField[] = ['path-pattern', 'host-header', 'http-header', 'http-request-method', 'query-string', 'source-ip'];

const CONFIG = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
} as const;

/** AWS: "Each rule can also optionally include up to one of each of the following conditions"; http-header and query-string may be repeated. */
const ONCE: readonly ConditionField[] = ['host-header', 'path-pattern', 'http-request-method', 'source-ip'];

/** The conditions given; throws on what AWS refuses and on what cannot be executed. */
export function conditions(given: readonly RuleCondition[] | undefined, environment: Environment): readonly Condition[] {
  if (!given || given.length === 0) throw validationError('A condition must be specified');
  const result = given.map(condition);
  for (const field of ONCE) {
    if (result.filter((each) => each.Field === field).length > 1) throw validationError(`A rule can only have one '${field}' condition`);
  }
  const mostValues = quota(environment, 'condition-values-per-alb-rule');
  if (result.reduce((total, each) => total + valuesOf(each), 0) > mostValues) throw validationError(`A rule can only have '${mostValues}' condition values and regex values`);
  const mostWildcards = quota(environment, 'condition-wildcards-per-alb-rule');
  if (result.reduce((total, each) => total + wildcardsOf(each), 0) > mostWildcards) throw validationError(`A rule can only have '${mostWildcards}' condition wildcards`);
  return result;
}

function condition(given: RuleCondition): Condition {
  const field = given.Field;
  if (field === undefined || field === '') throw validationError('A condition field must be specified');
  if (!isField(field)) throw validationError(`Condition field '${field}' must be one of '[${FIELDS.join(',')}]'`);
  for (const other of FIELDS) {
    if (other !== field && given[CONFIG[other]] !== undefined) throw validationError(`The '${CONFIG[other]}' field is not compatible with '${field}'`);
  }
  const regexes = regexValues(given, field);
  if (regexes !== null) return regexes;
  switch (field) {
    case 'host-header':
      return { Field: field, Values: each(plainValues(given, 'host-header'), hostValue) };
    case 'path-pattern':
      return { Field: field, Values: each(plainValues(given, 'path-pattern'), pathValue) };
    case 'http-header': {
      const config = configOf(given, field);
      return { Field: field, HttpHeaderName: headerName(config.HttpHeaderName), Values: each(values(config, field), (value) => headerValue(value)) };
    }
    case 'http-request-method':
      return { Field: field, Values: each(values(configOf(given, field), field), methodValue) };
    case 'source-ip': {
      const config = configOf(given, field);
      if (config.IpAddressType !== undefined) throw validationError("'IpAddressType' is not supported in rules of load balancers with type 'application'");
      return { Field: field, Values: each(values(config, field), sourceValue) };
    }
    case 'query-string':
      return { Field: field, Values: each(values(configOf(given, field), field), pair) };
  }
}

function isField(text: string): text is ConditionField {
  return (FIELDS as readonly string[]).includes(text);
}

/** The two oldest fields take their values in `Values` too. */
function plainValues(given: RuleCondition, field: 'host-header' | 'path-pattern'): readonly string[] {
  const config = field === 'host-header' ? given.HostHeaderConfig : given.PathPatternConfig;
  const plain = given.Values ?? [];
  if (config && plain.length > 0) throw validationError(`You cannot provide both Values and '${CONFIG[field]}' for a condition of type '${field}'`);
  if (config) return values(config);
  if (plain.length === 0) throw validationError('A condition value must be specified');
  return plain;
}

function configOf<F extends 'http-header' | 'http-request-method' | 'query-string' | 'source-ip'>(given: RuleCondition, field: F) {
  if (given.Values && given.Values.length > 0) throw validationError(`The 'Values' field is not compatible with '${field}'`);
  const config = given[CONFIG[field]];
  if (config === undefined) throw validationError(`A '${CONFIG[field]}' must be specified with '${field}'`);
  return config;
}

/** A condition by regular expressions, which stand beside `Values` or in the configuration of the field; null where there are none. */
function regexValues(given: RuleCondition, field: ConditionField): Condition | null {
  const config = field === 'host-header' ? given.HostHeaderConfig : field === 'path-pattern' ? given.PathPatternConfig : field === 'http-header' ? given.HttpHeaderConfig : undefined;
  const beside = given.RegexValues ?? [];
  const inside = config?.RegexValues ?? [];
  if (beside.length === 0 && inside.length === 0) return null;
  if (field !== 'host-header' && field !== 'path-pattern' && field !== 'http-header') throw validationError(`'RegexValues' is not supported for a condition of type '${field}'`);
  if (beside.length > 0 && inside.length > 0) throw validationError(`You cannot provide both RegexValues and '${CONFIG[field]}.RegexValues' for a condition of type '${field}'`);
  if ((given.Values?.length ?? 0) > 0 || (config?.Values?.length ?? 0) > 0) {
    throw validationError(`You must provide exactly one of the following: ['Values' 'RegexValues'] for config of type '${CONFIG[field]}'`);
  }
  const RegexValues = (beside.length > 0 ? beside : inside).map((value) => regexValue(value, field));
  return field === 'http-header' ? { Field: field, HttpHeaderName: headerName(given.HttpHeaderConfig?.HttpHeaderName), RegexValues } : { Field: field, RegexValues };
}

function regexValue(value: string, field: ConditionField): string {
  bounded(value, field, 128);
  try {
    return new Pattern(value, { fold: field !== 'path-pattern', captures: false }).source;
  } catch (error) {
    if (error instanceof PatternError) throw validationError(`Condition value '${value}' is not a valid regular expression: ${error.message}`);
    throw error;
  }
}

/** `field`: of those that have no values beside their configuration; AWS names it then. */
function values<T>(config: { readonly Values?: T[] | undefined }, field?: ConditionField): readonly T[] {
  if (!config.Values || config.Values.length === 0) throw validationError(field === undefined ? 'A condition value must be specified' : `A '${field}' value must be specified`);
  return config.Values;
}

function each<T, R>(given: readonly T[], parse: (value: T) => R): readonly R[] {
  return given.map(parse);
}

function bounded(value: string, name: string, longest: number): string {
  if (value === '') throw validationError('A condition value cannot be empty');
  if (value.length > longest) throw validationError(`The '${name}' value is too long; the limit is '${longest}'`);
  return value;
}

function invalidCharacter(value: string): Error {
  return validationError(`Condition value '${value}' contains a character that is not valid`);
}

/** A-Z, a-z, 0-9, `-`, `.` and the wildcards; a dot, and only letters (or wildcards) after the last one. */
function hostValue(value: string): string {
  bounded(value, 'host-header', 128);
  if (!/^[A-Za-z0-9.*?-]+$/.test(value)) throw invalidCharacter(value);
  // Observed: a lone wildcard is accepted though the page asks for a dot.
  if (value !== '*' && !/\.[A-Za-z*?-]+$/.test(value)) throw invalidCharacter(value);
  return value;
}

/** The characters that the user guide allows in a path pattern. */
function pathValue(value: string): string {
  bounded(value, 'path-pattern', 128);
  if (!/^[A-Za-z0-9_.$/~"'@:+&*?-]+$/.test(value)) throw invalidCharacter(value);
  return value;
}

function headerName(name: string | undefined): string {
  if (name === undefined || name === '') throw validationError("A 'HttpHeaderName' must be specified");
  if (name.length > 40) throw validationError("The 'HttpHeaderName' value is too long; the limit is '40'");
  // RFC 9110 section 5.6.2: token
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw invalidCharacter(name);
  if (name.toLowerCase() === 'host') throw validationError(`You cannot specify '${name}' as an HTTP header name`);
  return name;
}

function headerValue(value: string): string {
  bounded(value, 'http-header', 128);
  if (!/^[\x20-\x7e]+$/.test(value)) throw invalidCharacter(value);
  return value;
}

function methodValue(value: string): string {
  bounded(value, 'http-request-method', 40);
  if (!/^[A-Z_-]+$/.test(value)) throw validationError("The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore");
  return value;
}

function sourceValue(value: string): string {
  try {
    ipaddr.parseCIDR(value);
    // parse refuses shorthand (`10/8`) that parseCIDR would complete
    ipaddr.parse(value.slice(0, value.indexOf('/')));
    if (!/^(?:\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\/\d+$/.test(value)) throw new Error('shorthand');
  } catch {
    throw validationError(`The specified value '${value}' is not a valid CIDR block`);
  }
  // AWS: "You can't specify 255.255.255.255/32".
  if (value === '255.255.255.255/32') throw validationError(`The 'source-ip' value '${value}' is not allowed`);
  return value;
}

function pair(given: { readonly Key?: string | undefined; readonly Value?: string | undefined }): QueryStringPair {
  if (given.Value === undefined || given.Value === '') throw validationError("A 'Value' must be specified in 'QueryStringKeyValuePair'");
  for (const [name, text] of [['Key', given.Key ?? ''], ['Value', given.Value]] as const) {
    if (text.length > 128) throw validationError(`The '${name}' value is too long; the limit is '128'`);
    if (!/^[\x20-\x7e]*$/.test(text)) throw invalidCharacter(text);
  }
  return { Key: given.Key === undefined || given.Key === '' ? null : given.Key, Value: given.Value };
}

/** As answered: the two oldest fields show their values in both places. */
export function conditionShape(stored: Condition): RuleCondition {
  if ('RegexValues' in stored) {
    const RegexValues = [...stored.RegexValues];
    switch (stored.Field) {
      case 'host-header':
        return { Field: stored.Field, HostHeaderConfig: { RegexValues }, RegexValues: [...RegexValues] };
      case 'path-pattern':
        return { Field: stored.Field, PathPatternConfig: { RegexValues }, RegexValues: [...RegexValues] };
      case 'http-header':
        return { Field: stored.Field, HttpHeaderConfig: { HttpHeaderName: stored.HttpHeaderName, RegexValues } };
    }
  }
  switch (stored.Field) {
    case 'host-header':
      return { Field: stored.Field, Values: [...stored.Values], HostHeaderConfig: { Values: [...stored.Values] } };
    case 'path-pattern':
      return { Field: stored.Field, Values: [...stored.Values], PathPatternConfig: { Values: [...stored.Values] } };
    case 'http-header':
      return { Field: stored.Field, HttpHeaderConfig: { HttpHeaderName: stored.HttpHeaderName, Values: [...stored.Values] } };
    case 'http-request-method':
      return { Field: stored.Field, HttpRequestMethodConfig: { Values: [...stored.Values] } };
    case 'source-ip':
      return { Field: stored.Field, SourceIpConfig: { Values: [...stored.Values] } };
    case 'query-string':
      return {
        Field: stored.Field,
        QueryStringConfig: { Values: stored.Values.map(({ Key, Value }) => (Key === null ? { Value } : { Key, Value })) },
      };
  }
}
