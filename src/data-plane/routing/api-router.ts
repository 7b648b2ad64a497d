import type { ApiRoute } from '../../snapshot/index.ts';

/** What was found. Holds until the next match. */
export interface ApiMatch {
  /** The place of the route in the stage's list. */
  readonly position: number;
  /** Its path variables, and what they stand for. */
  readonly names: readonly string[];
  readonly values: readonly string[];
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

const NONE: readonly string[] = Object.freeze([]);
const SLASH = 47;
const PERCENT = 37;

/**
 * Chooses the route of an HTTP API: a full match comes before one with a greedy variable, and both before `$default`; at each segment what is
 * written out comes before a variable, and a route of the request's method before one of ANY. A tree of segments, so that the cost is that of
 * the path and not of the number of routes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
 */
export class ApiRouter {
  readonly #root = node();
  #default = -1;
  // the request that is looked at; segment i is from `starts[i]` to the octet before `starts[i + 1] - 1`
  #method = '';
  #path = '';
  #encoded = false;
  #count = 0;
  readonly #starts: number[] = [];
  /** Segments that the variables on the way to the node that is looked at stand for. */
  readonly #variables: number[] = [];
  #depth = 0;
  readonly #match: { position: number; names: readonly string[]; values: readonly string[] } = { position: -1, names: NONE, values: NONE };

  constructor(routes: readonly Pick<ApiRoute, 'key'>[]) {
    routes.forEach(({ key }, position) => this.#add(key, position));
  }

  match(method: string, path: string): ApiMatch | null {
    this.#read(method, path);
    const match = this.#match;
    let found = this.#full(this.#root, 0);
    const isFull = found !== null;
    found ??= this.#greedy(this.#root, 0);
    if (found === null) {
      if (this.#default < 0) return null;
      match.position = this.#default;
      match.names = match.values = NONE;
      return match;
    }
    match.position = found.position;
    match.names = found.names;
    match.values = found.names.length === 0 ? NONE : this.#values(found.names.length, isFull);
    return match;
  }

  /** How `match` came to its result. */
  kind(method: string, path: string): ApiMatchKind {
    this.#read(method, path);
    if (this.#full(this.#root, 0) !== null) return 'full';
    if (this.#greedy(this.#root, 0) !== null) return 'greedy';
    return this.#default < 0 ? 'none' : '$default';
  }

  /** Segments are decoded one by one, so that an encoded slash separates nothing. */
  #read(method: string, path: string): void {
    this.#method = method;
    this.#path = path;
    this.#encoded = false;
    this.#depth = 0;
    const starts = this.#starts;
    let count = 0;
    if (path.length > 0 && path !== '/') {
      starts[count++] = 1;
      for (let i = 1; i < path.length; i++) {
        const c = path.charCodeAt(i);
        if (c === SLASH) starts[count++] = i + 1;
        else if (c === PERCENT || c > 127) this.#encoded = true;
      }
      starts[count] = path.length + 1;
    }
    this.#count = count;
  }

  #segment(index: number): string {
    const text = this.#path.slice(this.#starts[index], this.#starts[index + 1]! - 1);
    return this.#encoded ? decoded(text) : text;
  }

  #isEmpty(index: number): boolean {
    return this.#starts[index + 1]! - 1 <= this.#starts[index]!;
  }

  /** What a greedy variable that begins there stands for. */
  #rest(index: number): string {
    const text = this.#path.slice(this.#starts[index]);
    return this.#encoded ? text.split('/').map(decoded).join('/') : text;
  }

  #values(count: number, isFull: boolean): readonly string[] {
    const values: string[] = [];
    for (let i = 0; i < count; i++) values.push(isFull || i < count - 1 ? this.#segment(this.#variables[i]!) : this.#rest(this.#variables[i]!));
    return values;
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

  #full(at: Node, depth: number): Candidate | null {
    if (depth === this.#count) return at.leaf === null ? null : this.#chosen(at.leaf);
    const literal = at.literals.size === 0 ? undefined : at.literals.get(this.#segment(depth));
    if (literal !== undefined) {
      const found = this.#full(literal, depth + 1);
      if (found !== null) return found;
    }
    if (at.variable === null || this.#isEmpty(depth)) return null;
    this.#variables[this.#depth++] = depth;
    const found = this.#full(at.variable, depth + 1);
    if (found === null) this.#depth--;
    return found;
  }

  /** The deepest greedy variable on the way: the more of the path is written out, the more specific the route. */
  #greedy(at: Node, depth: number): Candidate | null {
    if (depth === this.#count) return null;
    const literal = at.literals.size === 0 ? undefined : at.literals.get(this.#segment(depth));
    if (literal !== undefined) {
      const found = this.#greedy(literal, depth + 1);
      if (found !== null) return found;
    }
    if (at.variable !== null && !this.#isEmpty(depth)) {
      this.#variables[this.#depth++] = depth;
      const found = this.#greedy(at.variable, depth + 1);
      if (found !== null) return found;
      this.#depth--;
    }
    // a greedy variable stands for something
    if (at.greedy === null || this.#starts[depth]! >= this.#path.length) return null;
    const found = this.#chosen(at.greedy);
    if (found !== null) this.#variables[this.#depth++] = depth;
    return found;
  }

  #chosen({ byMethod }: Leaf): Candidate | null {
    return byMethod.get(this.#method) ?? byMethod.get('ANY') ?? null;
  }
}

function node(): Node {
  return { literals: new Map(), variable: null, leaf: null, greedy: null };
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
