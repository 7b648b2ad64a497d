import { AwsError } from '../../src/aws/index.ts';
import type { Table } from './server.ts';

const CREATED = new Date('2026-03-04T05:06:07.000Z');
export const TEXT = 'grüße <&> "日本" 😀';

/** A few operations a protocol, that answer what they were asked or fail: what a client sends and reads back must be equal. */
export const table: Table = {
  elbv2: {
    CreateLoadBalancer: (input: { Name: string; Tags?: unknown; Subnets?: readonly string[] }) => ({
      LoadBalancers: [{ LoadBalancerName: input.Name, LoadBalancerArn: `arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/${input.Name}/50dc6c495c0c9188`, CreatedTime: CREATED, State: { Code: 'active' }, AvailabilityZones: (input.Subnets ?? []).map((SubnetId) => ({ SubnetId })) }],
    }),
    DescribeLoadBalancers: (input: { Names?: readonly string[] }) => {
      if (input.Names?.includes('absent')) throw new AwsError('LoadBalancerNotFound', `Load balancers '[absent]' not found ${TEXT}`);
      return { LoadBalancers: [] };
    },
    DeleteLoadBalancer: () => ({}),
  },
  ec2: {
    CreateVpc: (input: { CidrBlock: string; TagSpecifications?: readonly { Tags: readonly unknown[] }[] }) => ({ Vpc: { VpcId: 'vpc-0123456789abcdef0', CidrBlock: input.CidrBlock, State: 'available', IsDefault: false, Tags: input.TagSpecifications?.[0]?.Tags ?? [] } }),
    DescribeVpcs: (input: { VpcIds?: readonly string[] }) => {
      throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${input.VpcIds?.[0]}' does not exist`);
    },
    AttachInternetGateway: () => undefined,
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Attachment: { AttachTime: CREATED, DeviceIndex: 1 } }] }),
  },
  iam: {
    GetUser: () => ({ User: { Path: '/', UserName: 'tester', UserId: 'AIDAEXAMPLE123456', Arn: 'arn:aws:iam::123456789012:user/tester', CreateDate: CREATED } }),
    GetRole: (input: { RoleName: string }) => {
      throw new AwsError('NoSuchEntity', `The role with name ${input.RoleName} cannot be found.`);
    },
  },
  sts: {
    GetCallerIdentity: (_input: unknown, call) => ({ UserId: 'AIDAEXAMPLE123456', Account: call.account, Arn: call.principal }),
  },
  acm: {
    ImportCertificate: (input: { Certificate: Uint8Array }) => ({ CertificateArn: `arn:aws:acm:us-east-1:123456789012:certificate/${Buffer.from(input.Certificate).toString('utf8').length}` }),
    DescribeCertificate: (input: { CertificateArn: string }) => {
      if (input.CertificateArn.endsWith('absent')) throw new AwsError('ResourceNotFoundException', `Could not find certificate ${input.CertificateArn}. ${TEXT}`);
      return { Certificate: { CertificateArn: input.CertificateArn, DomainName: 'example.com', Status: 'ISSUED', NotBefore: CREATED } };
    },
  },
  logs: {
    DescribeLogGroups: (input: { logGroupNamePrefix?: string }) => ({ logGroups: [{ logGroupName: `${input.logGroupNamePrefix}/one`, creationTime: CREATED.getTime(), storedBytes: 0 }] }),
  },
  lambda: {
    GetFunction: (input: { FunctionName: string }) => {
      if (input.FunctionName === 'absent') throw new AwsError('ResourceNotFoundException', 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:absent');
      return { Configuration: { FunctionName: input.FunctionName, Runtime: 'nodejs22.x', Timeout: 3, LastModified: '2026-03-04T05:06:07.000+0000' }, Tags: { a: TEXT } };
    },
    Invoke: (input: { Payload?: Uint8Array; InvocationType?: string }) => ({ StatusCode: input.InvocationType === 'Event' ? 202 : 200, ExecutedVersion: '$LATEST', Payload: input.Payload ?? new Uint8Array() }),
    InvokeWithResponseStream: (input: { Payload?: Uint8Array }) => ({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      ResponseStreamContentType: 'application/vnd.amazon.eventstream',
      EventStream: (async function* () {
        yield { PayloadChunk: { Payload: Buffer.from('one ') } };
        yield { PayloadChunk: { Payload: Buffer.from(input.Payload ?? []) } };
        yield { InvokeComplete: { LogResult: 'TG9n' } };
      })(),
    }),
    CreateFunction: (input: { FunctionName: string; Code: { ZipFile: Uint8Array } }) => ({ FunctionName: input.FunctionName, CodeSize: input.Code.ZipFile.length }),
  },
  cloudfront: {
    CreateInvalidation: (input: { DistributionId: string; InvalidationBatch: unknown }) => ({ Location: `https://cloudfront.amazonaws.com/${input.DistributionId}`, Invalidation: { Id: 'I1', Status: 'Completed', CreateTime: CREATED, InvalidationBatch: input.InvalidationBatch } }),
    GetDistribution: (input: { Id: string }) => {
      throw new AwsError('NoSuchDistribution', `The specified distribution does not exist: ${input.Id}.`);
    },
  },
  cloudwatch: {
    PutMetricData: () => undefined,
    ListMetrics: (input: { Namespace?: string }) => ({ Metrics: [{ Namespace: input.Namespace, MetricName: TEXT, Dimensions: [{ Name: 'a', Value: 'b' }] }] }),
    GetMetricStatistics: (input: { StartTime: Date; EndTime: Date }) => ({ Label: 'l', Datapoints: [{ Timestamp: input.StartTime, Average: 1.5, Unit: 'Count' }, { Timestamp: input.EndTime, Average: Number.MAX_SAFE_INTEGER }] }),
    GetDashboard: (input: { DashboardName: string }) => {
      throw new AwsError('DashboardNotFoundError', `Dashboard ${input.DashboardName} does not exist`);
    },
  },
  s3: {
    GetBucketLocation: () => ({ LocationConstraint: 'eu-west-1' }),
    PutObject: (input: { Body: Uint8Array; Metadata?: Record<string, string> }) => ({ ETag: `"${input.Body.length}-${input.Metadata?.['note'] ?? ''}"` }),
    HeadObject: () => {
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    },
    GetObject: (input: { Key: string }) => ({ Body: Buffer.from(`body of ${input.Key}`), ContentType: 'text/plain', Metadata: { note: 'x' }, LastModified: CREATED }),
    ListObjectsV2: (input: { Bucket: string }) => ({ Name: input.Bucket, KeyCount: 1, MaxKeys: 1000, IsTruncated: false, Contents: [{ Key: TEXT, Size: 3, LastModified: CREATED, ETag: '"e"' }] }),
  },
  apigateway: {
    CreateRestApi: (input: { name: string; binaryMediaTypes?: readonly string[] }) => ({ id: 'abcdefghij', name: input.name, createdDate: CREATED, binaryMediaTypes: input.binaryMediaTypes }),
    GetRestApi: () => {
      throw new AwsError('NotFoundException', 'Invalid API identifier specified 123456789012:absent');
    },
  },
  apigatewayv2: {
    CreateApi: (input: { Name: string }) => ({ ApiId: 'abcdefghij', Name: input.Name, CreatedDate: CREATED, ProtocolType: 'HTTP' }),
    GetApi: () => {
      throw new AwsError('NotFoundException', 'Invalid API identifier specified', { members: { ResourceType: 'Api' } });
    },
  },
};
