import { latin1, type Random } from '../../../kernel/index.ts';

const POOL_BYTES = 12 * 512;
/** `Root=1-67891233-abcdef012345678912345678` */
const TIME = 'Root=1-'.length;
const DRAWN = TIME + 9;
const DIGITS = 24;
const LENGTH = DRAWN + DIGITS;

/**
 * X-Amzn-Trace-Id as load balancers write it: a `Root` where there is none, a `Self` in front of a `Root` that came with the request.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export class TraceIds {
  readonly #random: Random;
  /** Hexadecimal digits of many ids. */
  #pool = Buffer.alloc(0);
  #at = 0;
  #second = -1;
  /** The newest id. */
  readonly #own = Buffer.alloc(LENGTH, 'Root=1-00000000-', 'latin1');

  constructor(random: Random) {
    this.#random = random;
  }

  /** `Root=1-67891233-abcdef012345678912345678`, or what came in with our part added. `wall`: milliseconds since the epoch. */
  next(received: string | null, wall: number): string {
    this.#draw(wall);
    // made of octets in one piece: it is written in several places, and joined strings would be flattened for each
    if (received === null || received === '') return latin1(this.#own, 0, LENGTH);
    const id = latin1(this.#own, TIME - 2, LENGTH);
    if (!/(?:^|;)\s*Root=/.test(received)) return `Root=${id};${received}`;
    return `Self=${id};${received.replace(/(?:^|;)\s*Self=[^;]*/, '').replace(/^;/, '')}`;
  }

  #draw(wall: number): void {
    const second = Math.floor(wall / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#own.write(second.toString(16).padStart(8, '0').slice(-8), TIME, 'latin1');
    }
    if (this.#at === this.#pool.length) {
      this.#pool = Buffer.from(this.#random.bytes(POOL_BYTES).toString('hex'), 'latin1');
      this.#at = 0;
    }
    const own = this.#own;
    const pool = this.#pool;
    const from = this.#at;
    // so few octets are moved sooner than a call is made
    for (let i = 0; i < DIGITS; i++) own[DRAWN + i] = pool[from + i]!;
    this.#at = from + DIGITS;
  }
}
