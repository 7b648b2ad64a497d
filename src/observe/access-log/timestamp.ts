import { octets } from './log-line.ts';

/** `000` to `999`. */
const THREE: readonly string[] = Object.freeze(Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0')));

/** `0.000` to `0.999`: nearly every duration of a load balancer is one of these. */
const UNDER_A_SECOND: readonly string[] = THREE.map((digits) => `0.${digits}`);

/** Seconds with three decimals; what is negative (a clock that was read out of order) is zero. */
export function seconds(ms: number): string {
  const whole = ms > 0 ? Math.round(ms) : 0;
  if (whole < 1000) return UNDER_A_SECOND[whole]!;
  const rest = whole % 1000;
  return `${(whole - rest) / 1000}.${THREE[rest]!}`;
}

const ZERO = 48;
const LENGTH = '2026-01-02T03:04:05.678901Z'.length;
/** Where the microseconds stand. */
const MICROSECONDS = LENGTH - 4;

/** Writes ISO 8601 with microseconds; what stands before them is made once a millisecond. */
export class Timestamp {
  readonly #octets = Buffer.alloc(LENGTH, '0000-00-00T00:00:00.000000Z', 'latin1');
  #second = -1;
  #ms = -1;

  /** `wall` in milliseconds since the epoch, fractions included: `2026-01-02T03:04:05.678901Z`. Overwritten by the next call. */
  octets(wall: number): Uint8Array {
    const ms = Math.floor(wall);
    if (ms !== this.#ms) this.#turn(ms);
    const micro = ((wall - ms) * 1000) | 0;
    const tens = (micro / 10) | 0;
    const hundreds = (tens / 10) | 0;
    const at = this.#octets;
    at[MICROSECONDS] = ZERO + hundreds;
    at[MICROSECONDS + 1] = ZERO + tens - hundreds * 10;
    at[MICROSECONDS + 2] = ZERO + micro - tens * 10;
    return at;
  }

  #turn(ms: number): void {
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#octets.write(new Date(second * 1000).toISOString().slice(0, 20), 0, 'latin1');
    }
    this.#ms = ms;
    this.#octets.write(THREE[ms - second * 1000]!, MICROSECONDS - 3, 'latin1');
  }
}

const SMALL = 32;
/** request_processing_time, target_processing_time and a response_processing_time of zero, both under 32 ms: most lines. */
const SMALL_TIMES: readonly Uint8Array[] = Array.from({ length: SMALL * SMALL }, (_, index) =>
  octets(`${UNDER_A_SECOND[Math.floor(index / SMALL)]!} ${UNDER_A_SECOND[index % SMALL]!} 0.000`),
);

/** The three processing times of an answered request, in milliseconds here and seconds there. */
export function answeredTimes(requestMs: number, targetMs: number): Uint8Array {
  // The head of a response is sent on in the same turn of the loop that read it: from header to first byte sent is never a millisecond.
  if (requestMs >= 0 && targetMs >= 0 && requestMs < SMALL - 1 && targetMs < SMALL - 1) {
    return SMALL_TIMES[Math.round(requestMs) * SMALL + Math.round(targetMs)]!;
  }
  return octets(`${seconds(requestMs)} ${seconds(targetMs)} 0.000`);
}
