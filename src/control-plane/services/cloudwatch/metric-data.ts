import type { Clock } from '../../../kernel/index.ts';

export interface DimensionValue {
  readonly name: string;
  readonly value: string;
}

/** Where a metric is: one time series. */
export interface MetricName {
  readonly account: string;
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  /** In any order. */
  readonly dimensions: readonly DimensionValue[];
}

/** What was measured within one second or minute. */
export interface Datum {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** How often each value was measured; null where only the four numbers above are known. */
  readonly values: ReadonlyMap<number, number> | null;
}

export interface Series {
  readonly metric: MetricName;
  /** In order of time; ms since the epoch. */
  readonly points: readonly { readonly at: number; readonly unit: string; readonly datum: Datum }[];
  readonly lastAt: number;
}

interface Kept {
  readonly metric: MetricName;
  /** By time and unit. */
  readonly points: Map<string, { readonly at: number; readonly unit: string; datum: Datum }>;
  lastAt: number;
}

/** Points of 60 seconds are "available for 15 days". */
export const RETENTION_MS = 15 * 24 * 3_600_000;
/** Bounds of memory: about 100 MB. What is older gives way. */
const MOST_POINTS = 500_000;
const MOST_SERIES = 50_000;
/** "Up to 150 unique values" in a datum: more are known by their four numbers only. */
export const MOST_VALUES = 150;
const HIGH_RESOLUTION_MS = 1_000;
const STANDARD_MS = 60_000;

/**
 * Metrics in memory, bounded; lost with the process. A datum is added to the one that is there for its minute (or second), as CloudWatch
 * aggregates what is published.
 */
export class MetricData {
  readonly #clock: Clock;
  readonly #series = new Map<string, Kept>();
  /** Something measures when it is asked: told before every read. */
  readonly #sources: (() => void)[] = [];
  #points = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `measure` is called before metrics are read: it puts what it has not put yet. */
  addSource(measure: () => void): void {
    this.#sources.push(measure);
  }

  put(metric: MetricName, { at, unit, datum, highResolution = false }: { readonly at: number; readonly unit: string; readonly datum: Datum; readonly highResolution?: boolean }): void {
    const key = keyOf(metric);
    let kept = this.#series.get(key);
    if (kept === undefined) {
      if (this.#series.size >= MOST_SERIES) this.#forgetOldestSeries();
      this.#series.set(key, (kept = { metric, points: new Map(), lastAt: 0 }));
    }
    const resolution = highResolution ? HIGH_RESOLUTION_MS : STANDARD_MS;
    const slot = Math.floor(at / resolution) * resolution;
    const name = `${slot} ${unit}`;
    const point = kept.points.get(name);
    kept.lastAt = Math.max(kept.lastAt, at);
    if (point !== undefined) {
      point.datum = merged([point.datum, datum]);
      return;
    }
    kept.points.set(name, { at: slot, unit, datum });
    this.#points++;
    if (this.#points > MOST_POINTS) this.#forgetOld();
  }

  /** Null for a metric that nobody has published. */
  read(metric: MetricName): Series | null {
    this.#measure();
    const kept = this.#series.get(keyOf(metric));
    return kept === undefined ? null : series(kept);
  }

  /** All of an account and region, in a fixed order. */
  list(where: { readonly account: string; readonly region: string }): readonly Series[] {
    this.#measure();
    return [...this.#series]
      .filter(([, { metric }]) => metric.account === where.account && metric.region === where.region)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, kept]) => series(kept));
  }

  reset(): void {
    this.#series.clear();
    this.#points = 0;
  }

  #measure(): void {
    for (const measure of this.#sources) measure();
  }

  #forgetOld(): void {
    // half of the time that is kept, again and again, until it fits: seldom, and a sweep each
    for (let keep = RETENTION_MS; this.#points > MOST_POINTS * 0.9 && keep > STANDARD_MS; keep /= 2) {
      const oldest = this.#clock.now() - keep;
      for (const [key, kept] of this.#series) {
        for (const [name, point] of kept.points) {
          if (point.at >= oldest) continue;
          kept.points.delete(name);
          this.#points--;
        }
        if (kept.points.size === 0) this.#series.delete(key);
      }
    }
  }

  #forgetOldestSeries(): void {
    let oldest: string | null = null;
    let at = Infinity;
    for (const [key, kept] of this.#series) if (kept.lastAt < at) [oldest, at] = [key, kept.lastAt];
    if (oldest === null) return;
    this.#points -= this.#series.get(oldest)!.points.size;
    this.#series.delete(oldest);
  }
}

function series({ metric, points, lastAt }: Kept): Series {
  return { metric, lastAt, points: [...points.values()].map((point) => ({ ...point })).sort((a, b) => a.at - b.at) };
}

function keyOf({ account, region, namespace, name, dimensions }: MetricName): string {
  const sorted = dimensions.map((dimension) => [dimension.name, dimension.value]).sort(([a], [b]) => (a! < b! ? -1 : 1));
  return JSON.stringify([account, region, namespace, name, sorted]);
}

export function merged(data: readonly Datum[]): Datum {
  let [count, sum, min, max] = [0, 0, Infinity, -Infinity];
  let values: Map<number, number> | null = new Map();
  for (const datum of data) {
    count += datum.count;
    sum += datum.sum;
    min = Math.min(min, datum.min);
    max = Math.max(max, datum.max);
    if (datum.values === null) values = null;
    if (values !== null) for (const [value, times] of datum.values!) values.set(value, (values.get(value) ?? 0) + times);
  }
  return { count, sum, min, max, values: values !== null && values.size > 10 * MOST_VALUES ? null : values };
}

/** A datum of one value, measured `times` times. */
export function single(value: number, times = 1): Datum {
  return { count: times, sum: value * times, min: value, max: value, values: new Map([[value, times]]) };
}
