import { AwsError } from '../../../aws/index.ts';
import { merged, type Datum, type Series } from './metric-data.ts';

/** "Any multiple of 60", or 1, 5, 10, 20, 30 for metrics with high resolution. */
export function checkPeriod(seconds: number): void {
  if (seconds % 60 === 0 || [1, 5, 10, 20, 30].includes(seconds)) return;
  throw new AwsError('InvalidParameterValueException', `The parameter Period must be a multiple of 60, or one of 1, 5, 10, 20 and 30, got ${seconds}.`);
}

export interface Range {
  /** ms since the epoch; the end is not included. */
  readonly start: number;
  readonly end: number;
  readonly periodSeconds: number;
}

/** What was measured in each period of a range that has something, in order of time. */
export function byPeriod(series: Series | null, { start, end, periodSeconds }: Range, unit: string | undefined): readonly { readonly at: number; readonly unit: string; readonly datum: Datum }[] {
  if (series === null) return [];
  const period = periodSeconds * 1000;
  const slots = new Map<string, { readonly at: number; readonly unit: string; readonly data: Datum[] }>();
  for (const point of series.points) {
    if (point.at < start || point.at >= end || (unit !== undefined && point.unit !== unit)) continue;
    const at = start + Math.floor((point.at - start) / period) * period;
    const slot = slots.get(`${at} ${point.unit}`);
    if (slot === undefined) slots.set(`${at} ${point.unit}`, { at, unit: point.unit, data: [point.datum] });
    else slot.data.push(point.datum);
  }
  return [...slots.values()].map(({ at, unit: of, data }) => ({ at, unit: of, datum: merged(data) })).sort((a, b) => a.at - b.at);
}

/** The start of the period that `time` lies in, by the clock. */
export function aligned(time: number, periodSeconds: number): number {
  const period = Math.min(periodSeconds, 86_400) * 1000;
  return Math.floor(time / period) * period;
}
