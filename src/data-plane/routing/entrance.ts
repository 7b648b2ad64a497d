import type { ApiEntrance } from '../../snapshot/index.ts';
import type { Exchange } from '../exchange/index.ts';

/** Where an entrance leads a request. One object for each way that there is. */
export interface EntryPoint<To> {
  /** Whatever who asks wants to keep with it. */
  readonly to: To;
  /** Id of the stage. */
  readonly stage: string;
  readonly basePath: string;
  /** Routes are matched against the path without `basePath`. */
  readonly strips: boolean;
}

/** What of a request an entrance looks at. */
export type Arrival = Pick<Exchange, 'path' | 'headerValues'>;

/**
 * Finds the stage that an entrance leads to. An API's own name: the first segment where it is the name of a stage, else `$default`. A custom
 * domain: the first rule that holds, by priority, then the mapping with the longest key that the path begins with.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html
 */
export class EntranceRouter<To> {
  readonly #rules: readonly Rule<To>[];
  readonly #byPath: ReadonlyMap<string, EntryPoint<To>>;
  /** Of an empty key. */
  readonly #root: EntryPoint<To> | null;
  /** Segments of the longest key. */
  readonly #deepest: number;
  readonly #ends: number[] = [];

  constructor({ rules, mappings }: ApiEntrance, kept: () => To) {
    const point = (stage: string, basePath: string, strips: boolean): EntryPoint<To> => ({ to: kept(), stage, basePath, strips });
    this.#rules = rules.map((rule) => ({
      points: (rule.basePaths.length === 0 ? [''] : rule.basePaths).map((basePath) => point(rule.stage, basePath, rule.stripBasePath)),
      headers: rule.headers,
    }));
    this.#byPath = new Map(mappings.map(({ basePath, stage }) => [basePath, point(stage, basePath, true)]));
    this.#root = this.#byPath.get('') ?? null;
    this.#deepest = Math.max(0, ...mappings.map(({ basePath }) => (basePath === '' ? 0 : basePath.split('/').length)));
  }

  /** The same mappings cost the same, however many there are: one look-up for each length that a key may have. */
  find(request: Arrival): EntryPoint<To> | null {
    const { path } = request;
    for (let i = 0; i < this.#rules.length; i++) {
      const { points, headers } = this.#rules[i]!;
      const point = points.find(({ basePath }) => beginsWith(path, basePath));
      if (point !== undefined && headers.every((anyOf) => anyOf.some(({ name, glob }) => request.headerValues(name).some((value) => globMatch(glob, value))))) return point;
    }
    const ends = this.#ends;
    let count = 0;
    for (let at = 1; count < this.#deepest && at <= path.length; at = ends[count - 1]! + 1) {
      const slash = path.indexOf('/', at);
      ends[count++] = slash < 0 ? path.length : slash;
    }
    while (count > 0) {
      const point = this.#byPath.get(path.slice(1, ends[--count]));
      if (point !== undefined) return point;
    }
    return this.#root;
  }
}

interface Rule<To> {
  /** One for each base path. */
  readonly points: readonly EntryPoint<To>[];
  readonly headers: ApiEntrance['rules'][number]['headers'];
}

/** The path that routes are matched against: without the stage, without the base path; several slashes in front are one (seen of the service). */
export function routePathOf({ strips, basePath }: EntryPoint<unknown>, path: string): string {
  const rest = strips ? without(path, basePath) : path;
  return rest.charCodeAt(1) === 47 ? rest.replace(/^\/+/, '/') : rest;
}

/** Whole segments. */
function beginsWith(path: string, basePath: string): boolean {
  return basePath === '' || (path.startsWith(basePath, 1) && (path.length === basePath.length + 1 || path.charCodeAt(basePath.length + 1) === 47));
}

function without(path: string, basePath: string): string {
  if (basePath === '') return path;
  const rest = path.slice(basePath.length + 1);
  return rest === '' ? '/' : rest;
}

/** `*` at either end or both: AWS takes no other wildcard in a header's value. */
function globMatch(glob: string, value: string): boolean {
  const open = glob.startsWith('*');
  const close = glob.length > 1 && glob.endsWith('*');
  const text = glob.slice(open ? 1 : 0, close ? -1 : undefined);
  if (open && close) return value.includes(text);
  if (open) return value.endsWith(text);
  return close ? value.startsWith(text) : value === text;
}
