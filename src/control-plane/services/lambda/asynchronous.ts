import type { Clock, Timer } from '../../../kernel/index.ts';
import type { EventJournal } from './event-journal.ts';
import type { FunctionInvocation, FunctionInvoker, FunctionResult } from './invoker.ts';

export interface QueuedEvent {
  /** The request id of whoever sent it. */
  readonly id: string;
  readonly invocation: FunctionInvocation;
  /** ARN with its qualifier, as records name it. */
  readonly qualifiedArn: string;
  readonly executedVersion: string;
  /** Further attempts after a failure of the function. */
  readonly retries: number;
  /** How long after it was taken in it may still be tried, in milliseconds. */
  readonly maxAgeMs: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** ARNs of the functions that are told of its success, and of its end without one; null: nobody. */
  readonly onSuccess: string | null;
  readonly onFailure: string | null;
}

/** How an event ended. */
export interface EventEnd {
  readonly event: QueuedEvent;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';
  /** How often it was run. */
  readonly attempts: number;
  readonly result: FunctionResult | null;
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

export interface AsynchronousSettings {
  readonly invoker: FunctionInvoker;
  readonly clock: Clock;
  readonly journal: EventJournal;
  /** Whether a function is to run nothing at all (a reservation of 0): its events end at once (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html). */
  readonly isClosed: (functionArn: string) => boolean;
  /** Told of every event that somebody wants to hear of. */
  readonly ended: (end: EventEnd) => void;
  readonly bounds?: Bounds;
}

/** Events that were accepted to be run later (InvocationType Event). A failed event is run again as the function's configuration says. */
export class AsynchronousInvocations {
  readonly #settings: AsynchronousSettings;
  readonly #bounds: Bounds;
  readonly #ready: Entry[] = [];
  readonly #timers = new Set<Timer>();
  #events = 0;
  #bytes = 0;
  #running = 0;

  constructor(settings: AsynchronousSettings) {
    this.#settings = settings;
    this.#bounds = settings.bounds ?? BOUNDS;
    void settings.journal.recover().then((events) => {
      for (const event of events) this.#take(event);
      this.#run();
    });
  }

  /** Takes an event in: it is kept once this resolves. False where there is no room. */
  async offer(event: QueuedEvent): Promise<boolean> {
    const bytes = event.invocation.payload.length;
    if (this.#events >= this.#bounds.events || this.#bytes + bytes > this.#bounds.bytes) return false;
    this.#events++;
    this.#bytes += bytes;
    try {
      await this.#settings.journal.keep(event);
    } catch (error) {
      this.#events--;
      this.#bytes -= bytes;
      throw error;
    }
    this.#ready.push({ event, failures: 0, throttles: 0, attempts: 0 });
    this.#run();
    return true;
  }

  #take(event: QueuedEvent): void {
    this.#events++;
    this.#bytes += event.invocation.payload.length;
    this.#ready.push({ event, failures: 0, throttles: 0, attempts: 0 });
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
    const { event } = entry;
    if (this.#settings.isClosed(event.invocation.functionArn)) {
      this.#running--;
      this.#forget(entry, 'ZeroReservedConcurrency', null);
      return;
    }
    const result = await this.#settings.invoker.invoke(event.invocation);
    this.#running--;
    switch (result.kind) {
      case 'ok':
        entry.attempts++;
        this.#forget(entry, 'Success', result);
        break;
      case 'function-error':
        entry.attempts++;
        if (entry.failures >= event.retries) this.#forget(entry, 'RetriesExhausted', result);
        else this.#later(entry, RETRY_MS[Math.min(entry.failures++, RETRY_MS.length - 1)]!, result);
        break;
      case 'throttled':
      case 'unavailable':
        this.#later(entry, Math.min(THROTTLE_MS * 2 ** entry.throttles++, LONGEST_THROTTLE_MS), null);
        break;
    }
    this.#run();
  }

  #later(entry: Entry, ms: number, result: FunctionResult | null): void {
    const { clock } = this.#settings;
    if (clock.now() + ms > entry.event.acceptedAt + entry.event.maxAgeMs) {
      this.#forget(entry, 'EventAgeExceeded', result);
      return;
    }
    const timer = clock.after(ms, () => {
      this.#timers.delete(timer);
      this.#ready.push(entry);
      this.#run();
    });
    this.#timers.add(timer);
  }

  #forget({ event, attempts }: Entry, condition: EventEnd['condition'], result: FunctionResult | null): void {
    this.#events--;
    this.#bytes -= event.invocation.payload.length;
    const destination = condition === 'Success' ? event.onSuccess : event.onFailure;
    if (destination !== null) this.#settings.ended({ event, condition, attempts, result });
    this.#settings.journal.forget(event.id);
  }
}

interface Entry {
  readonly event: QueuedEvent;
  failures: number;
  throttles: number;
  /** How often the function was run. */
  attempts: number;
}
