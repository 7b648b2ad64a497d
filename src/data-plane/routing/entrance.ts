import type { ApiEntrance } from '../../snapshot/index.ts';
import type { Exchange } from '../exchange/index.ts';

/** Where an entrance leads a request. */
export interface EntryPoint {
  /** Id of the stage. */
  readonly stage: string;
  readonly basePath: string;
  readonly routePath: string;
}

/** What of a request an entrance looks at. */
export type Arrival = Pick<Exchange, 'path' | 'headerValues'>;

/**
 * Finds the stage that an entrance leads to. An API's own name: the first segment where it is the name of a stage, else `$default`. A custom
 * domain: the first rule that holds, by priority, then the mapping with the longest key that the path begins with.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html
 */
export class EntranceRouter {
  readonly #entrance: ApiEntrance;
  readonly #byPath: ReadonlyMap<string, string>;
  /** Segments of the longest key. */
  readonly #deepest: number;

  constructor(entrance: ApiEntrance) {
    this.#entrance = entrance;
    this.#byPath = new Map(entrance.mappings.map(({ basePath, stage }) => [basePath, stage]));
    this.#deepest = Math.max(0, ...entrance.mappings.map(({ basePath }) => (basePath === '' ? 0 : basePath.split('/').length)));
  }

  /** The same mappings cost the same, however many there are: one look-up for each length that a key may have. */
  find(request: Arrival): EntryPoint | null {
    const { rules } = this.#entrance;
    const { path } = request;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      const basePath = rule.basePaths.length === 0 ? '' : rule.basePaths.find((base) => beginsWith(path, base));
      if (basePath === undefined || !rule.headers.every((anyOf) => anyOf.some(({ name, glob }) => request.headerValues(name).some((value) => globMatch(glob, value))))) continue;
      return { stage: rule.stage, basePath, routePath: rule.stripBasePath ? without(path, basePath) : path };
    }
    const ends: number[] = [];
    for (let at = 1; ends.length < this.#deepest && at <= path.length; at = ends[ends.length - 1]! + 1) {
      const slash = path.indexOf('/', at);
      ends.push(slash < 0 ? path.length : slash);
    }
    for (let i = ends.length - 1; i >= 0; i--) {
      const key = path.slice(1, ends[i]);
      const stage = this.#byPath.get(key);
      if (stage !== undefined) return { stage, basePath: key, routePath: without(path, key) };
    }
    const stage = this.#byPath.get('');
    return stage === undefined ? null : { stage, basePath: '', routePath: path };
  }
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
