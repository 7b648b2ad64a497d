import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { GetMetricDataOutput, GetMetricStatisticsOutput, ListMetricsOutput } from '@aws-sdk/client-cloudwatch';
import { awsError } from '../../../../test/support/refusal.ts';
import { testCall, testEnvironment } from '../../../../test/support/environment.ts';
import { evaluate, ExpressionError, type Names, type TimeSeries, type Value } from './expression.ts';
import { cloudwatchService, MetricData, single } from './index.ts';

const DIMENSIONS = [{ Name: 'LoadBalancer', Value: 'app/shop/1' }];

function stage() {
  const environment = testEnvironment();
  const data = new MetricData(environment.clock);
  const service = cloudwatchService(environment, data);
  const call = async <T>(operation: string, input: object): Promise<T> => (await service.operations[operation]!(input, testCall({ service: 'cloudwatch', operation }))) as T;
  const start = Math.floor(environment.clock.now() / 60_000) * 60_000;
  const at = (minute: number): Date => new Date(start + minute * 60_000);
  return { data, call, at, range: { StartTime: at(-10), EndTime: at(10) } };
}

describe('GetMetricStatistics', () => {
  it('aggregates what was published within each period', async () => {
    const { call, at, range } = stage();
    const put = (MetricData: readonly object[]) => call('PutMetricData', { Namespace: 'Shop', MetricData });
    await put([{ MetricName: 'Orders', Value: 4, Timestamp: at(0), Unit: 'Count' }, { MetricName: 'Orders', Value: 2, Timestamp: at(0), Unit: 'Count' }]);
    await put([{ MetricName: 'Orders', Values: [1, 10], Counts: [2, 1], Timestamp: at(1), Unit: 'Count' }]);
    const ask = (Period: number, more: object): Promise<GetMetricStatisticsOutput> => call('GetMetricStatistics', { Namespace: 'Shop', MetricName: 'Orders', ...range, Period, ...more });
    const all = { Statistics: ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] };
    assert.deepEqual((await ask(60, all)).Datapoints, [
      { Timestamp: at(0), SampleCount: 2, Sum: 6, Average: 3, Minimum: 2, Maximum: 4, Unit: 'Count' },
      { Timestamp: at(1), SampleCount: 3, Sum: 12, Average: 4, Minimum: 1, Maximum: 10, Unit: 'Count' },
    ]);
    assert.deepEqual((await ask(600, all)).Datapoints, [{ Timestamp: at(0), SampleCount: 5, Sum: 18, Average: 3.6, Minimum: 1, Maximum: 10, Unit: 'Count' }]);
    assert.deepEqual((await ask(600, { ExtendedStatistics: ['p50', 'p99.9', 'tm80'] })).Datapoints, [{ Timestamp: at(0), ExtendedStatistics: { p50: 2, 'p99.9': 10, tm80: 2 }, Unit: 'Count' }]);
    assert.deepEqual((await ask(60, { ...all, Unit: 'Seconds' })).Datapoints, []);
    assert.deepEqual((await ask(60, { ...all, Dimensions: DIMENSIONS })).Datapoints, []);
  });

  it('refuses as CloudWatch does', async () => {
    const { call, range, at } = stage();
    const ask = (more: object) => call('GetMetricStatistics', { Namespace: 'Shop', MetricName: 'Orders', ...range, Period: 60, Statistics: ['Sum'], ...more });
    await assert.rejects(ask({ Period: 61 }), awsError('InvalidParameterValueException', 'multiple of 60'));
    await assert.rejects(ask({ Statistics: [] }), awsError('MissingRequiredParameterException', 'At least one of'));
    await assert.rejects(ask({ ExtendedStatistics: ['p50'] }), awsError('InvalidParameterCombinationException', 'mutually exclusive'));
    await assert.rejects(ask({ EndTime: at(-10) }), awsError('InvalidParameterCombinationException', 'must be less than'));
    await assert.rejects(ask({ StartTime: at(-1440) }), awsError('InvalidParameterCombinationException', '1450 datapoints, which exceeds the limit of 1440'));
    await assert.rejects(ask({ Statistics: [], ExtendedStatistics: ['wm90'] }), awsError('InvalidParameterValueException', 'wm90 is not served'));
    await assert.rejects(ask({ Statistics: [], ExtendedStatistics: ['p101'] }), awsError('InvalidParameterValueException', 'p101'));
  });
});

test('PutMetricData refuses as CloudWatch does, and then keeps nothing', async () => {
  const { call, at } = stage();
  const put = (datum: object, Namespace = 'Shop') => call('PutMetricData', { Namespace, MetricData: [{ MetricName: 'good', Value: 1 }, { MetricName: 'm', ...datum }] });
  await assert.rejects(put({ Value: 1 }, 'AWS/ApplicationELB'), awsError('InvalidParameterValueException', 'AWS/'));
  await assert.rejects(put({}), awsError('InvalidParameterCombinationException', 'mutually exclusive'));
  await assert.rejects(put({ Value: 1, Values: [1] }), awsError('InvalidParameterCombinationException', 'mutually exclusive'));
  await assert.rejects(put({ Value: NaN }), awsError('InvalidParameterValueException', 'NaN'));
  await assert.rejects(put({ Values: [1, 2], Counts: [1] }), awsError('InvalidParameterValueException', 'same size'));
  await assert.rejects(put({ Values: Array.from({ length: 151 }, (_, i) => i) }), awsError('InvalidParameterValueException', '150'));
  await assert.rejects(put({ Value: 1, Timestamp: at(-60 * 24 * 15) }), awsError('InvalidParameterValueException', 'two weeks'));
  await assert.rejects(put({ Value: 1, StorageResolution: 5 }), awsError('InvalidParameterValueException', 'StorageResolution'));
  assert.deepEqual(await call('ListMetrics', {}), { Metrics: [] });
});

test('ListMetrics filters and pages', async () => {
  const { call } = stage();
  for (let i = 0; i < 600; i++) await call('PutMetricData', { Namespace: 'Shop', MetricData: [{ MetricName: `m${i}`, Value: 1, Dimensions: i % 2 === 0 ? DIMENSIONS : [] }] });
  const list = (input: object) => call<ListMetricsOutput>('ListMetrics', input);
  const first = await list({ Namespace: 'Shop' });
  assert.equal(first.Metrics!.length, 500);
  assert.equal((await list({ Namespace: 'Shop', NextToken: first.NextToken })).Metrics!.length, 100);
  assert.deepEqual((await list({ MetricName: 'm2' })).Metrics, [{ Namespace: 'Shop', MetricName: 'm2', Dimensions: DIMENSIONS }]);
  assert.equal((await list({ Dimensions: [{ Name: 'LoadBalancer' }] })).Metrics!.length, 300);
  assert.equal((await list({ Dimensions: [{ Name: 'LoadBalancer', Value: 'other' }] })).Metrics!.length, 0);
  await assert.rejects(list({ Namespace: 'Shop', NextToken: 'invented' }), awsError('InvalidParameterValueException', 'NextToken'));
});

describe('GetMetricData', () => {
  const query = (Id: string, MetricName: string, Stat = 'Sum', more: object = {}) => ({ Id, MetricStat: { Metric: { Namespace: 'Shop', MetricName, Dimensions: [] }, Period: 60, Stat }, ...more });
  async function shop() {
    const it = stage();
    for (const [minute, ok, bad] of [[0, 10, 1], [1, 20, 0], [3, 30, 3]] as const) {
      await it.call('PutMetricData', { Namespace: 'Shop', MetricData: [{ MetricName: 'ok', Value: ok, Timestamp: it.at(minute) }, { MetricName: 'bad', Value: bad, Timestamp: it.at(minute) }] });
    }
    const ask = (MetricDataQueries: readonly object[], more: object = {}) => it.call<GetMetricDataOutput>('GetMetricData', { MetricDataQueries, ScanBy: 'TimestampAscending', StartTime: it.at(0), EndTime: it.at(5), ...more });
    return { ...it, ask };
  }

  it('answers statistics and expressions over them', async () => {
    const { ask, at } = await shop();
    const { MetricDataResults: results } = await ask([query('ok', 'ok'), query('bad', 'bad', 'Sum', { ReturnData: false }), { Id: 'rate', Expression: '100 * bad / (ok + bad)', Label: 'Errors' }]);
    assert.deepEqual(results!.map(({ Id, Label }) => [Id, Label]), [['ok', 'ok'], ['rate', 'Errors']]);
    assert.deepEqual(results![0], { Id: 'ok', Label: 'ok', Timestamps: [at(0), at(1), at(3)], Values: [10, 20, 30], StatusCode: 'Complete' });
    assert.deepEqual(results![1]!.Values, [100 / 11, 0, 100 / 11]);
    const { MetricDataResults: [descending] } = await ask([query('ok', 'ok')], { ScanBy: undefined }) as { MetricDataResults: [{ Values: number[] }] };
    assert.deepEqual(descending.Values, [30, 20, 10]);
    assert.deepEqual((await ask([query('none', 'absent')])).MetricDataResults![0]!.Values, []);
  });

  it('refuses what is not served by its name', async () => {
    const { ask } = await shop();
    const expression = (text: string) => ask([query('ok', 'ok'), { Id: 'e', Expression: text }]);
    await assert.rejects(expression("SEARCH('x', 'Sum', 300)"), awsError('ValidationError', 'function SEARCH is not served'));
    await assert.rejects(expression('ok > 5'), awsError('ValidationError', 'not served'));
    await assert.rejects(expression('missing + 1'), awsError('ValidationError', 'no query with the id missing'));
    await assert.rejects(expression('e + 1'), awsError('ValidationError', 'defined by itself'));
    await assert.rejects(expression('(ok'), awsError('ValidationError', 'parenthesis'));
    await assert.rejects(expression('('.repeat(2000)), awsError('ValidationError', 'nested'));
    await assert.rejects(ask([query('ok', 'ok'), query('ok', 'bad')]), awsError('ValidationError', 'not unique'));
    await assert.rejects(ask([query('Ok', 'ok')]), awsError('ValidationError', 'pattern'));
    await assert.rejects(ask([{ Id: 'a' }]), awsError('ValidationError', 'mutually exclusive'));
  });
});

describe('expressions', () => {
  const series: TimeSeries = new Map([[0, 1], [60_000, 4], [120_000, 9]]);
  const names: Names = { value: (id) => (id === 'm' ? series : null), metrics: () => [series, new Map([[0, 3]])], periodSeconds: 60, times: [0, 60_000, 120_000, 180_000] };
  const shown = (value: Value): unknown => (typeof value === 'number' ? value : Array.isArray(value) ? (value as TimeSeries[]).map((each) => [...each.values()]) : [...(value as TimeSeries).values()]);
  for (const [text, expected] of [
    ['1 + 2 * 3', 7], ['(1 + 2) * 3', 9], ['2 ^ 3 ^ 2', 512], ['-2 ^ 2', -4], ['10 / 4 - 1', 1.5], ['1e3', 1000], ['m * 2', [2, 8, 18]], ['1 / m', [1, 0.25, 1 / 9]], ['m / 0', []], ['SUM(m)', 14], ['AVG(m)', 14 / 3],
    ['MAX(m) - MIN(m)', 8], ['DIFF(m)', [3, 5]], ['RATE(m)', [0.05, 5 / 60]], ['RUNNING_SUM(m)', [1, 5, 14]], ['FILL(m, 0)', [1, 4, 9, 0]], ['FILL(m, REPEAT)', [1, 4, 9, 9]], ['SUM(METRICS())', [4, 4, 9]],
    ['METRICS("x")', [[1, 4, 9], [3]]], ['PERIOD(m)', 60], ['ABS(0 - m)', [1, 4, 9]], ['CEIL(m / 2)', [1, 2, 5]], ['FLOOR(m / 2)', [0, 2, 4]], ['STDDEV(m)', Math.sqrt(98 / 9)],
  ] as const) {
    it(text, () => assert.deepEqual(shown(evaluate(text, names)), expected));
  }
  for (const text of ['', '1 +', '1 2', 'm m', 'SUM(', 'SUM(1, 2)', 'NOPE(m)', 'm[0]', '__proto__', 'constructor(m)', "'a' + 1", 'FILL(m)', 'RATE(5)']) {
    it(`${text || 'nothing'} is an error`, () => assert.throws(() => evaluate(text, names), ExpressionError));
  }
});

test('memory is bounded: the oldest gives way', () => {
  const { data, at } = stage();
  const metric = (i: number) => ({ account: '0', region: 'r', namespace: 'n', name: `m${i}`, dimensions: [] });
  for (let i = 0; i < 51_000; i++) data.put(metric(i), { at: at(i % 10).getTime(), unit: 'None', datum: single(1) });
  assert.ok(data.list({ account: '0', region: 'r' }).length <= 50_000);
  assert.ok(data.read(metric(50_999)) !== null);
});
