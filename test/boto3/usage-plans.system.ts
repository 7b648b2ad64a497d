import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { apiGatewayService, apiGatewayV2Service } from '../../src/control-plane/services/index.ts';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { awsEndpoint } from '../support/aws-endpoint.ts';
import { testEnvironment } from '../support/environment.ts';

const run = promisify(execFile);
const python = spawnSync('python3', ['-c', 'import boto3']).status === 0 ? false : 'python3 with boto3 is not installed';
const cli = spawnSync('aws', ['--version']).status === 0 ? false : 'the AWS CLI is not installed';

describe('API keys and usage plans', () => {
  let endpoint: Awaited<ReturnType<typeof awsEndpoint>>;
  before(async () => {
    const environment = testEnvironment({ clock: systemClock, random: systemRandom });
    endpoint = await awsEndpoint([apiGatewayService(environment), apiGatewayV2Service(environment)]);
  });
  after(() => endpoint.close());

  test('boto3', { skip: python, timeout: 240_000 }, async () => {
    const { stdout } = await run('python3', [join(import.meta.dirname, 'usage-plans.py'), endpoint.url]);
    assert.equal(stdout.trim(), 'ok');
    assert.deepEqual(endpoint.failures, []);
  });

  test('the AWS CLI', { skip: cli, timeout: 240_000 }, async () => {
    const env = { ...process.env, AWS_ENDPOINT_URL: endpoint.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1' };
    const aws = async <T>(...args: readonly string[]): Promise<T> => JSON.parse((await run('aws', ['apigateway', ...args, '--output', 'json'], { env })).stdout || 'null') as T;
    const key = await aws<{ id: string }>('create-api-key', '--name', 'cli', '--enabled');
    const plan = await aws<{ id: string }>('create-usage-plan', '--name', 'cli', '--throttle', 'burstLimit=10,rateLimit=5', '--quota', 'limit=500,offset=0,period=MONTH');
    await aws('create-usage-plan-key', '--usage-plan-id', plan.id, '--key-id', key.id, '--key-type', 'API_KEY');
    const patched = await aws<{ quota: object }>('update-usage-plan', '--usage-plan-id', plan.id, '--patch-operations', 'op=replace,path=/quota/limit,value=600');
    assert.deepEqual(patched.quota, { limit: 600, offset: 0, period: 'MONTH' });
    const { items } = await aws<{ items: { name: string; value?: string }[] }>('get-api-keys', '--include-values', '--name-query', 'cli');
    assert.deepEqual(items.map(({ name, value }) => [name, value?.length]), [['cli', 40]]);
  });
});
