/**
 * What a rule asks of a request. A condition holds when any of its values does; in `Values` `*` is any run of characters and `?` exactly one, in
 * `RegexValues` each is a regular expression.
 */
export type Condition =
  | { readonly Field: 'host-header'; readonly Values: readonly string[] }
  | { readonly Field: 'path-pattern'; readonly Values: readonly string[] }
  | { readonly Field: 'http-request-method'; readonly Values: readonly string[] }
  | { readonly Field: 'source-ip'; readonly Values: readonly string[] }
  | { readonly Field: 'http-header'; readonly HttpHeaderName: string; readonly Values: readonly string[] }
  | { readonly Field: 'host-header' | 'path-pattern'; readonly RegexValues: readonly string[] }
  | { readonly Field: 'http-header'; readonly HttpHeaderName: string; readonly RegexValues: readonly string[] }
  | { readonly Field: 'query-string'; readonly Values: readonly QueryStringPair[] };

/** `Key` null: any key. */
export interface QueryStringPair {
  readonly Key: string | null;
  readonly Value: string;
}

export type ConditionField = Condition['Field'];

/** How many values count against the limit of a rule. */
export function valuesOf(condition: Condition): number {
  return 'RegexValues' in condition ? condition.RegexValues.length : condition.Values.length;
}

/** Values of a condition that count as comparison strings against the limits. */
export function wildcardsOf(condition: Condition): number {
  if ('RegexValues' in condition) return 0;
  switch (condition.Field) {
    case 'host-header':
    case 'path-pattern':
    case 'http-header':
      return sum(condition.Values.map(wildcardsIn));
    case 'query-string':
      return sum(condition.Values.map((pair) => wildcardsIn(pair.Key ?? '') + wildcardsIn(pair.Value)));
    case 'http-request-method':
    case 'source-ip':
      return 0;
  }
}

/** Unescaped `*` and `?`; a backslash makes the next one literal. */
function wildcardsIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '*' || text[i] === '?') count++;
  }
  return count;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
