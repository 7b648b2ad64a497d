import type { Clock, Wheel } from '../../../kernel/index.ts';
import { untold, type Mishaps } from '../../exchange/index.ts';
import { BulkBuffers, WriteTurn } from '../../sockets/index.ts';
import { FieldLines, RequestHead, type HeadLimits } from '../../wire/index.ts';
import { Http2Worker } from '../http2/worker.ts';

/** ALB's quotas for HTTP headers: request line and single field 16 KB, whole head 64 KB. */
export const HEAD_BYTES = 64 * 1024;
export const HEAD_LIMITS: HeadLimits = { fields: 200, line: 16 * 1024, startLine: 16 * 1024 };

/**
 * What all connections of one thread share: the read buffer, the parser's scratch, the timer wheel, and strings that change once a second.
 * The scratch belongs to the exchange that was parsed last (`owner` is its `parsed`).
 */
export class Http1Worker {
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly priorKnowledge: boolean;
  readonly mishaps: Mishaps;
  /** Reads land here; whoever is called with it must be finished with it when it returns, or copy. */
  readonly readBuffer = Buffer.allocUnsafeSlow(64 * 1024);
  readonly head = new RequestHead(HEAD_LIMITS);
  /** For exchanges that look at their fields after another request has been parsed. */
  readonly again = new FieldLines(HEAD_LIMITS);
  readonly writes: WriteTurn;
  readonly bulk = new BulkBuffers();
  readonly http2 = new Http2Worker();
  /** The number of the head that is in the scratch: a number, since an object that is stored anew for each request costs the collector more than it says. */
  owner = 0;
  againOwner: object | null = null;
  #second = -1;
  #date = '';
  #wallOffset: number;

  /** `priorKnowledge`: clients may speak HTTP/2 without TLS from their first octet on. `writes`: the thread's, if others share it. */
  constructor(clock: Clock, wheel: Wheel, { priorKnowledge = false, mishaps = untold, writes = new WriteTurn() }: { readonly priorKnowledge?: boolean; readonly mishaps?: Mishaps; readonly writes?: WriteTurn } = {}) {
    this.priorKnowledge = priorKnowledge;
    this.mishaps = mishaps;
    this.writes = writes;
    this.clock = clock;
    this.wheel = wheel;
    this.#wallOffset = clock.now() - clock.monotonic();
    // the wall clock may be set: follow it without asking for it on every request
    clock.every(1000, () => {
      this.#wallOffset = clock.now() - clock.monotonic();
    });
  }

  /** Wall clock for a monotonic time, within a second's drift. */
  wall(monotonic: number): number {
    return monotonic + this.#wallOffset;
  }

  /** Value of a Date field (RFC 9110 section 5.6.7) for a monotonic time; made once a second. */
  date(monotonic: number): string {
    const second = Math.floor((monotonic + this.#wallOffset) / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = new Date(second * 1000).toUTCString();
    }
    return this.#date;
  }
}
