/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ApiInstallation } from './http-api.ts';

interface Statistics {
  readonly Datapoints: readonly { readonly Sum: number; readonly SampleCount: number; readonly Average: number; readonly Unit: string }[];
}

test('requests, errors, latencies and data, by API and by stage', async () => {
  await using apis = await ApiInstallation.open();
  const target = await apis.inside.target((request, response) => void response.writeHead(request.url === '/bad' ? 500 : 200).end('x'));
  const api = await apis.api();
  await apis.route(api, 'GET /{proxy+}', await apis.url(api, `http://127.0.0.1:${target.port}/{proxy}`));
  for (const path of ['/ok', '/ok', '/bad', '/']) await apis.get(api, { path });
  const now = Date.now();
  const ask = async (MetricName: string, Dimensions: readonly object[]): Promise<Statistics['Datapoints'][number]> => {
    const { Datapoints } = await apis.aws<Statistics>('cloudwatch', 'GetMetricStatistics', {
      Namespace: 'AWS/ApiGateway', MetricName, Dimensions, StartTime: new Date(now - 600_000), EndTime: new Date(now + 600_000), Period: 3600, Statistics: ['Sum', 'SampleCount', 'Average'],
    });
    const sum = (read: (point: Statistics['Datapoints'][number]) => number): number => Datapoints.reduce((total, point) => total + read(point), 0);
    // an hour may end in the middle of the test
    return { Sum: sum((point) => point.Sum), SampleCount: sum((point) => point.SampleCount), Average: sum((point) => point.Sum) / sum((point) => point.SampleCount), Unit: Datapoints[0]?.Unit ?? '' };
  };
  // a request is counted a moment after its answer has been sent
  await eventually('all are counted', async () => (await ask('Count', [{ Name: 'ApiId', Value: api.id }])).Sum >= 4);
  for (const dimensions of [[{ Name: 'ApiId', Value: api.id }], [{ Name: 'ApiId', Value: api.id }, { Name: 'Stage', Value: '$default' }]]) {
    assert.equal((await ask('Count', dimensions)).Sum, 4);
    // the average is the rate
    assert.deepEqual([(await ask('4xx', dimensions)).Sum, (await ask('4xx', dimensions)).Average], [1, 0.25]);
    assert.deepEqual([(await ask('5xx', dimensions)).Sum, (await ask('5xx', dimensions)).Average], [1, 0.25]);
    const latency = await ask('Latency', dimensions);
    assert.deepEqual([latency.SampleCount, latency.Unit], [4, 'Milliseconds']);
    assert.equal((await ask('IntegrationLatency', dimensions)).SampleCount, 3);
    assert.ok((await ask('DataProcessed', dimensions)).Sum > 400);
  }
});
