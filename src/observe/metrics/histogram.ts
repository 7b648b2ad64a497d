/**
 * Log-linear buckets over microseconds: eight to an octave, so that a value is known to within an eighth of itself. From 0 to 4294 seconds;
 * what is longer counts in the last bucket.
 */
export const HISTOGRAM_BUCKETS = 240;

const LARGEST = 0xffffffff;

/** Bucket of a duration in milliseconds. */
export function bucketOf(ms: number): number {
  const us = ms * 1000;
  if (!(us >= 1)) return 0;
  if (us >= LARGEST) return HISTOGRAM_BUCKETS - 1;
  const value = us >>> 0;
  if (value < 8) return value;
  const exponent = 31 - Math.clz32(value);
  return (exponent - 2) * 8 + ((value >>> (exponent - 3)) & 7);
}

/** Lower bound (inclusive) of a bucket in microseconds; of bucket 240: the end of the scale. */
export function lowerBound(bucket: number): number {
  if (bucket < 8) return bucket;
  const exponent = (bucket >>> 3) + 2;
  return 2 ** exponent + (bucket & 7) * 2 ** (exponent - 3);
}

/** Counts by bucket, with the sum of what was counted. */
export interface Histogram {
  readonly buckets: readonly number[];
  readonly count: number;
  /** Seconds. */
  readonly sum: number;
}

/** The value (seconds) below which `quantile` (0 to 1) of all lie, interpolated within its bucket; null of an empty histogram. */
export function percentile(histogram: Histogram, quantile: number): number | null {
  if (histogram.count === 0) return null;
  const rank = quantile * histogram.count;
  let below = 0;
  for (let bucket = 0; bucket < histogram.buckets.length; bucket++) {
    const here = histogram.buckets[bucket]!;
    if (here > 0 && below + here >= rank) {
      const low = lowerBound(bucket);
      const share = Math.max(rank - below, 0) / here;
      return (low + (lowerBound(bucket + 1) - low) * share) / 1e6;
    }
    below += here;
  }
  return lowerBound(HISTOGRAM_BUCKETS) / 1e6;
}
