import type { Clock, Timer } from '../../../kernel/index.ts';
import type { FunctionInvocation, FunctionInvoker } from './invoker.ts';

export interface QueuedEvent {
  readonly invocation: FunctionInvocation;
  /** Further attempts after a failure of the function. */
  readonly retries: number;
  /** How long after it was taken in it may still be tried, in milliseconds. */
  readonly maxAgeMs: number;
}

/** AWS waits a minute before the second attempt and two before the third. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_MS: readonly number[] = [60_000, 120_000];
/** Throttled events are tried again after 1 s, then at twice the distance each time, up to 5 minutes. */
const THROTTLE_MS = 1000;
const LONGEST_THROTTLE_MS = 300_000;

interface Bounds {
  readonly events: number;
  readonly bytes: number;
  /** Events being run at the same time. */
  readonly running: number;
}

const BOUNDS: Bounds = { events: 10_000, bytes: 256 * 1024 * 1024, running: 100 };

/**
 * Events that were accepted to be run later (InvocationType Event). Kept in memory: unlike on AWS, what is still waiting when the process ends is lost.
 * A failed event is run again as the function's configuration says.
 */
export class AsynchronousInvocations {
  readonly #invoker: FunctionInvoker;
  readonly #clock: Clock;
  readonly #bounds: Bounds;
  readonly #ready: Entry[] = [];
  readonly #timers = new Set<Timer>();
  #events = 0;
  #bytes = 0;
  #running = 0;

  constructor(invoker: FunctionInvoker, clock: Clock, bounds: Bounds = BOUNDS) {
    this.#invoker = invoker;
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Takes an event in; false where there is no room. */
  offer(event: QueuedEvent): boolean {
    const bytes = event.invocation.payload.length;
    if (this.#events >= this.#bounds.events || this.#bytes + bytes > this.#bounds.bytes) return false;
    this.#events++;
    this.#bytes += bytes;
    this.#ready.push({ event, until: this.#clock.now() + event.maxAgeMs, failures: 0, throttles: 0 });
    this.#run();
    return true;
  }

  #run(): void {
    while (this.#running < this.#bounds.running) {
      const entry = this.#ready.shift();
      if (!entry) return;
      this.#running++;
      void this.#attempt(entry);
    }
  }

  async #attempt(entry: Entry): Promise<void> {
    const result = await this.#invoker.invoke(entry.event.invocation);
    this.#running--;
    switch (result.kind) {
      case 'ok':
        this.#forget(entry);
        break;
      case 'function-error':
        if (entry.failures >= entry.event.retries) this.#forget(entry);
        else this.#later(entry, RETRY_MS[Math.min(entry.failures++, RETRY_MS.length - 1)]!);
        break;
      case 'throttled':
      case 'unavailable':
        this.#later(entry, Math.min(THROTTLE_MS * 2 ** entry.throttles++, LONGEST_THROTTLE_MS));
        break;
    }
    this.#run();
  }

  #later(entry: Entry, ms: number): void {
    if (this.#clock.now() + ms > entry.until) {
      this.#forget(entry);
      return;
    }
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(timer);
      this.#ready.push(entry);
      this.#run();
    });
    this.#timers.add(timer);
  }

  #forget(entry: Entry): void {
    this.#events--;
    this.#bytes -= entry.event.invocation.payload.length;
  }
}

interface Entry {
  readonly event: QueuedEvent;
  /** Wall clock. */
  readonly until: number;
  failures: number;
  throttles: number;
}
