import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { table, TEXT } from './operations.ts';
import { ACCESS_KEY, ACCOUNT, SECRET_KEY, serve, type RunningServer } from './server.ts';

// boto3 and the AWS CLI against a real server, signatures demanded.

const run = promisify(execFile);
const boto3Absence = spawnSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0 ? false : 'python3 with boto3 is not here';
const cliAbsence = spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0 ? false : 'the aws command is not here';

describe('boto3 round trips', { skip: boto3Absence }, () => {
  let server: RunningServer;
  let got: Record<string, unknown>;
  before(async () => {
    server = await serve(table);
    const { stdout } = await run('python3', [join(import.meta.dirname, 'boto.py'), server.endpoint, ACCESS_KEY, SECRET_KEY, TEXT]);
    got = JSON.parse(stdout) as Record<string, unknown>;
  });
  after(() => server.close());

  const expected: Readonly<Record<string, unknown>> = {
    elbv2: [{ SubnetId: 'subnet-1' }],
    'elbv2 error': ['LoadBalancerNotFound', `Load balancers '[absent]' not found ${TEXT}`, 400, true],
    'elbv2 unknown': ['UnsupportedOperation', 'DescribeSSLPolicies of Elastic Load Balancing v2 is not implemented by Turnpike. "turnpike parity elbv2" lists what is.', 501, true],
    ec2: [{ Key: 'Name', Value: TEXT }],
    'ec2 error': ['InvalidVpcID.NotFound', "The vpc ID 'vpc-9' does not exist", 400, true],
    iam: '2026-03-04T05:06:07+00:00',
    sts: `arn:aws:iam::${ACCOUNT}:user/tester`,
    acm: 'arn:aws:acm:us-east-1:123456789012:certificate/3',
    'acm error': ['ResourceNotFoundException', `Could not find certificate arn:aws:acm:eu-west-1:123456789012:certificate/absent. ${TEXT}`, 400, true],
    logs: '/a/one',
    lambda: [200, TEXT, '$LATEST'],
    'lambda error': ['ResourceNotFoundException', 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:absent', 404, true],
    'lambda stream': ['one ', 'two', ''],
    cloudfront: true,
    'cloudfront error': ['NoSuchDistribution', 'The specified distribution does not exist: E9.', 404, true],
    cloudwatch: TEXT,
    'cloudwatch error': ['ResourceNotFound', 'Dashboard absent does not exist', 404, true],
    's3 location': 'eu-west-1',
    's3 put': '"100000-n"',
    's3 get': [`body of a//b/../${TEXT}`, { note: 'x' }, '2026-03-04T05:06:07+00:00'],
    's3 list': TEXT,
    's3 error': ['404', 'Not Found', 404, true],
    apigateway: [TEXT, ['image/png'], 201, '2026-03-04'],
    'apigateway error': ['NotFoundException', 'Invalid API identifier specified 123456789012:absent', 404, true],
    apigatewayv2: '2026-03-04T05:06:07+00:00',
    'apigatewayv2 error': ['NotFoundException', 'Invalid API identifier specified', 404, true],
    'wrong secret': ['SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.', 403, true],
  };
  for (const [name, value] of Object.entries(expected)) test(name, () => assert.deepEqual(got[name], value));

  test('a URL presigned by boto3', async () => {
    const answer = await fetch(got['s3 presigned'] as string);
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get('content-type')], [200, 'body of signed key', 'text/plain']);
    const forged = await fetch((got['s3 presigned'] as string).replace('signed', 'other'));
    assert.equal(forged.status, 403);
    assert.match(await forged.text(), /<Error><Code>SignatureDoesNotMatch<\/Code>/);
    const old = await fetch(got['s3 presigned v2'] as string);
    assert.match(await old.text(), /Please use AWS4-HMAC-SHA256/);
  });
});

describe('AWS CLI round trips', { skip: cliAbsence }, () => {
  let server: RunningServer;
  before(async () => {
    server = await serve(table);
  });
  after(() => server.close());

  const aws = async (...args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> => {
    const env = { ...process.env, AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY, AWS_DEFAULT_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: '1', AWS_CONFIG_FILE: '/dev/null', AWS_PAGER: '', LC_ALL: 'C.UTF-8' };
    try {
      return { code: 0, ...(await run('aws', ['--endpoint-url', server.endpoint, '--output', 'json', ...args], { env })) };
    } catch (error) {
      const failed = error as { readonly code: number; readonly stdout: string; readonly stderr: string };
      return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr };
    }
  };
  const cases: readonly { readonly name: string; readonly args: readonly string[]; readonly path: (answer: never) => unknown; readonly value: unknown }[] = [
    { name: 'query', args: ['elbv2', 'create-load-balancer', '--name', 'web-2', '--subnets', 'subnet-1'], path: (a: { LoadBalancers: { LoadBalancerName: string }[] }) => a.LoadBalancers[0]?.LoadBalancerName, value: 'web-2' },
    { name: 'ec2', args: ['ec2', 'create-vpc', '--cidr-block', '10.1.0.0/16'], path: (a: { Vpc: { CidrBlock: string } }) => a.Vpc.CidrBlock, value: '10.1.0.0/16' },
    { name: 'json', args: ['logs', 'describe-log-groups', '--log-group-name-prefix', '/x'], path: (a: { logGroups: { logGroupName: string }[] }) => a.logGroups[0]?.logGroupName, value: '/x/one' },
    { name: 'rest-json', args: ['lambda', 'get-function', '--function-name', 'orders'], path: (a: { Tags: unknown }) => a.Tags, value: { a: TEXT } },
    { name: 'rest-xml', args: ['cloudfront', 'create-invalidation', '--distribution-id', 'E1', '--paths', '/a', '/b'], path: (a: { Invalidation: { InvalidationBatch: { Paths: unknown } } }) => a.Invalidation.InvalidationBatch.Paths, value: { Quantity: 2, Items: ['/a', '/b'] } },
    { name: 'cloudwatch', args: ['cloudwatch', 'list-metrics', '--namespace', 'N'], path: (a: { Metrics: { MetricName: string }[] }) => a.Metrics[0]?.MetricName, value: TEXT },
  ];
  for (const { name, args, path, value } of cases) {
    test(name, async () => {
      const answer = await aws(...args);
      assert.equal(answer.code, 0, answer.stderr);
      assert.deepEqual(path(JSON.parse(answer.stdout) as never), value);
    });
  }

  test('an error', async () => {
    const answer = await aws('elbv2', 'describe-load-balancers', '--names', 'absent');
    assert.notEqual(answer.code, 0);
    assert.match(answer.stderr, /An error occurred \(LoadBalancerNotFound\) when calling the DescribeLoadBalancers operation: Load balancers '\[absent\]' not found/);
  });
});
