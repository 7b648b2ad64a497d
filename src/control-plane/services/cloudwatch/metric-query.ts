import type { GetMetricDataInput, GetMetricDataOutput, MetricDataQuery, MetricDataResult, MetricStat } from '@aws-sdk/client-cloudwatch';
import { AwsError, type Call } from '../../../aws/index.ts';
import { evaluate, ExpressionError, type Names, type TimeSeries, type Value } from './expression.ts';
import { dimensionsOf } from './metric.ts';
import type { MetricData } from './metric-data.ts';
import { aligned, byPeriod, checkPeriod, type Range } from './period.ts';
import { statistic } from './statistic.ts';

const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;

/** GetMetricData: statistics of many metrics, and expressions over them. */
export function metricQueryOperations(metrics: MetricData) {
  return {
    GetMetricData(input: GetMetricDataInput, call: Call): GetMetricDataOutput {
      const queries = input.MetricDataQueries ?? [];
      if (input.NextToken !== undefined) throw new AwsError('InvalidNextToken', 'The next token specified is invalid: every answer is whole.');
      if (queries.length === 0) throw validation('The parameter MetricDataQueries is required.');
      if (queries.length > MOST_QUERIES) throw validation(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`);
      const [start, end] = [input.StartTime!.getTime(), input.EndTime!.getTime()];
      if (start >= end) throw validation('The parameter StartTime must be less than the parameter EndTime.');
      const answering = new Answering(queries, { metrics, call, start, end });
      const most = input.MaxDatapoints ?? MOST_DATAPOINTS;
      const ascending = input.ScanBy === 'TimestampAscending';
      const results = queries.filter((query) => query.ReturnData !== false).flatMap((query) => answering.results(query, ascending));
      if (results.reduce((sum, { Values: values = [] }) => sum + values.length, 0) > most) throw validation(`The request would return more than ${most} datapoints: ask for a longer period or a shorter time.`);
      return { MetricDataResults: results, Messages: [] };
    },
  };
}

interface Asked {
  readonly metrics: MetricData;
  readonly call: Call;
  readonly start: number;
  readonly end: number;
}

class Answering {
  readonly #asked: Asked;
  readonly #queries = new Map<string, MetricDataQuery>();
  readonly #values = new Map<string, Value>();
  readonly #computing = new Set<string>();
  readonly #periodSeconds: number;

  constructor(queries: readonly MetricDataQuery[], asked: Asked) {
    this.#asked = asked;
    for (const query of queries) {
      const id = query.Id ?? '';
      if (!/^[a-z]\w*$/.test(id)) throw validation(`The value ${id} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`);
      if (this.#queries.has(id)) throw validation(`The values for parameter id in MetricDataQueries are not unique. Duplicate: "${id}".`);
      if ((query.MetricStat === undefined) === (query.Expression === undefined)) throw validation(`The parameters MetricStat and Expression of query ${id} are mutually exclusive and you have specified none or both.`);
      if (query.MetricStat !== undefined) checkPeriod(query.MetricStat.Period ?? 0);
      this.#queries.set(id, query);
    }
    // an expression has the period of what it is made of: the longest where they differ
    this.#periodSeconds = Math.max(...queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 0), 1);
  }

  results(query: MetricDataQuery, ascending: boolean): readonly MetricDataResult[] {
    const { Id: id = '' } = query;
    const label = query.Label ?? query.MetricStat?.Metric?.MetricName ?? id;
    let value: Value;
    try {
      value = this.#value(id);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw validation(`Error in expression '${id}': ${error.message}`);
    }
    // a number stands at every time
    const series = typeof value === 'number' ? [new Map(this.#times().map((time) => [time, value as number]))] : Array.isArray(value) ? (value as readonly TimeSeries[]) : [value as TimeSeries];
    return series.map((each) => {
      const points = [...each].sort(([a], [b]) => (ascending ? a - b : b - a));
      return { Id: id, Label: label, Timestamps: points.map(([time]) => new Date(time)), Values: points.map(([, at]) => at), StatusCode: 'Complete' };
    });
  }

  #value(id: string): Value {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const query = this.#queries.get(id)!;
    if (this.#computing.has(id)) throw new ExpressionError(`${id} is defined by itself`);
    this.#computing.add(id);
    const value = query.MetricStat === undefined ? evaluate(query.Expression!, this.#names()) : this.#statistic(query.MetricStat);
    this.#computing.delete(id);
    this.#values.set(id, value);
    return value;
  }

  #statistic({ Metric: metric, Period: period = 60, Stat: name = '', Unit: unit }: MetricStat): TimeSeries {
    const compute = statistic(name);
    const { metrics, call } = this.#asked;
    const series = metrics.read({ account: call.account, region: call.region, namespace: metric?.Namespace ?? '', name: metric?.MetricName ?? '', dimensions: dimensionsOf(metric?.Dimensions) });
    const out = new Map<number, number>();
    for (const { at, datum } of byPeriod(series, this.#range(period), unit)) {
      const value = compute(datum, period);
      if (value !== null) out.set(at, value);
    }
    return out;
  }

  #range(periodSeconds: number): Range {
    return { start: aligned(this.#asked.start, periodSeconds), end: this.#asked.end, periodSeconds };
  }

  #times(): readonly number[] {
    const { start, end } = this.#range(this.#periodSeconds);
    const times: number[] = [];
    for (let time = start; time < end && times.length < MOST_DATAPOINTS; time += this.#periodSeconds * 1000) times.push(time);
    return times;
  }

  #names(): Names {
    return {
      value: (id) => (this.#queries.has(id) ? this.#value(id) : null),
      metrics: (part) => [...this.#queries].filter(([id, query]) => query.MetricStat !== undefined && id.includes(part)).map(([id]) => this.#value(id) as TimeSeries),
      periodSeconds: this.#periodSeconds,
      times: this.#times(),
    };
  }
}

function validation(message: string): AwsError {
  return new AwsError('ValidationError', message, { status: 400 });
}
