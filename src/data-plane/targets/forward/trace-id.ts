import type { Random } from '../../../kernel/index.ts';

const POOL_BYTES = 12 * 512;

/**
 * X-Amzn-Trace-Id as load balancers write it: a `Root` where there is none, a `Self` in front of a `Root` that came with the request.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export class TraceIds {
  readonly #random: Random;
  #pool = '';
  #at = 0;
  #second = -1;
  #time = '';

  constructor(random: Random) {
    this.#random = random;
  }

  /** `Root=1-67891233-abcdef012345678912345678`, or what came in with our part added. `wall`: milliseconds since the epoch. */
  next(received: string | null, wall: number): string {
    const id = this.#id(wall);
    if (received === null || received === '') return `Root=${id}`;
    if (!/(?:^|;)\s*Root=/.test(received)) return `Root=${id};${received}`;
    return `Self=${id};${received.replace(/(?:^|;)\s*Self=[^;]*/, '').replace(/^;/, '')}`;
  }

  #id(wall: number): string {
    const second = Math.floor(wall / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = `1-${second.toString(16).padStart(8, '0')}-`;
    }
    if (this.#at === this.#pool.length) {
      // hexadecimal of many ids at once: a slice of it costs nothing
      this.#pool = this.#random.bytes(POOL_BYTES).toString('hex');
      this.#at = 0;
    }
    const at = this.#at;
    this.#at = at + 24;
    return this.#time + this.#pool.slice(at, at + 24);
  }
}
