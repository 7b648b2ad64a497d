import type { Datum, MetricData } from '../control-plane/services/index.ts';
import type { Clock } from '../kernel/index.ts';
import { lowerBound, type Histogram, type MetricsReader } from '../observe/index.ts';
import type { Snapshot } from '../snapshot/index.ts';

export interface CollectorSettings {
  readonly clock: Clock;
  readonly data: MetricData;
  readonly reader: () => MetricsReader;
  readonly snapshot: () => Snapshot;
}

/** AWS publishes "in 60-second intervals": often enough that no minute is without its share. */
export const COLLECTED_EVERY_MS = 10_000;

/**
 * Makes CloudWatch's data of what the data plane counts, in the rhythm of the clock and whenever somebody reads. Counters only ever grow; what they have
 * grown by since the last look belongs to the minute of this look.
 */
export abstract class MetricsCollector<S extends CollectorSettings> {
  protected readonly settings: S;
  readonly #stop: () => void;

  constructor(settings: S) {
    this.settings = settings;
    settings.data.addSource(() => this.collect());
    const timer = settings.clock.every(COLLECTED_EVERY_MS, () => this.collect());
    this.#stop = () => timer.cancel();
  }

  stop(): void {
    this.#stop();
  }

  abstract collect(): void;
}

/** What a counter has grown by since `before`; a worker that was replaced may have taken some of it away. */
export function growth<M>(current: M, before: M | undefined): (read: (metrics: M) => number) => number {
  return (read) => Math.max(read(current) - (before === undefined ? 0 : read(before)), 0);
}

/** What a histogram has grown by; each bucket counts as its middle, an eighth of the value at most from what it was. */
export function distribution(current: Histogram, before: Histogram | undefined): Datum | null {
  const values = new Map<number, number>();
  let total = 0;
  for (let bucket = 0; bucket < current.buckets.length; bucket++) {
    const times = current.buckets[bucket]! - (before?.buckets[bucket] ?? 0);
    if (times <= 0) continue;
    values.set((lowerBound(bucket) + lowerBound(bucket + 1)) / 2e6, times);
    total += times;
  }
  if (total === 0) return null;
  const all = [...values.keys()];
  return { count: total, sum: Math.max(current.sum - (before?.sum ?? 0), 0), min: Math.min(...all), max: Math.max(...all), values };
}
