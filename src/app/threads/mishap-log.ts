import type { MishapPlace, Mishaps } from '../../data-plane/exchange/index.ts';
import type { Clock } from '../../kernel/index.ts';

/** What a worker tells of what has been thrown in it and has not ended it. */
export interface MishapReport {
  /** How often, since the last report. */
  readonly counts: ReadonlyMap<MishapPlace, number>;
  /** The stacks of those that had not been seen before. */
  readonly stacks: readonly { readonly place: MishapPlace; readonly stack: string }[];
}

/** Between two reports. */
const REST_MS = 1_000;
/** Stacks that a worker tells in its life: one for each place in the code that threw. */
const STACKS_MOST = 64;

/** Counts mishaps, and tells of them once a second at most; a stack once for each line of code that threw. */
export class MishapLog implements Mishaps {
  readonly #clock: Clock;
  readonly #tell: (report: MishapReport) => void;
  readonly #seen = new Set<string>();
  #counts = new Map<MishapPlace, number>();
  #stacks: { readonly place: MishapPlace; readonly stack: string }[] = [];
  #resting = false;

  constructor(clock: Clock, tell: (report: MishapReport) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  note(place: MishapPlace, error: unknown): void {
    this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1);
    const stack = stackOf(error);
    const line = `${place} ${/^\s+at .*$/m.exec(stack)?.[0] ?? stack.slice(0, 200)}`;
    if (this.#seen.size < STACKS_MOST && !this.#seen.has(line)) {
      this.#seen.add(line);
      this.#stacks.push({ place, stack });
    }
    if (!this.#resting) this.#report();
  }

  #report(): void {
    const [counts, stacks] = [this.#counts, this.#stacks];
    this.#counts = new Map();
    this.#stacks = [];
    this.#resting = true;
    this.#clock.after(REST_MS, () => {
      this.#resting = false;
      if (this.#counts.size > 0) this.#report();
    });
    this.#tell({ counts, stacks });
  }
}

/** Anything may be thrown, also what throws when it is looked at. */
function stackOf(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}
