import type * as Yaml from 'yaml';
import type { Alias, Document, LineCounter, Node } from 'yaml';
import { latePackage } from '../../../kernel/index.ts';
import type { Problems } from '../problem.ts';
import { shortTag } from './short-tags.ts';

const yaml = latePackage<typeof Yaml>('yaml', import.meta.url);

/** A template as plain data: short tags (`!Ref`) are spelled out (`{ Ref: ... }`). */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainMap;
export interface PlainMap { readonly [name: string]: Plain }

/** CloudFormation's quota for a template body in S3, the larger of its two. */
export const LONGEST_TEMPLATE = 1024 * 1024;
/** Aliases can make little text into much data. */
const MOST_NODES = 200_000;
/** Deeper than any template that means something, shallow enough for a call stack. */
const DEEPEST = 200;

/** Reads YAML or JSON. Undefined when it cannot be read; `problems` then says why. */
export function readSource(text: string, problems: Problems): Plain | undefined {
  if (Buffer.byteLength(text) > LONGEST_TEMPLATE) {
    problems.add('template', `${Buffer.byteLength(text)} bytes`, `allowed: at most ${LONGEST_TEMPLATE} bytes`);
    return undefined;
  }
  const { LineCounter: Lines, parseDocument } = yaml();
  const lines = new Lines();
  // The core schema keeps dates (`Version: 2012-10-17`) as the text that they are, as CloudFormation does.
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', logLevel: 'silent', maxAliasCount: -1 } as never);
  for (const error of document.errors) {
    const at = lines.linePos(error.pos[0]);
    problems.add(`line ${at.line}, column ${at.col}`, error.code, error.message.split('\n')[0] ?? error.message);
  }
  if (document.errors.length > 0) return undefined;
  if (document.contents === null) {
    problems.add('template', 'nothing', 'allowed: a map with Resources');
    return undefined;
  }
  return new Reading(document, lines, problems).plain(document.contents, 0);
}

class Reading {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #problems: Problems;
  /** What an alias stands for: found by a walk over the document, and asked for as often as the alias is met. */
  readonly #targets = new Map<Alias, Node | null>();
  #nodes = 0;

  constructor(document: Document, lines: LineCounter, problems: Problems) {
    this.#document = document;
    this.#lines = lines;
    this.#problems = problems;
  }

  plain(node: Node | null, depth: number): Plain {
    if (node === null) return null;
    if (++this.#nodes > MOST_NODES || depth > DEEPEST) {
      if (this.#nodes === MOST_NODES + 1 || depth === DEEPEST + 1) this.#wrong(node, 'a template that is too large', `allowed: at most ${MOST_NODES} values, ${DEEPEST} deep`);
      return null;
    }
    if (yaml().isAlias(node)) return this.plain(this.#targetOf(node), depth + 1);
    const value = this.#untagged(node, depth);
    if (node.tag === undefined || !node.tag.startsWith('!')) return value;
    const spelled = shortTag(node.tag, value);
    if (spelled.kind === 'value') return spelled.value;
    this.#wrong(node, node.tag, spelled.allowed);
    return null;
  }

  #targetOf(alias: Alias): Node | null {
    const known = this.#targets.get(alias);
    if (known !== undefined) return known;
    const target = (alias.resolve(this.#document) as Node | undefined) ?? null;
    this.#targets.set(alias, target);
    return target;
  }

  #untagged(node: Node, depth: number): Plain {
    const { isMap, isScalar, isSeq } = yaml();
    if (isSeq(node)) return node.items.map((item) => this.plain(item as Node | null, depth + 1));
    if (isMap(node)) return this.#map(node.items as readonly { readonly key: unknown; readonly value: unknown }[], depth);
    if (!isScalar(node)) return null;
    const { value, source } = node;
    if (typeof value === 'number' || typeof value === 'bigint') {
      // `012345678901` is an account and `1.10` a version: numbers that would not print as they were written stay text.
      return typeof value === 'number' && String(value) === source ? value : (source ?? String(value));
    }
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    return source ?? String(value);
  }

  #map(items: readonly { readonly key: unknown; readonly value: unknown }[], depth: number): Plain {
    const { isScalar } = yaml();
    const own: [string, Plain][] = [];
    const merged: [string, Plain][] = [];
    for (const { key, value } of items) {
      const name = isScalar(key) ? String(key.source ?? key.value) : null;
      if (name === null) {
        this.#wrong(key as Node, 'a key that is not text', 'allowed: text as keys');
        continue;
      }
      const plain = this.plain(value as Node | null, depth + 1);
      if (name === '<<') {
        for (const source of Array.isArray(plain) ? plain : [plain]) {
          if (isPlainMap(source)) merged.push(...Object.entries(source));
        }
      } else {
        own.push([name, plain]);
      }
    }
    // Own keys win over merged ones, earlier merges over later ones (yaml.org/type/merge.html).
    return Object.fromEntries([...merged.reverse(), ...own]);
  }

  #wrong(node: Node, got: string, allowed: string): void {
    const at = this.#lines.linePos(node.range?.[0] ?? 0);
    this.#problems.add(`line ${at.line}, column ${at.col}`, got, allowed);
  }
}

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
