import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { CloudWatchClient, GetMetricDataCommand, GetMetricStatisticsCommand, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { cloudwatchService, MetricData } from '../../src/control-plane/services/index.ts';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { awsEndpoint } from '../support/aws-endpoint.ts';
import { testEnvironment } from '../support/environment.ts';

const run = promisify(execFile);
const python = spawnSync('python3', ['-c', 'import boto3']).status === 0 ? false : 'python3 with boto3 is not installed';
const cli = spawnSync('aws', ['--version']).status === 0 ? false : 'the AWS CLI is not installed';

describe('CloudWatch', () => {
  let endpoint: Awaited<ReturnType<typeof awsEndpoint>>;
  before(async () => {
    endpoint = await awsEndpoint([cloudwatchService(testEnvironment({ clock: systemClock, random: systemRandom }), new MetricData(systemClock))]);
  });
  after(() => endpoint.close());

  test('boto3', { skip: python, timeout: 240_000 }, async () => {
    const { stdout } = await run('python3', [join(import.meta.dirname, 'cloudwatch.py'), endpoint.url]);
    assert.equal(stdout.trim(), 'ok');
    assert.deepEqual(endpoint.failures, []);
  });

  test('the AWS CLI', { skip: cli, timeout: 240_000 }, async () => {
    const env = { ...process.env, AWS_ENDPOINT_URL: endpoint.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1' };
    const aws = async (...args: readonly string[]): Promise<string> => (await run('aws', ['cloudwatch', ...args, '--output', 'json'], { env })).stdout;
    await aws('put-metric-data', '--namespace', 'Cli', '--metric-name', 'orders', '--value', '5', '--unit', 'Count');
    const listed = JSON.parse(await aws('list-metrics', '--namespace', 'Cli')) as { Metrics: object[] };
    assert.deepEqual(listed.Metrics, [{ Namespace: 'Cli', MetricName: 'orders', Dimensions: [] }]);
    const time = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
    const read = JSON.parse(await aws('get-metric-statistics', '--namespace', 'Cli', '--metric-name', 'orders', '--start-time', time(-5), '--end-time', time(5), '--period', '60', '--statistics', 'Sum')) as { Datapoints: { Sum: number }[] };
    assert.equal(read.Datapoints[0]!.Sum, 5);
  });

  for (const [name, protocol] of [['json', AwsJson1_0Protocol], ['query', AwsQueryProtocol], ['rpc-v2-cbor', AwsSmithyRpcV2CborProtocol]] as const) {
    test(`SDK v3 over ${name}`, async () => {
      const client = new CloudWatchClient({ endpoint: endpoint.url, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, protocol, disableRequestCompression: true });
      const Namespace = `Sdk-${name}`;
      const metric = { Namespace, MetricName: 'm', Dimensions: [{ Name: 'a', Value: 'b' }] };
      await client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'm', Dimensions: metric.Dimensions, Values: [1, 2, 3.5], Unit: 'Count' }] }));
      const range = { StartTime: new Date(Date.now() - 300_000), EndTime: new Date(Date.now() + 60_000) };
      const { Datapoints } = await client.send(new GetMetricStatisticsCommand({ ...metric, ...range, Period: 60, Statistics: ['Sum', 'Average'] }));
      assert.deepEqual([Datapoints![0]!.Sum, Datapoints![0]!.Unit], [6.5, 'Count']);
      const { MetricDataResults } = await client.send(new GetMetricDataCommand({ ...range, MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' } }, { Id: 'twice', Expression: 'm * 2' }] }));
      assert.deepEqual(MetricDataResults!.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]), [['m', [3.5], 'Complete'], ['twice', [7], 'Complete']]);
      assert.deepEqual((await client.send(new ListMetricsCommand({ Namespace }))).Metrics, [metric]);
      client.destroy();
    });
  }
});
