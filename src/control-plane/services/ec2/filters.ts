import { AwsError } from '../../../aws/index.ts';
import type { Tag } from '../../resources/index.ts';

export interface Filter {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

type Values = string | number | boolean | null | undefined | readonly string[];

/** What a noun can be filtered by: the filter's name -> the noun's value or values. */
export type FilterTable<T> = Readonly<Record<string, (noun: T) => Values>>;

/**
 * The nouns that match every filter; a filter matches when any of its values does. Values are case-sensitive and may hold `*` and `?`
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html). `tag:KEY`, `tag-key` and `tag-value` work on every noun with tags.
 */
export function filtered<T extends object>(nouns: readonly T[], filters: readonly Filter[] | undefined, table: FilterTable<T>): readonly T[] {
  if (!filters || filters.length === 0) return nouns;
  const tests = filters.map((filter) => test(filter, table));
  return nouns.filter((noun) => tests.every((matches) => matches(noun)));
}

function test<T extends object>(filter: Filter, table: FilterTable<T>): (noun: T) => boolean {
  const name = filter.Name ?? '';
  const read = reader(name, table);
  const patterns = (filter.Values ?? []).map(wildcard);
  return (noun) => {
    const value = read(noun);
    if (value === null || value === undefined) return false;
    const values = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
    return values.some((each) => patterns.some((pattern) => pattern(each)));
  };
}

function reader<T extends object>(name: string, table: FilterTable<T>): (noun: T) => Values {
  if (name.startsWith('tag:')) {
    const key = name.slice(4);
    return (noun) => tagsOf(noun).find((tag) => tag.key === key)?.value;
  }
  if (name === 'tag-key') return (noun) => tagsOf(noun).map((tag) => tag.key);
  if (name === 'tag-value') return (noun) => tagsOf(noun).map((tag) => tag.value);
  // Some of AWS's filters are spelled in two ways (`isDefault`, `is-default`).
  const read = table[name] ?? table[name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)];
  if (!read) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return read;
}

function tagsOf(noun: { readonly tags?: readonly Tag[] }): readonly Tag[] {
  return noun.tags ?? [];
}

/** `*` is any text, `?` one character, `\` takes the next as it is. */
function wildcard(pattern: string): (text: string) => boolean {
  if (!/[*?\\]/.test(pattern)) return (text) => text === pattern;
  const tokens: (string | { readonly any: 'one' | 'many' })[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '\\' && i + 1 < pattern.length) tokens.push(pattern[++i]!);
    else if (character === '*') tokens.push({ any: 'many' });
    else if (character === '?') tokens.push({ any: 'one' });
    else tokens.push(character);
  }
  return (text) => {
    // Greedy with one point to come back to: linear in practice, never exponential.
    let token = 0;
    let at = 0;
    let star = -1;
    let mark = 0;
    while (at < text.length) {
      const wanted = tokens[token];
      if (wanted !== undefined && (typeof wanted === 'string' ? wanted === text[at] : wanted.any === 'one')) {
        token++;
        at++;
      } else if (typeof wanted === 'object') {
        star = token++;
        mark = at;
      } else if (star >= 0) {
        token = star + 1;
        at = ++mark;
      } else {
        return false;
      }
    }
    while (typeof tokens[token] === 'object' && (tokens[token] as { any: string }).any === 'many') token++;
    return token === tokens.length;
  };
}
