import { type Clock, hexId, type Random, type Timer } from '../kernel/index.ts';
import { type Launch, RuntimeProcess, SPARE_VARIABLE } from './runtime-process.ts';

/** A spare is started when the machine has had this long since one was last asked for: a start that somebody waits for comes first. */
const REST_MS = 100;

export interface SpareSettings {
  readonly clock: Clock;
  readonly random: Random;
  /** How many are kept, each of another kind; 0: none. */
  readonly most: number;
  /** What tells a later host that a process that it finds was an earlier host's. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Runtimes that were started ahead: a process that has loaded everything but the function, and is told which function it is for when one needs it. It inherits
 * nothing and knows nothing before; it is used once. One is kept of each kind (interpreter, heap, user) that was wanted last.
 */
export class SpareProcesses {
  readonly #settings: SpareSettings;
  /** What is wanted, the newest last. */
  readonly #wanted = new Map<string, Launch>();
  readonly #spares = new Map<string, RuntimeProcess>();
  #timer: Timer | null = null;
  #closed = false;

  constructor(settings: SpareSettings) {
    this.#settings = settings;
  }

  /** Functions that are started so may be called soon. */
  expect(launch: Launch): void {
    const { most, clock } = this.#settings;
    if (!launch.spare || most === 0 || this.#closed) return;
    const kind = kindOf(launch);
    this.#wanted.delete(kind);
    this.#wanted.set(kind, launch);
    for (const [oldest] of this.#wanted) {
      if (this.#wanted.size <= most) break;
      this.#wanted.delete(oldest);
      this.#spares.get(oldest)?.kill();
      this.#spares.delete(oldest);
    }
    this.#timer?.cancel();
    this.#timer = clock.after(REST_MS, () => this.#fill());
  }

  /** A process that can be told what it is for; null: there is none. */
  take(launch: Launch): RuntimeProcess | null {
    if (!launch.spare) return null;
    const kind = kindOf(launch);
    const spare = this.#spares.get(kind) ?? null;
    this.#spares.delete(kind);
    this.expect(launch);
    return spare?.ended === false ? spare : null;
  }

  /** What lives, for status pages and tests. */
  get pids(): readonly (number | undefined)[] {
    return [...this.#spares.values()].map(({ pid }) => pid);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const spare of this.#spares.values()) spare.kill();
    this.#spares.clear();
  }

  #fill(): void {
    for (const [kind, launch] of this.#wanted) {
      if (this.#spares.has(kind)) continue;
      const variables = { ...this.#settings.variables, TZ: ':UTC', LANG: 'en_US.UTF-8', [SPARE_VARIABLE]: hexId(this.#settings.random, 32) };
      const spare = new RuntimeProcess({ ...launch, folder: '/' }, variables, () => {
        // One that ends by itself is not started again before somebody wants it: it may be that none can start.
        if (this.#spares.get(kind) === spare) this.#spares.delete(kind);
      });
      this.#spares.set(kind, spare);
    }
  }
}

function kindOf({ command, user }: Launch): string {
  return JSON.stringify([command, user]);
}
