import { AwsError } from '../../../aws/index.ts';
import type { Datum } from './metric-data.ts';

/** A statistic of what was measured within a period; null where it cannot be told from what is known. */
export type Statistic = (datum: Datum, seconds: number) => number | null;

const BASIC: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => (count === 0 ? null : sum / count),
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** Statistics that CloudWatch has and that are not computed here, each refused by its name. */
const REFUSED = /^(?:tc|ts|wm|iqm|pr|tm)/i;

/**
 * By name: `Sum`, `p99.9`, `tm95`. Throws for what is none, and for those that are not computed.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function statistic(name: string): Statistic {
  const basic = Object.hasOwn(BASIC, name) ? BASIC[name] : undefined;
  if (basic !== undefined) return basic;
  const percent = /^(p|tm)(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name);
  if (percent !== null) {
    const share = Number(percent[2]) / 100;
    return percent[1] === 'p' ? (datum) => percentile(datum, share) : (datum) => trimmedMean(datum, share);
  }
  if (REFUSED.test(name)) throw invalid(`Statistic ${name} is not served: use SampleCount, Sum, Average, Minimum, Maximum, pNN or tmNN.`);
  throw invalid(`The value ${name} for parameter ExtendedStatistics is not supported.`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

/** From few values by interpolation between neighbours, as CloudWatch does; null where they are not known. */
function percentile({ values, count, min, max }: Datum, share: number): number | null {
  // "min, max and one sample: the percentile is that of the sample"
  if (values === null) return min === max ? min : null;
  if (count === 0) return null;
  const rank = share * count;
  let below = 0;
  for (const [value, times] of sorted(values)) {
    below += times;
    if (below >= rank) return value;
  }
  return max;
}

/** The mean of the lowest `share` of all values. */
function trimmedMean({ values, count, min, max }: Datum, share: number): number | null {
  if (values === null) return min === max ? min : null;
  let left = share * count;
  let [sum, taken] = [0, 0];
  for (const [value, times] of sorted(values)) {
    const take = Math.min(times, left);
    if (take <= 0) break;
    sum += value * take;
    taken += take;
    left -= take;
  }
  return taken === 0 ? null : sum / taken;
}

function sorted(values: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...values].sort(([a], [b]) => a - b);
}
