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

/** `000Z` to `999Z`. */
const MICROSECONDS_Z: readonly string[] = THREE.map((digits) => `${digits}Z`);

/** Writes ISO 8601 with microseconds; the text of a millisecond is made once and kept until another is asked for. */
export class Timestamp {
  #second = -1;
  #secondText = '';
  #ms = -1;
  #msText = '';

  /** `wall` in milliseconds since the epoch, fractions included: `2026-01-02T03:04:05.678901Z`. */
  text(wall: number): string {
    const ms = Math.floor(wall);
    if (ms !== this.#ms) this.#turn(ms);
    return this.#msText + MICROSECONDS_Z[((wall - ms) * 1000) | 0]!;
  }

  #turn(ms: number): void {
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, 20);
    }
    this.#ms = ms;
    this.#msText = this.#secondText + THREE[ms - second * 1000]!;
  }
}

const SMALL = 32;
/** request_processing_time, target_processing_time and a response_processing_time of zero, both under 32 ms: most lines. */
const SMALL_TIMES: readonly string[] = Object.freeze(
  Array.from({ length: SMALL * SMALL }, (_, index) => `${UNDER_A_SECOND[Math.floor(index / SMALL)]!} ${UNDER_A_SECOND[index % SMALL]!} 0.000`),
);

/** The three processing times of an answered request, in milliseconds here and seconds there. */
export function answeredTimes(requestMs: number, targetMs: number): string {
  // The head of a response is sent on in the same turn of the loop that read it: from header to first byte sent is never a millisecond.
  if (requestMs >= 0 && targetMs >= 0 && requestMs < SMALL - 1 && targetMs < SMALL - 1) {
    return SMALL_TIMES[Math.round(requestMs) * SMALL + Math.round(targetMs)]!;
  }
  return `${seconds(requestMs)} ${seconds(targetMs)} 0.000`;
}
