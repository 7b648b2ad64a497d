import { Address } from './address.ts';

/** What routing needs of a request; an `Exchange` is one. */
export interface Routable {
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  /** Lower-case, without its port. */
  readonly host: string;
  readonly downstream: { readonly remoteAddress: string };
  headerValues(name: string): readonly string[];
}

const NO_VALUES: readonly string[] = [];

/**
 * The request that is being routed, with what several conditions may ask for worked out once and only when asked. One object a router, reused
 * for every request: routing is synchronous.
 */
export class RequestView {
  method = '';
  path = '';
  host = '';
  /** Parameters of the query, decoded and lower-cased: `parameters` of them are valid. Call `readQuery` first. */
  readonly keys: string[] = [];
  readonly values: string[] = [];
  parameters = 0;

  #request: Routable | null = null;
  #turn = 0;
  #queryTurn = 0;
  readonly #address = new Address();
  readonly #names: string[] = [];
  readonly #headers: (readonly string[])[] = [];
  readonly #headerTurns: number[] = [];

  /** The place of a header among those that rules ask for. At link time. */
  slot(name: string): number {
    const known = this.#names.indexOf(name);
    if (known >= 0) return known;
    this.#names.push(name);
    this.#headers.push(NO_VALUES);
    this.#headerTurns.push(0);
    return this.#names.length - 1;
  }

  show(request: Routable): void {
    this.#request = request;
    this.#turn = this.#turn === 0x3fffffff ? 1 : this.#turn + 1;
    this.method = request.method;
    this.path = request.path;
    this.host = request.host;
  }

  get address(): Address {
    return this.#address.read(this.#request!.downstream.remoteAddress);
  }

  get remoteAddress(): string {
    return this.#request!.downstream.remoteAddress;
  }

  /** Values of the field lines of that header, lower-case, in order. */
  header(slot: number): readonly string[] {
    if (this.#headerTurns[slot] !== this.#turn) {
      this.#headerTurns[slot] = this.#turn;
      const values = this.#request!.headerValues(this.#names[slot]!);
      this.#headers[slot] = values.length === 0 ? NO_VALUES : values.map(lowerCase);
    }
    return this.#headers[slot]!;
  }

  readQuery(): void {
    if (this.#queryTurn === this.#turn) return;
    this.#queryTurn = this.#turn;
    this.parameters = 0;
    const query = this.#request!.query;
    if (query === null || query === '') return;
    let start = 0;
    while (start <= query.length) {
      let end = query.indexOf('&', start);
      if (end < 0) end = query.length;
      if (end > start) this.#addParameter(query, start, end);
      start = end + 1;
    }
  }

  #addParameter(query: string, start: number, end: number): void {
    const equals = query.indexOf('=', start);
    const split = equals >= 0 && equals < end ? equals : end;
    this.keys[this.parameters] = decoded(query.slice(start, split));
    this.values[this.parameters] = split === end ? '' : decoded(query.slice(split + 1, end));
    this.parameters++;
  }
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

/**
 * `+` is a space and `%XX` a byte; a percent sign that no two digits follow stands for itself. AWS documents neither for conditions: decoding is
 * what lets a rule for `a b` match however the client wrote the space, and patterns are plain text in AWS's own examples.
 */
function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text.toLowerCase();
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .toLowerCase();
}
