import type { Condition } from '../../snapshot/index.ts';
import { Block } from './address.ts';
import type { RequestView } from './request-view.ts';
import { Wildcard, type TextKey, type WildcardSyntax } from './wildcard.ts';

/** Something that a request must have for one value of a condition to hold: what the index files a route under. */
export type Anchor =
  | { readonly subject: 'host' | 'path' | 'method' | 'query-value'; readonly key: TextKey }
  | { readonly subject: 'header'; readonly slot: number; readonly key: TextKey }
  /** Value of the parameter called `name`. */
  | { readonly subject: 'query-parameter'; readonly name: string; readonly key: TextKey }
  | { readonly subject: 'source-ip'; readonly block: Block };

/** A condition, compiled: the one evaluator, for serving and for explaining. */
export interface CompiledCondition {
  readonly source: Condition;
  /** Position of the first value that the request satisfies; -1 for none. */
  matching(view: RequestView): number;
  /** One for each value; null where one of them has nothing to be looked up by. */
  readonly anchors: readonly Anchor[] | null;
  /** What the request has there, for people. */
  found(view: RequestView): readonly string[];
  /** The values it may have, as configured. */
  readonly allowed: readonly string[];
}

const CASE_SENSITIVE: WildcardSyntax = { fold: false, escapes: false };
const CASE_INSENSITIVE: WildcardSyntax = { fold: true, escapes: false };
/** AWS documents the escapes `\*` and `\?` for query strings only (API_QueryStringConditionConfig). */
const QUERY: WildcardSyntax = { fold: true, escapes: true };

export function compileCondition(source: Condition, view: RequestView): CompiledCondition {
  switch (source.kind) {
    case 'host':
      return new HostCondition(source);
    case 'path':
      return new PathCondition(source);
    case 'method':
      return new MethodCondition(source);
    case 'header':
      return new HeaderCondition(source, view);
    case 'query':
      return new QueryCondition(source);
    case 'source-ip':
      return new SourceCondition(source);
  }
}

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>;

class HostCondition implements CompiledCondition {
  readonly source: Of<'host'>;
  readonly anchors: readonly Anchor[] | null;
  readonly #patterns: readonly Wildcard[];

  constructor(source: Of<'host'>) {
    this.source = source;
    this.#patterns = source.patterns.map((pattern) => new Wildcard(pattern, CASE_INSENSITIVE));
    this.anchors = anchorsOf(this.#patterns, (key) => ({ subject: 'host', key }));
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
  readonly anchors: readonly Anchor[] | null;
  readonly #patterns: readonly Wildcard[];

  constructor(source: Of<'path'>) {
    this.source = source;
    this.#patterns = source.patterns.map((pattern) => new Wildcard(pattern, CASE_SENSITIVE));
    this.anchors = anchorsOf(this.#patterns, (key) => ({ subject: 'path', key }));
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
  readonly anchors: readonly Anchor[];

  constructor(source: Of<'method'>) {
    this.source = source;
    this.anchors = source.values.map((text) => ({ subject: 'method', key: { shape: 'exact', text, proves: true } }));
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
  readonly anchors: readonly Anchor[] | null;
  readonly #patterns: readonly Wildcard[];
  readonly #slot: number;

  constructor(source: Of<'header'>, view: RequestView) {
    this.source = source;
    this.#patterns = source.patterns.map((pattern) => new Wildcard(pattern, CASE_INSENSITIVE));
    const slot = view.slot(source.name.toLowerCase());
    this.#slot = slot;
    this.anchors = anchorsOf(this.#patterns, (key) => ({ subject: 'header', slot, key }));
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

interface Pair {
  readonly key: Wildcard | null;
  readonly value: Wildcard;
}

class QueryCondition implements CompiledCondition {
  readonly source: Of<'query'>;
  readonly anchors: readonly Anchor[] | null;
  readonly #pairs: readonly Pair[];

  constructor(source: Of<'query'>) {
    this.source = source;
    this.#pairs = source.pairs.map(({ key, value }) => ({
      key: key === null ? null : new Wildcard(key, QUERY),
      value: new Wildcard(value, QUERY),
    }));
    const anchors = this.#pairs.map(anchorOfPair);
    this.anchors = anchors.every((anchor) => anchor !== null) ? anchors : null;
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
  readonly anchors: readonly Anchor[];
  readonly #blocks: readonly Block[];

  constructor(source: Of<'source-ip'>) {
    this.source = source;
    this.#blocks = source.blocks.map((block) => new Block(block));
    this.anchors = this.#blocks.map((block) => ({ subject: 'source-ip', block }));
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

function anchorsOf(patterns: readonly Wildcard[], anchor: (key: TextKey) => Anchor): readonly Anchor[] | null {
  const anchors: Anchor[] = [];
  for (const { key } of patterns) {
    if (key === null) return null;
    anchors.push(anchor(key));
  }
  return anchors;
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
