import type { Condition as RuleCondition } from '../../resources/elbv2/index.ts';
import type { Condition } from '../../../snapshot/index.ts';

/** AWS's condition as the routing table compares it: what is compared without regard to case is lower-case here where it is a name. */
export function compileCondition(condition: RuleCondition): Condition {
  if ('RegexValues' in condition) {
    const { RegexValues: regexes } = condition;
    switch (condition.Field) {
      case 'host-header':
        return { kind: 'host-regex', regexes };
      case 'path-pattern':
        return { kind: 'path-regex', regexes };
      case 'http-header':
        return { kind: 'header-regex', name: condition.HttpHeaderName.toLowerCase(), regexes };
    }
  }
  switch (condition.Field) {
    case 'host-header':
      return { kind: 'host', patterns: condition.Values.map((pattern) => pattern.toLowerCase()) };
    case 'path-pattern':
      return { kind: 'path', patterns: condition.Values };
    case 'http-request-method':
      return { kind: 'method', values: condition.Values };
    case 'http-header':
      return { kind: 'header', name: condition.HttpHeaderName.toLowerCase(), patterns: condition.Values };
    case 'query-string':
      return { kind: 'query', pairs: condition.Values.map(({ Key, Value }) => ({ key: Key, value: Value })) };
    case 'source-ip':
      return { kind: 'source-ip', blocks: condition.Values };
  }
}

/** The host patterns of a rule: exact names can claim requests on an address that several listeners share, wildcards cannot. */
export function hostsOf(conditions: readonly Condition[]): { readonly exact: readonly string[]; readonly wild: readonly string[] } {
  const patterns = conditions.flatMap((condition) => (condition.kind === 'host' ? condition.patterns : []));
  return { exact: patterns.filter((pattern) => !isWild(pattern)), wild: patterns.filter(isWild) };
}

function isWild(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}
