import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ACMClient, DescribeCertificateCommand, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { CloudFrontClient, CreateInvalidationCommand, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, GetDashboardCommand, GetMetricStatisticsCommand, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AttachInternetGatewayCommand, CreateVpcCommand, DescribeNetworkInterfacesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateLoadBalancerCommand, DeleteLoadBalancerCommand, DescribeLoadBalancersCommand, DescribeRulesCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetRoleCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, GetFunctionCommand, InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { table, TEXT } from './operations.ts';
import { ACCESS_KEY, ACCOUNT, SECRET_KEY, serve, type RunningServer } from './server.ts';

// The official JavaScript SDK against a real server, signatures demanded: one service or more for each protocol.

describe('SDK v3 round trips', () => {
  let server: RunningServer;
  const config = (): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: number } => ({
    endpoint: server.endpoint, region: 'eu-west-1', credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY }, maxAttempts: 1,
  });
  before(async () => {
    server = await serve(table);
  });
  after(() => server.close());

  test('query: elbv2', async () => {
    const client = new ElasticLoadBalancingV2Client(config());
    const created = await client.send(new CreateLoadBalancerCommand({ Name: 'web-1', Subnets: ['subnet-1', 'subnet-2'], Tags: [{ Key: 'k', Value: 'grüße 日本' }] }));
    assert.equal(created.LoadBalancers?.[0]?.LoadBalancerName, 'web-1');
    assert.deepEqual(created.LoadBalancers?.[0]?.CreatedTime, new Date('2026-03-04T05:06:07.000Z'));
    assert.deepEqual(created.LoadBalancers?.[0]?.AvailabilityZones, [{ SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }]);
    const { input, call } = server.calls.at(-1)!;
    assert.deepEqual(input, { Name: 'web-1', Subnets: ['subnet-1', 'subnet-2'], Tags: [{ Key: 'k', Value: 'grüße 日本' }] });
    assert.deepEqual([call.account, call.region, call.service, call.operation], [ACCOUNT, 'eu-west-1', 'elbv2', 'CreateLoadBalancer']);
    assert.equal(created.$metadata.requestId, call.requestId);
    assert.deepEqual((await client.send(new DescribeLoadBalancersCommand({}))).LoadBalancers, []);
    await client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web-1/50dc6c495c0c9188' }));
    await assert.rejects(client.send(new DescribeLoadBalancersCommand({ Names: ['absent'] })), (error: Error & { $metadata: { httpStatusCode: number } }) => {
      assert.equal(error.name, 'LoadBalancerNotFoundException');
      assert.equal(error.message, `Load balancers '[absent]' not found ${TEXT}`);
      assert.equal(error.$metadata.httpStatusCode, 400);
      return true;
    });
    await assert.rejects(client.send(new DescribeRulesCommand({})), { name: 'UnsupportedOperation', message: /DescribeRules of Elastic Load Balancing v2 is not implemented/ });
    await assert.rejects(client.send(new CreateLoadBalancerCommand({ Name: 'x', Scheme: 'sideways' as 'internal' })), {
      name: 'ValidationError',
      message: "1 validation error detected: Value 'sideways' at 'scheme' failed to satisfy constraint: Member must satisfy enum value set: [internet-facing, internal]",
    });
  });

  test('query: iam, sts', async () => {
    assert.equal((await new IAMClient(config()).send(new GetUserCommand({}))).User?.UserName, 'tester');
    await assert.rejects(new IAMClient(config()).send(new GetRoleCommand({ RoleName: 'none' })), { name: 'NoSuchEntityException' });
    assert.equal((await new STSClient(config()).send(new GetCallerIdentityCommand({}))).Arn, `arn:aws:iam::${ACCOUNT}:user/tester`);
  });

  test('ec2', async () => {
    const client = new EC2Client(config());
    const tags = [{ Key: 'Name', Value: TEXT }];
    assert.deepEqual((await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }] }))).Vpc?.Tags, tags);
    await client.send(new AttachInternetGatewayCommand({ InternetGatewayId: 'igw-1', VpcId: 'vpc-1' }));
    assert.deepEqual(server.calls.at(-1)?.input, { InternetGatewayId: 'igw-1', VpcId: 'vpc-1' });
    const { NetworkInterfaces } = await client.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'description', Values: ['ELB app/web/1'] }] }));
    assert.deepEqual(NetworkInterfaces?.[0]?.Attachment?.AttachTime, new Date('2026-03-04T05:06:07.000Z'));
    assert.deepEqual(server.calls.at(-1)?.input, { Filters: [{ Name: 'description', Values: ['ELB app/web/1'] }] });
    await assert.rejects(client.send(new DescribeVpcsCommand({ VpcIds: ['vpc-9'] })), { name: 'InvalidVpcID.NotFound', message: "The vpc ID 'vpc-9' does not exist" });
  });

  test('json: acm, logs', async () => {
    const client = new ACMClient(config());
    assert.match((await client.send(new ImportCertificateCommand({ Certificate: Buffer.from('12345'), PrivateKey: Buffer.from('k') }))).CertificateArn ?? '', /certificate\/5$/);
    const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/a';
    assert.deepEqual((await client.send(new DescribeCertificateCommand({ CertificateArn: arn }))).Certificate?.NotBefore, new Date('2026-03-04T05:06:07.000Z'));
    await assert.rejects(client.send(new DescribeCertificateCommand({ CertificateArn: `${arn}absent` })), { name: 'ResourceNotFoundException', message: `Could not find certificate ${arn}absent. ${TEXT}` });
    await assert.rejects(client.send(new DescribeCertificateCommand({ CertificateArn: 'no' })), { name: 'ValidationException', message: /^\d validation errors detected: Value 'no' at 'certificateArn' failed to satisfy constraint: Member must have length/ });
    const logs = await new CloudWatchLogsClient(config()).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda' }));
    assert.equal(logs.logGroups?.[0]?.logGroupName, '/aws/lambda/one');
  });

  test('rest-json: lambda', async () => {
    const client = new LambdaClient(config());
    const got = await client.send(new GetFunctionCommand({ FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:orders', Qualifier: '1' }));
    assert.deepEqual(got.Tags, { a: TEXT });
    assert.deepEqual(server.calls.at(-1)?.input, { FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:orders', Qualifier: '1' });
    const invoked = await client.send(new InvokeCommand({ FunctionName: 'orders', Payload: Buffer.from(TEXT), InvocationType: 'Event' }));
    assert.deepEqual([invoked.StatusCode, Buffer.from(invoked.Payload ?? []).toString('utf8'), invoked.ExecutedVersion], [202, TEXT, '$LATEST']);
    const zip = Buffer.alloc(300_000, 7);
    assert.equal((await client.send(new CreateFunctionCommand({ FunctionName: 'orders', Role: 'arn:aws:iam::123456789012:role/r', Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: zip } }))).CodeSize, zip.length);
    await assert.rejects(client.send(new GetFunctionCommand({ FunctionName: 'absent' })), (error: Error & { Type?: string; $metadata: { httpStatusCode: number } }) => {
      assert.deepEqual([error.name, error.Type, error.$metadata.httpStatusCode], ['ResourceNotFoundException', 'User', 404]);
      assert.match(error.message, /^Function not found/);
      return true;
    });
    await assert.rejects(client.send(new ListFunctionsCommand({})), { name: 'UnsupportedOperationException' });
  });

  test('rest-json: an event stream', async () => {
    const answer = await new LambdaClient(config()).send(new InvokeWithResponseStreamCommand({ FunctionName: 'orders', Payload: Buffer.from('two') }));
    let text = '';
    let log: string | undefined;
    for await (const event of answer.EventStream ?? []) {
      if (event.PayloadChunk) text += Buffer.from(event.PayloadChunk.Payload ?? []).toString('utf8');
      if (event.InvokeComplete) log = event.InvokeComplete.LogResult;
    }
    assert.deepEqual([text, log], ['one two', 'TG9n']);
  });

  test('rest-xml: cloudfront', async () => {
    const client = new CloudFrontClient(config());
    const batch = { CallerReference: 'ref', Paths: { Quantity: 2, Items: ['/a', '/b/*'] } };
    const created = await client.send(new CreateInvalidationCommand({ DistributionId: 'E1', InvalidationBatch: batch }));
    assert.deepEqual(created.Invalidation?.InvalidationBatch, batch);
    assert.equal(created.Location, 'https://cloudfront.amazonaws.com/E1');
    assert.equal(created.$metadata.httpStatusCode, 201);
    await assert.rejects(client.send(new GetDistributionCommand({ Id: 'E9' })), { name: 'NoSuchDistribution', message: 'The specified distribution does not exist: E9.' });
  });

  for (const [protocol, Speaks] of [['json', null], ['rpc-v2-cbor', AwsSmithyRpcV2CborProtocol], ['query', AwsQueryProtocol]] as const) test(`${protocol}: cloudwatch`, async () => {
    // this SDK's choice is json; those of Go, Java and Rust speak CBOR, older ones query
    const client = new CloudWatchClient({ ...config(), ...(Speaks === null ? {} : { protocol: Speaks }), disableRequestCompression: protocol === 'rpc-v2-cbor' });
    const start = new Date('2026-01-01T00:00:00.500Z');
    const end = new Date('2026-01-02T00:00:00Z');
    const statistics = await client.send(new GetMetricStatisticsCommand({ Namespace: 'N', MetricName: 'M', StartTime: start, EndTime: end, Period: 60, Statistics: ['Average'] }));
    assert.deepEqual(statistics.Datapoints?.map((point) => [point.Timestamp, point.Average]), [[start, 1.5], [end, Number.MAX_SAFE_INTEGER]]);
    assert.equal(server.records.at(-1)?.protocol, protocol);
    assert.equal((await client.send(new ListMetricsCommand({ Namespace: 'N' }))).Metrics?.[0]?.MetricName, TEXT);
    // more than 10 KB: the SDK compresses it (in CBOR it would announce the length of before, and wait forever)
    const data = Array.from({ length: 400 }, (_, i) => ({ MetricName: `metric-${i}`, Value: i + 0.5, Timestamp: start }));
    await client.send(new PutMetricDataCommand({ Namespace: 'N', MetricData: data }));
    assert.deepEqual(server.calls.at(-1)?.input['MetricData'], data);
    await assert.rejects(client.send(new GetDashboardCommand({ DashboardName: 'absent' })), (error: Error & { $metadata: { httpStatusCode: number } }) => {
      // clients of a service that once spoke query get the code of then
      assert.deepEqual([error.name, error.message, error.$metadata.httpStatusCode], ['ResourceNotFound', 'Dashboard absent does not exist', 404]);
      return true;
    });
  });

  test('a wrong secret is refused in each protocol', async () => {
    const wrong = { ...config(), credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: 'wrong' } };
    const unknown = { ...config(), credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'wrong' } };
    const token = { ...config(), credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY, sessionToken: 'stale' } };
    await assert.rejects(new STSClient(wrong).send(new GetCallerIdentityCommand({})), { name: 'SignatureDoesNotMatch' });
    await assert.rejects(new STSClient(unknown).send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' });
    await assert.rejects(new STSClient(token).send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' });
    await assert.rejects(new EC2Client(wrong).send(new DescribeVpcsCommand({})), { name: 'AuthFailure' });
    await assert.rejects(new LambdaClient(wrong).send(new GetFunctionCommand({ FunctionName: 'a' })), { name: 'InvalidSignatureException' });
    await assert.rejects(new ACMClient(unknown).send(new DescribeCertificateCommand({ CertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/a' })), { name: 'UnrecognizedClientException' });
    await assert.rejects(new CloudWatchClient(wrong).send(new ListMetricsCommand({})), { name: 'InvalidSignatureException' });
  });
});
