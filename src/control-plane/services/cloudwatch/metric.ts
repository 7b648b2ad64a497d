import type { Dimension, GetMetricStatisticsInput, GetMetricStatisticsOutput, ListMetricsInput, ListMetricsOutput, MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { AwsError, InvalidMarker, paginate, type Call } from '../../../aws/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { MOST_VALUES, type Datum, type DimensionValue, type MetricData, type MetricName } from './metric-data.ts';
import { aligned, byPeriod, checkPeriod } from './period.ts';
import { statistic } from './statistic.ts';

const MOST_DATAPOINTS = 1440;
const MOST_DATA = 1000;
const LIST_PAGE = 500;
const TWO_WEEKS = 14 * 24 * 3_600_000;
const TWO_HOURS = 2 * 3_600_000;
const THREE_HOURS = 3 * 3_600_000;

/** Publishing, reading and listing of single metrics. */
export function metricOperations(metrics: MetricData, clock: Clock) {
  return {
    PutMetricData(input: PutMetricDataInput, call: Call): Record<string, never> {
      const { Namespace: namespace = '', MetricData: data = [] } = input;
      if (namespace.startsWith('AWS/')) throw invalid('The value AWS/ for parameter Namespace is invalid.');
      if (data.length === 0) throw new AwsError('MissingRequiredParameterException', 'The parameter MetricData is required.');
      if (data.length > MOST_DATA) throw invalid(`The collection MetricData must not have a size greater than ${MOST_DATA}.`);
      const now = clock.now();
      // all or nothing
      const read = data.map((given, i) => {
        const at = given.Timestamp?.getTime() ?? now;
        if (at < now - TWO_WEEKS || at > now + TWO_HOURS) throw invalid(`The parameter MetricData.member.${i + 1}.Timestamp must be between two weeks in the past and two hours in the future.`);
        return { given, at, datum: datumOf(given, i + 1), dimensions: dimensionsOf(given.Dimensions) };
      });
      for (const { given, at, datum, dimensions } of read) {
        const metric: MetricName = { account: call.account, region: call.region, namespace, name: given.MetricName ?? '', dimensions };
        metrics.put(metric, { at, unit: given.Unit ?? 'None', datum, highResolution: given.StorageResolution === 1 });
      }
      return {};
    },

    GetMetricStatistics(input: GetMetricStatisticsInput, call: Call): GetMetricStatisticsOutput {
      const { Namespace: namespace = '', MetricName: name = '', StartTime: from, EndTime: to, Period: period = 0, Statistics: names = [], ExtendedStatistics: extended = [], Unit: unit } = input;
      checkPeriod(period);
      if (names.length === 0 && extended.length === 0) throw new AwsError('MissingRequiredParameterException', 'At least one of the parameters Statistics and ExtendedStatistics must be specified.');
      if (names.length > 0 && extended.length > 0) throw new AwsError('InvalidParameterCombinationException', 'The parameters Statistics and ExtendedStatistics are mutually exclusive.');
      const start = aligned(from!.getTime(), Math.min(period, 60));
      const end = to!.getTime();
      if (start >= end) throw new AwsError('InvalidParameterCombinationException', 'The parameter StartTime must be less than the parameter EndTime.');
      const most = Math.ceil((end - start) / (period * 1000));
      if (most > MOST_DATAPOINTS) {
        throw new AwsError('InvalidParameterCombinationException', `You have requested up to ${most} datapoints, which exceeds the limit of ${MOST_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`);
      }
      const wanted = [...names, ...extended].map((each) => [each, statistic(each)] as const);
      const series = metrics.read({ account: call.account, region: call.region, namespace, name, dimensions: dimensionsOf(input.Dimensions) });
      const periods = byPeriod(series, { start, end, periodSeconds: period }, unit);
      return {
        Label: name,
        Datapoints: periods.map(({ at, unit: of, datum }) => {
          const values = Object.fromEntries(wanted.flatMap(([each, compute]) => present(each, compute(datum, period))));
          return { Timestamp: new Date(at), ...(extended.length === 0 ? values : { ExtendedStatistics: values }), Unit: of as NonNullable<GetMetricStatisticsInput['Unit']> };
        }),
      };
    },

    ListMetrics(input: ListMetricsInput, call: Call): ListMetricsOutput {
      const { Namespace: namespace, MetricName: name, Dimensions: filters = [], RecentlyActive: recently } = input;
      const since = recently === undefined ? 0 : clock.now() - THREE_HOURS;
      const found = metrics.list(call).filter(({ metric, lastAt }) =>
        lastAt >= since && (namespace === undefined || metric.namespace === namespace) && (name === undefined || metric.name === name) &&
        filters.every((filter) => metric.dimensions.some((dimension) => dimension.name === filter.Name && (filter.Value === undefined || dimension.value === filter.Value))));
      try {
        const { items, next } = paginate(found, { marker: input.NextToken, limit: LIST_PAGE, key: ({ metric }) => JSON.stringify([metric.namespace, metric.name, metric.dimensions]), scope: JSON.stringify([namespace, name, filters]) });
        return {
          Metrics: items.map(({ metric }) => ({ Namespace: metric.namespace, MetricName: metric.name, Dimensions: metric.dimensions.map((each) => ({ Name: each.name, Value: each.value })) })),
          ...(next === null ? {} : { NextToken: next }),
        };
      } catch (error) {
        if (error instanceof InvalidMarker) throw invalid('The value for parameter NextToken is invalid.');
        throw error;
      }
    },
  };
}

function present(name: string, value: number | null): readonly (readonly [string, number])[] {
  return value === null ? [] : [[name, value]];
}

export function dimensionsOf(given: readonly Dimension[] | undefined): readonly DimensionValue[] {
  return (given ?? []).map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }));
}

function datumOf({ Value: value, Values: values, Counts: counts, StatisticValues: statistics, StorageResolution: resolution }: MetricDatum, number: number): Datum {
  const at = `MetricData.member.${number}`;
  if ([value, values, statistics].filter((each) => each !== undefined).length !== 1) {
    throw new AwsError('InvalidParameterCombinationException', `The parameters ${at}.Value, ${at}.Values and ${at}.StatisticValues are mutually exclusive and you have specified none or more than one.`);
  }
  if (resolution !== undefined && resolution !== 1 && resolution !== 60) throw invalid(`The parameter ${at}.StorageResolution must be 1 or 60.`);
  if (statistics !== undefined) {
    const { SampleCount: count = 0, Sum: sum = 0, Minimum: min = 0, Maximum: max = 0 } = statistics;
    if (!(count > 0) || min > max) throw invalid(`The parameter ${at}.StatisticValues is not valid.`);
    return { count, sum: finite(sum, at), min: finite(min, at), max: finite(max, at), values: min === max ? new Map([[min, count]]) : null };
  }
  const all = values ?? [value!];
  const times = counts ?? all.map(() => 1);
  if (all.length === 0 || all.length > MOST_VALUES) throw invalid(`The collection ${at}.Values must have a size between 1 and ${MOST_VALUES}.`);
  if (times.length !== all.length) throw invalid(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`);
  const map = new Map<number, number>();
  let [count, sum] = [0, 0];
  for (const [i, each] of all.entries()) {
    const often = finite(times[i]!, at);
    if (!(often > 0)) throw invalid(`The parameter ${at}.Counts must be greater than zero.`);
    map.set(finite(each, at), (map.get(each) ?? 0) + often);
    count += often;
    sum += each * often;
  }
  return { count, sum, min: Math.min(...all), max: Math.max(...all), values: map };
}

/** "Values must be in the range of -2^360 to 2^360. Special values (for example, NaN, +Infinity, -Infinity) are not supported." */
function finite(value: number, at: string): number {
  if (Number.isFinite(value) && Math.abs(value) <= 2 ** 360) return value;
  throw invalid(`The value ${value} for parameter ${at}.Value is invalid.`);
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}
