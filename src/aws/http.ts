/** A request to the control endpoint, read whole. */
export interface HttpRequest {
  readonly method: string;
  /** Request target as received: `/path?query`. */
  readonly url: string;
  /** Name, value, name, value, ... as received (the form of node:http's `rawHeaders`). */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly remoteAddress: string;
}

export interface HttpResponse {
  readonly status: number;
  /** By name in the spelling to send. The date and the length are the sender's to add. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | AsyncIterable<Buffer>;
}

/** Header fields: by lower-case name, repeated ones joined with a comma (RFC 9110 section 5.3), and the pairs as they came. */
export class Fields {
  readonly pairs: readonly (readonly [string, string])[];
  readonly #byName = new Map<string, string>();

  constructor(rawHeaders: readonly string[]) {
    const pairs: [string, string][] = [];
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = rawHeaders[i]!;
      const value = rawHeaders[i + 1]!;
      pairs.push([name, value]);
      const lower = name.toLowerCase();
      const before = this.#byName.get(lower);
      this.#byName.set(lower, before === undefined ? value : `${before},${value}`);
    }
    this.pairs = pairs;
  }

  /** `name` in lower case. */
  get(name: string): string | null {
    return this.#byName.get(name) ?? null;
  }

  /** Every value of a name, in order, not joined. */
  all(name: string): readonly string[] {
    return this.pairs.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  }
}

export const EMPTY = Buffer.alloc(0);
