/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { get, Installation, says, type Balancer, type Door } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let door: Door;
let group: string;
before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer();
  const target = await installation.target((request, response) => response.writeHead(request.url === '/missing' ? 404 : 200).end('target'));
  group = await installation.group([target.port]);
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: group });
  await installation.rule(door, 1, { when: [{ Field: 'path-pattern', Values: ['/fixed'] }], action: says('fixed') });
  await installation.rule(door, 2, { when: [{ Field: 'path-pattern', Values: ['/gone'] }], action: says('gone', '503') });
});
after(() => installation[Symbol.asyncDispose]());

interface Statistics {
  readonly Datapoints: readonly { readonly Sum?: number; readonly SampleCount?: number; readonly Average?: number; readonly Maximum?: number; readonly ExtendedStatistics?: Readonly<Record<string, number>> }[];
}

async function statistics(name: string, dimensions: Readonly<Record<string, string>>, more: object = { Statistics: ['Sum', 'SampleCount', 'Maximum'] }): Promise<Statistics['Datapoints'][number] | undefined> {
  const now = Date.now();
  const { Datapoints } = await installation.aws<Statistics>('cloudwatch', 'GetMetricStatistics', {
    Namespace: 'AWS/ApplicationELB', MetricName: name, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })), StartTime: new Date(now - 600_000), EndTime: new Date(now + 60_000), Period: 3600, ...more,
  });
  return Datapoints[0];
}

test('what was served can be read by its names and dimensions', async () => {
  for (const path of ['/', '/a', '/missing', '/fixed', '/fixed', '/gone']) await get(door.port, { path });
  const LoadBalancer = balancer.label;
  const TargetGroup = group.slice(group.indexOf('targetgroup/'));
  const sum = async (name: string, dimensions: Readonly<Record<string, string>> = { LoadBalancer }): Promise<number | undefined> => (await statistics(name, dimensions))?.Sum;
  assert.equal(await sum('RequestCount'), 3);
  assert.equal(await sum('RequestCount', { TargetGroup, LoadBalancer }), 3);
  assert.equal(await sum('HTTPCode_Target_2XX_Count', { TargetGroup, LoadBalancer }), 2);
  assert.equal(await sum('HTTPCode_Target_4XX_Count'), 1);
  assert.equal(await sum('HTTP_Fixed_Response_Count'), 3);
  assert.equal(await sum('HTTPCode_ELB_5XX_Count'), 1);
  assert.equal(await sum('HTTPCode_ELB_503_Count'), 1);
  assert.equal(await sum('HTTPCode_ELB_4XX_Count'), undefined, 'a metric without a nonzero value has no data');
  assert.equal(await sum('NewConnectionCount'), 6);
  // /fixed is found first, /gone second, the default after both
  assert.equal(await sum('RuleEvaluations'), 2 + 2 + 2 + 1 + 1 + 2);
  assert.ok((await sum('ProcessedBytes'))! > 500);
  const times = await statistics('TargetResponseTime', { TargetGroup, LoadBalancer }, { ExtendedStatistics: ['p50', 'p99'] });
  const { p50 = 0, p99 = 0 } = times!.ExtendedStatistics!;
  assert.ok(p50 > 0 && p50 <= p99 && p99 < 5);
  assert.equal((await statistics('TargetResponseTime', { LoadBalancer }))!.SampleCount, 3);
});

test('gauges are there too: connections and hosts', async () => {
  const LoadBalancer = balancer.label;
  const TargetGroup = group.slice(group.indexOf('targetgroup/'));
  // they are looked at every ten seconds: the last time may have been before there was a balancer
  await eventually('it has a gauge', async () => (await statistics('ActiveConnectionCount', { LoadBalancer })) !== undefined);
  assert.ok((await statistics('ConsumedLCUs', { LoadBalancer })) !== undefined);
  assert.ok((await statistics('HealthyHostCount', { TargetGroup, LoadBalancer }))!.Maximum! <= 1);
  const { Metrics } = await installation.aws<{ Metrics: { MetricName: string }[] }>('cloudwatch', 'ListMetrics', { Namespace: 'AWS/ApplicationELB', Dimensions: [{ Name: 'LoadBalancer', Value: LoadBalancer }] });
  for (const name of ['RequestCount', 'TargetResponseTime', 'HealthyHostCount', 'UnHealthyHostCount']) assert.ok(Metrics.some(({ MetricName }) => MetricName === name), name);
});
