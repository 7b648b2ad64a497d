import { createHash } from 'node:crypto';

/** A policy that AWS itself keeps. */
export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly uniqueId: string;
  readonly description: string;
  readonly document: string;
}

const LOG_WRITING = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const INTERFACES = [
  'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
];
const TRACE_SAMPLING = ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:GetSamplingStatisticSummaries'];

const all = (...actions: string[]): object[] => [{ Effect: 'Allow', Action: actions, Resource: '*' }];

/** Path and name -> description and statements; those that gateways, balancers and functions are usually given. */
const LIST: readonly (readonly [path: string, name: string, description: string, statements: readonly object[]])[] = [
  ['/service-role/', 'AWSLambdaBasicExecutionRole', 'Provides write permissions to CloudWatch Logs.', all(...LOG_WRITING)],
  ['/service-role/', 'AWSLambdaVPCAccessExecutionRole', 'Lets a function reach a VPC and write its logs.', all(...LOG_WRITING, ...INTERFACES)],
  ['/service-role/', 'AWSLambdaENIManagementAccess', 'Lets a function manage network interfaces.', all(...INTERFACES)],
  ['/service-role/', 'AWSLambdaRole', 'Lets a service invoke functions.', all('lambda:InvokeFunction')],
  ['/service-role/', 'AWSLambdaSQSQueueExecutionRole', 'Lets a function read a queue and write its logs.', all('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...LOG_WRITING)],
  [
    '/service-role/', 'AWSLambdaDynamoDBExecutionRole', 'Lets a function read a table stream and write its logs.',
    all('dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams', ...LOG_WRITING),
  ],
  [
    '/service-role/', 'AWSLambdaKinesisExecutionRole', 'Lets a function read a stream and write its logs.',
    all('kinesis:DescribeStream', 'kinesis:DescribeStreamSummary', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards', 'kinesis:ListStreams', 'kinesis:SubscribeToShard', ...LOG_WRITING),
  ],
  [
    '/service-role/', 'AWSLambdaMSKExecutionRole', 'Lets a function read a Kafka cluster, reach its VPC and write its logs.',
    all('kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers', 'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeVpcs', 'ec2:DeleteNetworkInterface', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups', ...LOG_WRITING),
  ],
  [
    '/service-role/', 'AmazonAPIGatewayPushToCloudWatchLogs', 'Lets API Gateway write logs.',
    all('logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams', 'logs:PutLogEvents', 'logs:GetLogEvents', 'logs:FilterLogEvents'),
  ],
  ['/', 'AdministratorAccess', 'Provides full access to AWS services and resources.', all('*')],
  ['/', 'PowerUserAccess', 'Provides full access except to users, groups and organizations.', [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }]],
  ['/', 'ReadOnlyAccess', 'Provides read-only access to AWS services and resources.', all('ec2:Describe*', 'elasticloadbalancing:Describe*', 'iam:Get*', 'iam:List*', 'lambda:Get*', 'lambda:List*', 'logs:Get*', 'logs:Describe*', 's3:Get*', 's3:List*', 'apigateway:GET')],
  ['/', 'IAMFullAccess', 'Provides full access to IAM.', all('iam:*')],
  ['/', 'IAMReadOnlyAccess', 'Provides read-only access to IAM.', all('iam:Get*', 'iam:List*')],
  ['/', 'AmazonS3FullAccess', 'Provides full access to all buckets.', all('s3:*', 's3-object-lambda:*')],
  ['/', 'AmazonS3ReadOnlyAccess', 'Provides read-only access to all buckets.', all('s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*')],
  ['/', 'AmazonEC2FullAccess', 'Provides full access to EC2 and what goes with it.', all('ec2:*', 'elasticloadbalancing:*', 'cloudwatch:*', 'autoscaling:*')],
  ['/', 'AmazonEC2ReadOnlyAccess', 'Provides read-only access to EC2.', all('ec2:Describe*', 'elasticloadbalancing:Describe*', 'cloudwatch:ListMetrics', 'cloudwatch:GetMetricStatistics', 'cloudwatch:Describe*', 'autoscaling:Describe*')],
  ['/', 'AmazonVPCFullAccess', 'Provides full access to VPCs.', all('ec2:*')],
  ['/', 'ElasticLoadBalancingFullAccess', 'Provides full access to load balancers.', all('elasticloadbalancing:*', 'ec2:Describe*')],
  ['/', 'ElasticLoadBalancingReadOnly', 'Provides read-only access to load balancers.', all('elasticloadbalancing:Describe*', 'elasticloadbalancing:Get*')],
  ['/', 'AWSLambda_FullAccess', 'Provides full access to functions.', all('lambda:*', 'logs:*', 'iam:GetRole', 'iam:ListRoles', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs')],
  ['/', 'AWSLambda_ReadOnlyAccess', 'Provides read-only access to functions.', all('lambda:Get*', 'lambda:List*', 'logs:DescribeLogGroups')],
  ['/', 'AmazonAPIGatewayAdministrator', 'Provides full access to create and change APIs.', [{ Effect: 'Allow', Action: ['apigateway:*'], Resource: 'arn:aws:apigateway:*::/*' }]],
  ['/', 'AmazonAPIGatewayInvokeFullAccess', 'Provides access to invoke APIs.', [{ Effect: 'Allow', Action: ['execute-api:Invoke', 'execute-api:ManageConnections'], Resource: 'arn:aws:execute-api:*:*:*' }]],
  ['/', 'CloudWatchLogsFullAccess', 'Provides full access to CloudWatch Logs.', all('logs:*', 'cloudwatch:GenerateQuery')],
  ['/', 'CloudWatchLogsReadOnlyAccess', 'Provides read-only access to CloudWatch Logs.', all('logs:Describe*', 'logs:Get*', 'logs:List*', 'logs:FilterLogEvents')],
  ['/', 'CloudWatchAgentServerPolicy', 'Lets the CloudWatch agent run on servers.', all('cloudwatch:PutMetricData', 'ec2:DescribeVolumes', 'ec2:DescribeTags', ...LOG_WRITING, 'logs:DescribeLogStreams', 'logs:DescribeLogGroups')],
  ['/', 'CloudWatchLambdaInsightsExecutionRolePolicy', 'Lets the Lambda Insights extension write its logs.', [
    { Effect: 'Allow', Action: ['logs:CreateLogGroup'], Resource: '*' },
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda-insights:*' },
  ]],
  ['/', 'AWSXRayDaemonWriteAccess', 'Lets what is traced send trace segments and read the sampling rules.', all('xray:PutTraceSegments', 'xray:PutTelemetryRecords', ...TRACE_SAMPLING)],
  [
    '/', 'AWSXrayReadOnlyAccess', 'Provides read-only access to traces, their groups and insights.',
    all(
      ...TRACE_SAMPLING, 'xray:BatchGetTraces', 'xray:BatchGetTraceSummaryById', 'xray:GetDistinctTraceGraphs', 'xray:GetServiceGraph', 'xray:GetTraceGraph', 'xray:GetTraceSummaries', 'xray:GetGroups', 'xray:GetGroup',
      'xray:ListTagsForResource', 'xray:ListResourcePolicies', 'xray:GetTimeSeriesServiceStatistics', 'xray:GetInsightSummaries', 'xray:GetInsight', 'xray:GetInsightEvents', 'xray:GetInsightImpactGraph',
    ),
  ],
  ['/', 'AmazonSSMManagedInstanceCore', 'Lets an instance be managed by Systems Manager.', all('ssm:UpdateInstanceInformation', 'ssmmessages:*', 'ec2messages:*')],
  ['/aws-service-role/', 'AWSElasticLoadBalancingServiceRolePolicy', 'Lets Elastic Load Balancing call other services.', all('ec2:Describe*', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'logs:*LogDelivery')],
];

const BY_ARN: ReadonlyMap<string, ManagedPolicy> = new Map(
  LIST.map(([path, name, description, Statement]) => {
    const arn = `arn:aws:iam::aws:policy${path}${name}`;
    const uniqueId = `ANPA${createHash('sha256').update(arn).digest('hex').toUpperCase().slice(0, 17)}`;
    return [arn, { arn, name, path, uniqueId, description, document: JSON.stringify({ Version: '2012-10-17', Statement }) }];
  }),
);

export function managedPolicy(arn: string): ManagedPolicy | undefined {
  return BY_ARN.get(arn);
}

export function managedPolicies(): readonly ManagedPolicy[] {
  return [...BY_ARN.values()];
}

/** Any well-formed ARN of a policy of AWS may be attached, although only the common ones have a document here. */
export function isManagedPolicyArn(arn: string): boolean {
  return /^arn:aws[\w-]*:iam::aws:policy\/[\w+=,.@/-]+$/.test(arn);
}
