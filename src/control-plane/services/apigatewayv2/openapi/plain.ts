import type * as Yaml from 'yaml';
import { latePackage } from '../../../../kernel/index.ts';

const yaml = latePackage<typeof Yaml>('yaml', import.meta.url);

/** A document as plain data. */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainMap;
export interface PlainMap {
  readonly [name: string]: Plain | undefined;
}

/** How often an alias may be followed: a few lines of YAML can stand for gigabytes. */
const MOST_ALIASES = 100;
/** Deeper than any document that means something, shallow enough for a call stack. */
const DEEPEST = 100;

/** JSON or YAML; undefined where it is neither, or no map. */
export function readDocument(text: string): PlainMap | undefined {
  if (brackets(text) > DEEPEST) return undefined;
  const value = readText(text);
  return isMap(value) && isShallow(value, 0) ? value : undefined;
}

/** How deep brackets nest, those within quotes too: looked at before a parser has to climb down. */
function brackets(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

function isShallow(value: Plain | undefined, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < DEEPEST && Object.values(value).every((item: Plain | undefined) => isShallow(item, depth + 1));
}

function readText(text: string): Plain | undefined {
  // What begins like JSON is JSON: YAML would take it too, at many times the cost.
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text) as Plain;
    } catch {
      // A flow map of YAML begins alike.
    }
  }
  try {
    const document = yaml().parseDocument(text, { schema: 'core', logLevel: 'silent' });
    // A version is text, however it looks: `1.0` without quotes is not `1`.
    const version = document.getIn(['info', 'version'], true);
    if (yaml().isScalar(version) && typeof version.value === 'number' && version.source !== undefined) version.value = version.source;
    return document.errors.length > 0 ? undefined : (document.toJS({ maxAliasCount: MOST_ALIASES }) as Plain);
  } catch {
    // Too many aliases, or nested deeper than the stack.
    return undefined;
  }
}

export function writeDocument(document: PlainMap, type: 'JSON' | 'YAML'): string {
  return type === 'JSON' ? JSON.stringify(document, null, 2) : yaml().stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function mapOf(value: Plain | undefined): PlainMap {
  return isMap(value) ? value : {};
}

export function listOf(value: Plain | undefined): readonly Plain[] {
  return Array.isArray(value) ? (value as readonly Plain[]) : [];
}

/** Text, and numbers and booleans as people write them without quotes. */
export function textOf(value: Plain | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function numberOf(value: Plain | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

export function flagOf(value: Plain | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

export function textsOf(value: Plain | undefined): string[] | undefined {
  return Array.isArray(value) ? (value as readonly Plain[]).flatMap((item) => textOf(item) ?? []) : undefined;
}

export function textMapOf(value: Plain | undefined): Record<string, string> | undefined {
  if (!isMap(value)) return undefined;
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]): [string, string][] => {
    const text = textOf(item);
    return text === undefined ? [] : [[name, text]];
  }));
}
