import { Pattern } from '../../kernel/index.ts';
import type { Condition } from '../../snapshot/index.ts';
import { Block } from './address.ts';
import { filingsOf, type Anchor, type AnchorIds, type Filing } from './anchor.ts';
import type { RequestView } from './request-view.ts';
import { Wildcard, type TextKey, type WildcardSyntax } from './wildcard.ts';

/** A condition, compiled: the one evaluator, for serving and for explaining. */
export interface CompiledCondition {
  readonly source: Condition;
  /** Position of the first value that the request satisfies; -1 for none. */
  matching(view: RequestView): number;
  /** Where the index may file it: under all of these at once. Empty where one of its values has nothing to be looked up by. */
  readonly filings: readonly Filing[];
  /** What the request has there, for people. */
  found(view: RequestView): readonly string[];
  /** The values it may have, as configured. */
  readonly allowed: readonly string[];
}

const CASE_SENSITIVE: WildcardSyntax = { fold: false, escapes: false };
const CASE_INSENSITIVE: WildcardSyntax = { fold: true, escapes: false };
/** AWS documents the escapes `\*` and `\?` for query strings only (API_QueryStringConditionConfig). */
const QUERY: WildcardSyntax = { fold: true, escapes: true };

/** What the conditions of one router share. */
export interface Linking {
  readonly view: RequestView;
  readonly ids: AnchorIds;
}

export function compileCondition(source: Condition, linking: Linking): CompiledCondition {
  switch (source.kind) {
    case 'host':
      return new HostCondition(source, linking);
    case 'path':
      return new PathCondition(source, linking);
    case 'method':
      return new MethodCondition(source, linking);
    case 'header':
      return new HeaderCondition(source, linking);
    case 'host-regex':
    case 'path-regex':
      return new RegexCondition(source, linking);
    case 'header-regex':
      return new HeaderRegexCondition(source, linking);
    case 'query':
      return new QueryCondition(source, linking);
    case 'source-ip':
      return new SourceCondition(source, linking);
  }
}

type Of<K extends Condition['kind']> = Extract<Condition, { readonly kind: K }>;

class HostCondition implements CompiledCondition {
  readonly source: Of<'host'>;
  readonly filings: readonly Filing[];
  readonly #patterns: readonly Wildcard[];

  constructor(source: Of<'host'>, { ids }: Linking) {
    this.source = source;
    this.#patterns = source.patterns.map((pattern) => new Wildcard(pattern, CASE_INSENSITIVE));
    this.filings = filingsOf(this.#patterns.map(({ key }) => key && { subject: 'host', key }), ids);
  }

  get allowed(): readonly string[] {
    return this.source.patterns;
  }

  matching(view: RequestView): number {
    return firstMatch(this.#patterns, view.host);
  }

  found(view: RequestView): readonly string[] {
    return [view.host];
  }
}

class PathCondition implements CompiledCondition {
  readonly source: Of<'path'>;
  readonly filings: readonly Filing[];
  readonly #patterns: readonly Wildcard[];

  constructor(source: Of<'path'>, { ids }: Linking) {
    this.source = source;
    this.#patterns = source.patterns.map((pattern) => new Wildcard(pattern, CASE_SENSITIVE));
    this.filings = filingsOf(this.#patterns.map(({ key }) => key && { subject: 'path', key }), ids);
  }

  get allowed(): readonly string[] {
    return this.source.patterns;
  }

  matching(view: RequestView): number {
    return firstMatch(this.#patterns, view.path);
  }

  found(view: RequestView): readonly string[] {
    return [view.path];
  }
}

class MethodCondition implements CompiledCondition {
  readonly source: Of<'method'>;
  readonly filings: readonly Filing[];

  constructor(source: Of<'method'>, { ids }: Linking) {
    this.source = source;
    this.filings = filingsOf(source.values.map((text) => ({ subject: 'method', key: { shape: 'exact', text, proves: true } })), ids);
  }

  get allowed(): readonly string[] {
    return this.source.values;
  }

  matching(view: RequestView): number {
    return this.source.values.indexOf(view.method);
  }

  found(view: RequestView): readonly string[] {
    return [view.method];
  }
}

/** Each field line is compared whole and in order (API_HttpHeaderConditionConfig); lines are not joined. */
class HeaderCondition implements CompiledCondition {
  readonly source: Of<'header'>;
  readonly filings: readonly Filing[];
  readonly #patterns: readonly Wildcard[];
  readonly #slot: number;

  constructor(source: Of<'header'>, { view, ids }: Linking) {
    this.source = source;
    this.#patterns = source.patterns.map((pattern) => new Wildcard(pattern, CASE_INSENSITIVE));
    const slot = view.slot(source.name.toLowerCase());
    this.#slot = slot;
    this.filings = filingsOf(this.#patterns.map(({ key }) => key && { subject: 'header', slot, key }), ids);
  }

  get allowed(): readonly string[] {
    return this.source.patterns;
  }

  matching(view: RequestView): number {
    const values = view.header(this.#slot);
    for (let i = 0; i < values.length; i++) {
      const match = firstMatch(this.#patterns, values[i]!);
      if (match >= 0) return match;
    }
    return -1;
  }

  found(view: RequestView): readonly string[] {
    return view.header(this.#slot);
  }
}

/** Found by the literal start of its expressions, where they all have one. */
class RegexCondition implements CompiledCondition {
  readonly source: Extract<Condition, { readonly kind: 'host-regex' | 'path-regex' }>;
  readonly filings: readonly Filing[];
  readonly #patterns: readonly Pattern[];
  readonly #ofHost: boolean;

  constructor(source: Extract<Condition, { readonly kind: 'host-regex' | 'path-regex' }>, { ids }: Linking) {
    this.source = source;
    this.#ofHost = source.kind === 'host-regex';
    this.#patterns = source.regexes.map((regex) => new Pattern(regex, { fold: this.#ofHost, captures: false }));
    const subject = this.#ofHost ? 'host' : 'path';
    this.filings = filingsOf(this.#patterns.map(({ prefix }) => (prefix === '' ? null : { subject, key: { shape: 'prefix', text: prefix, proves: false } })), ids);
  }

  get allowed(): readonly string[] {
    return this.source.regexes;
  }

  matching(view: RequestView): number {
    return firstRegex(this.#patterns, this.#ofHost ? view.host : view.path);
  }

  found(view: RequestView): readonly string[] {
    return [this.#ofHost ? view.host : view.path];
  }
}

class HeaderRegexCondition implements CompiledCondition {
  readonly source: Of<'header-regex'>;
  readonly filings: readonly Filing[] = [];
  readonly #patterns: readonly Pattern[];
  readonly #slot: number;

  constructor(source: Of<'header-regex'>, { view }: Linking) {
    this.source = source;
    this.#patterns = source.regexes.map((regex) => new Pattern(regex, { fold: true, captures: false }));
    this.#slot = view.slot(source.name.toLowerCase());
  }

  get allowed(): readonly string[] {
    return this.source.regexes;
  }

  matching(view: RequestView): number {
    const values = view.header(this.#slot);
    for (let i = 0; i < values.length; i++) {
      const match = firstRegex(this.#patterns, values[i]!);
      if (match >= 0) return match;
    }
    return -1;
  }

  found(view: RequestView): readonly string[] {
    return view.header(this.#slot);
  }
}

interface Pair {
  readonly key: Wildcard | null;
  readonly value: Wildcard;
}

class QueryCondition implements CompiledCondition {
  readonly source: Of<'query'>;
  readonly filings: readonly Filing[];
  readonly #pairs: readonly Pair[];

  constructor(source: Of<'query'>, { ids }: Linking) {
    this.source = source;
    this.#pairs = source.pairs.map(({ key, value }) => ({
      key: key === null ? null : new Wildcard(key, QUERY),
      value: new Wildcard(value, QUERY),
    }));
    this.filings = filingsOf(this.#pairs.map(anchorOfPair), ids);
  }

  get allowed(): readonly string[] {
    return this.source.pairs.map(({ key, value }) => (key === null ? value : `${key}=${value}`));
  }

  matching(view: RequestView): number {
    view.readQuery();
    for (let i = 0; i < this.#pairs.length; i++) {
      const pair = this.#pairs[i]!;
      for (let j = 0; j < view.parameters; j++) {
        if ((pair.key === null || pair.key.matches(view.keys[j]!)) && pair.value.matches(view.values[j]!)) return i;
      }
    }
    return -1;
  }

  found(view: RequestView): readonly string[] {
    view.readQuery();
    return view.keys.slice(0, view.parameters).map((key, i) => `${key}=${view.values[i]!}`);
  }
}

class SourceCondition implements CompiledCondition {
  readonly source: Of<'source-ip'>;
  readonly filings: readonly Filing[];
  readonly #blocks: readonly Block[];

  constructor(source: Of<'source-ip'>, { ids }: Linking) {
    this.source = source;
    this.#blocks = source.blocks.map((block) => new Block(block));
    this.filings = filingsOf(this.#blocks.map((block) => ({ subject: 'source-ip', block })), ids);
  }

  get allowed(): readonly string[] {
    return this.source.blocks;
  }

  matching(view: RequestView): number {
    const address = view.address;
    for (let i = 0; i < this.#blocks.length; i++) if (this.#blocks[i]!.contains(address)) return i;
    return -1;
  }

  found(view: RequestView): readonly string[] {
    return [view.remoteAddress];
  }
}

function firstMatch(patterns: readonly Wildcard[], text: string): number {
  for (let i = 0; i < patterns.length; i++) if (patterns[i]!.matches(text)) return i;
  return -1;
}

function firstRegex(patterns: readonly Pattern[], text: string): number {
  for (let i = 0; i < patterns.length; i++) if (patterns[i]!.matches(text)) return i;
  return -1;
}

const ANY_VALUE: TextKey = { shape: 'prefix', text: '', proves: true };

function anchorOfPair({ key, value }: Pair): Anchor | null {
  if (key?.key?.shape === 'exact') {
    // a value without anything literal is still found by its key; only a lone star needs no test
    const valueKey = value.key ?? { ...ANY_VALUE, proves: value.matchesAll };
    return { subject: 'query-parameter', name: key.key.text, key: valueKey };
  }
  if (value.key === null) return null;
  return { subject: 'query-value', key: { ...value.key, proves: value.key.proves && (key === null || key.matchesAll) } };
}
