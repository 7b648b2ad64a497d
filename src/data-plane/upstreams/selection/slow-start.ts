import type { Random } from '../../../kernel/index.ts';
import type { Selectable } from './eligible.ts';
import type { Chooser, Selection } from './selection.ts';

export interface StartReader {
  readonly healthVersion: number;
  /** When the slow start of an endpoint began (ms since the epoch); 0: it is in none. */
  slowStart(slot: number): number;
}

/** Least share of an endpoint that has just begun: it must get something to warm up with. */
const LEAST = 0.01;

/**
 * Gives endpoints that have become healthy a share that grows linearly over `durationMs`; while there is none, it is `inner` alone.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode
 */
export class SlowStart<E extends Selectable> implements Selection<E> {
  readonly #inner: Selection<E>;
  readonly #ledger: StartReader;
  readonly #durationMs: number;
  readonly #random: Random;
  #version = 0;
  #fresh = false;
  /** When the last slow start is over. */
  #until = 0;

  constructor(inner: Selection<E>, ledger: StartReader, { durationMs, random }: { readonly durationMs: number; readonly random: Random }) {
    this.#inner = inner;
    this.#ledger = ledger;
    this.#durationMs = durationMs;
    this.#random = random;
  }

  pick(tried: readonly E[], chooser: Chooser): E | null {
    const now = chooser.startedWall;
    const version = this.#ledger.healthVersion;
    if (!this.#fresh || version !== this.#version) {
      this.#fresh = true;
      this.#version = version;
      this.#until = 0;
      for (const { healthSlot } of this.#inner.eligible) {
        const began = this.#ledger.slowStart(healthSlot);
        if (began > 0) this.#until = Math.max(this.#until, began + this.#durationMs);
      }
    }
    if (now >= this.#until) return this.#inner.pick(tried, chooser);
    return this.#byShare(tried, now) ?? this.#inner.pick(tried, chooser);
  }

  #byShare(tried: readonly E[], now: number): E | null {
    const open = this.#inner.eligible.filter((endpoint) => !tried.includes(endpoint));
    let sum = 0;
    const shares = open.map(({ healthSlot }) => {
      const share = this.#share(healthSlot, now);
      sum += share;
      return share;
    });
    let left = this.#random.number() * sum;
    for (let i = 0; i < open.length; i++) {
      left -= shares[i]!;
      if (left < 0) return open[i]!;
    }
    return open.at(-1) ?? null;
  }

  #share(slot: number, now: number): number {
    const began = this.#ledger.slowStart(slot);
    return began === 0 ? 1 : Math.min(1, Math.max(LEAST, (now - began) / this.#durationMs));
  }

  has(endpoint: E): boolean {
    return this.#inner.has(endpoint);
  }

  get eligible(): readonly E[] {
    return this.#inner.eligible;
  }

  get failingOpen(): boolean {
    return this.#inner.failingOpen;
  }
}
