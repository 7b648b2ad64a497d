import type { ApiRoute } from '../../snapshot/index.ts';

/** What was found: the place of the route in the stage's list, and what its path variables stand for. */
export interface ApiMatch {
  readonly position: number;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Why a route serves, for explain. */
export type ApiMatchKind = 'full' | 'greedy' | '$default' | 'none';

interface Leaf {
  /** By method, ANY included. */
  readonly byMethod: Map<string, Candidate>;
}

interface Candidate {
  readonly position: number;
  /** Names of the path variables, in order. */
  readonly names: readonly string[];
}

interface Node {
  readonly literals: Map<string, Node>;
  variable: Node | null;
  /** Routes that end here. */
  leaf: Leaf | null;
  /** Routes whose greedy variable begins here. */
  greedy: Leaf | null;
}

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Chooses the route of an HTTP API: a full match comes before one with a greedy variable, and both before `$default`; at each segment what is
 * written out comes before a variable, and a route of the request's method before one of ANY. A tree of segments, so that the cost is that of
 * the path and not of the number of routes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
 */
export class ApiRouter {
  readonly #root = node();
  #default = -1;
  /** What the variables on the way to the node that is looked at stand for. */
  readonly #values: string[] = [];

  constructor(routes: readonly Pick<ApiRoute, 'key'>[]) {
    routes.forEach(({ key }, position) => this.#add(key, position));
  }

  match(method: string, path: string): ApiMatch | null {
    const request = requestOf(method, path);
    this.#values.length = 0;
    const found = this.#full(this.#root, request, 0) ?? this.#greedy(this.#root, request, 0);
    if (found !== null) return { position: found.position, parameters: this.#named(found.names) };
    return this.#default < 0 ? null : { position: this.#default, parameters: NO_PARAMETERS };
  }

  /** How `match` came to its result. */
  kind(method: string, path: string): ApiMatchKind {
    const request = requestOf(method, path);
    this.#values.length = 0;
    if (this.#full(this.#root, request, 0) !== null) return 'full';
    if (this.#greedy(this.#root, request, 0) !== null) return 'greedy';
    return this.#default < 0 ? 'none' : '$default';
  }

  #add(key: string, position: number): void {
    if (key === '$default') {
      this.#default = position;
      return;
    }
    const space = key.indexOf(' ');
    const method = key.slice(0, space);
    const path = key.slice(space + 1);
    const names: string[] = [];
    let at = this.#root;
    for (const part of path === '/' ? [] : path.slice(1).split('/')) {
      const variable = /^\{(.+?)(\+?)\}$/.exec(part);
      if (variable === null) {
        const literal = decoded(part);
        let next = at.literals.get(literal);
        if (next === undefined) at.literals.set(literal, (next = node()));
        at = next;
        continue;
      }
      names.push(variable[1]!);
      if (variable[2] === '+') {
        (at.greedy ??= { byMethod: new Map() }).byMethod.set(method, { position, names });
        return;
      }
      at = at.variable ??= node();
    }
    (at.leaf ??= { byMethod: new Map() }).byMethod.set(method, { position, names });
  }

  #full(at: Node, request: Request, depth: number): Candidate | null {
    const { segments } = request;
    if (depth === segments.length) return at.leaf === null ? null : chosen(at.leaf, request.method);
    const segment = segments[depth]!;
    const literal = at.literals.get(segment);
    if (literal !== undefined) {
      const found = this.#full(literal, request, depth + 1);
      if (found !== null) return found;
    }
    if (at.variable === null || segment === '') return null;
    this.#values.push(segment);
    const found = this.#full(at.variable, request, depth + 1);
    if (found === null) this.#values.pop();
    return found;
  }

  /** The deepest greedy variable on the way: the more of the path is written out, the more specific the route. */
  #greedy(at: Node, request: Request, depth: number): Candidate | null {
    const { segments } = request;
    if (depth === segments.length) return null;
    const segment = segments[depth]!;
    const literal = at.literals.get(segment);
    if (literal !== undefined) {
      const found = this.#greedy(literal, request, depth + 1);
      if (found !== null) return found;
    }
    if (at.variable !== null && segment !== '') {
      this.#values.push(segment);
      const found = this.#greedy(at.variable, request, depth + 1);
      if (found !== null) return found;
      this.#values.pop();
    }
    if (at.greedy === null) return null;
    const found = chosen(at.greedy, request.method);
    if (found === null) return null;
    const rest = depth === 0 && request.raw !== null ? request.raw : segments.slice(depth).join('/');
    // a greedy variable stands for something
    if (rest === '') return null;
    this.#values.push(rest);
    return found;
  }

  #named(names: readonly string[]): Readonly<Record<string, string>> {
    if (names.length === 0) return NO_PARAMETERS;
    const parameters: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) parameters[names[i]!] = this.#values[i]!;
    return parameters;
  }
}

interface Request {
  readonly method: string;
  readonly segments: readonly string[];
  /** The path without its first slash, where its segments are as they stand in it; null: they are decoded. */
  readonly raw: string | null;
}

function node(): Node {
  return { literals: new Map(), variable: null, leaf: null, greedy: null };
}

function chosen(leaf: Leaf, method: string): Candidate | null {
  return leaf.byMethod.get(method) ?? leaf.byMethod.get('ANY') ?? null;
}

const ROOT: readonly string[] = [];

/** Segments are decoded one by one, so that an encoded slash separates nothing. */
function requestOf(method: string, path: string): Request {
  if (path === '/' || path === '') return { method, segments: ROOT, raw: null };
  const raw = path.slice(1);
  const segments: string[] = [];
  let from = 0;
  for (let slash = raw.indexOf('/'); slash >= 0; slash = raw.indexOf('/', from)) {
    segments.push(raw.slice(from, slash));
    from = slash + 1;
  }
  segments.push(raw.slice(from));
  return path.includes('%') || hasHighOctets(path) ? { method, segments: segments.map(decoded), raw: null } : { method, segments, raw };
}

function hasHighOctets(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return true;
  return false;
}

/** What percent-encoding stands for; as it is where it stands for no UTF-8. */
export function decoded(text: string): string {
  if (!text.includes('%')) return hasHighOctets(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
