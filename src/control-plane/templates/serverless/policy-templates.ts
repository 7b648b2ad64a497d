import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';

interface Grant {
  readonly actions: readonly string[];
  /** `*`, or what follows `arn:PARTITION:`, with parameters in braces. */
  readonly on: readonly string[];
}

interface PolicyTemplate {
  readonly parameters: readonly string[];
  readonly grants: readonly Grant[];
}

const PLACE = '${AWS::Region}:${AWS::AccountId}';

/** Actions of one service, without its prefix. */
function grant(service: string, actions: string, ...on: readonly string[]): Grant {
  return { actions: actions.split(' ').map((action) => `${service}:${action}`), on: on.map((place) => (place === '*' || place.startsWith(`${service}:`) ? place : `${service}:${PLACE}:${place}`)) };
}

function template(parameters: readonly string[], ...grants: readonly Grant[]): PolicyTemplate {
  return { parameters, grants };
}

const TABLE = ['table/${TableName}', 'table/${TableName}/index/*'] as const;
const BUCKET = 's3:::${BucketName}';
const OBJECTS = 's3:::${BucketName}/*';

/**
 * The most used of SAM's policy templates; the others are refused by name.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
 */
const TEMPLATES: Readonly<Record<string, PolicyTemplate>> = {
  AMIDescribePolicy: template([], grant('ec2', 'DescribeImages', 'image/*')),
  CloudFormationDescribeStacksPolicy: template([], grant('cloudformation', 'DescribeStacks', 'stack/*')),
  CloudWatchDashboardPolicy: template([], grant('cloudwatch', 'GetDashboard ListDashboards PutDashboard ListMetrics', '*')),
  CloudWatchDescribeAlarmHistoryPolicy: template([], grant('cloudwatch', 'DescribeAlarmHistory', '*')),
  CloudWatchPutMetricPolicy: template([], grant('cloudwatch', 'PutMetricData', '*')),
  DynamoDBCrudPolicy: template(['TableName'], grant('dynamodb', 'GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem', ...TABLE)),
  DynamoDBReadPolicy: template(['TableName'], grant('dynamodb', 'GetItem Scan Query BatchGetItem DescribeTable', ...TABLE)),
  DynamoDBReconfigurePolicy: template(['TableName'], grant('dynamodb', 'UpdateTable', 'table/${TableName}')),
  DynamoDBStreamReadPolicy: template(['TableName', 'StreamName'], grant('dynamodb', 'DescribeStream GetRecords GetShardIterator', 'table/${TableName}/stream/${StreamName}'), grant('dynamodb', 'ListStreams', 'table/${TableName}/stream/*')),
  EC2DescribePolicy: template([], grant('ec2', 'DescribeRegions DescribeInstances', '*')),
  KinesisCrudPolicy: template(['StreamName'], grant('kinesis', 'AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod ListTagsForStream MergeShards PutRecord PutRecords SplitShard RemoveTagsFromStream', 'stream/${StreamName}')),
  KinesisStreamReadPolicy: template(['StreamName'], grant('kinesis', 'ListStreams DescribeLimits', 'stream/*'), grant('kinesis', 'DescribeStream DescribeStreamSummary GetRecords GetShardIterator', 'stream/${StreamName}')),
  KMSDecryptPolicy: template(['KeyId'], grant('kms', 'Decrypt', 'key/${KeyId}')),
  KMSEncryptPolicy: template(['KeyId'], grant('kms', 'Encrypt', 'key/${KeyId}')),
  LambdaInvokePolicy: template(['FunctionName'], grant('lambda', 'InvokeFunction', 'function:${FunctionName}*')),
  S3CrudPolicy: template(['BucketName'], grant('s3', 'GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl GetLifecycleConfiguration PutLifecycleConfiguration DeleteObject', BUCKET, OBJECTS)),
  S3FullAccessPolicy: template(
    ['BucketName'],
    grant('s3', 'GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject DeleteObjectTagging DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging PutObjectTagging PutObjectVersionTagging', OBJECTS),
    grant('s3', 'ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration', BUCKET),
  ),
  S3ReadPolicy: template(['BucketName'], grant('s3', 'GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration', BUCKET, OBJECTS)),
  SESCrudPolicy: template(['IdentityName'], grant('ses', 'GetIdentityVerificationAttributes SendEmail SendRawEmail VerifyEmailIdentity', 'identity/${IdentityName}')),
  SESSendBouncePolicy: template(['IdentityName'], grant('ses', 'SendBounce', 'identity/${IdentityName}')),
  SNSCrudPolicy: template(['TopicName'], grant('sns', 'ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish', '${TopicName}*')),
  SNSPublishMessagePolicy: template(['TopicName'], grant('sns', 'Publish', '${TopicName}')),
  SQSPollerPolicy: template(['QueueName'], grant('sqs', 'ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch GetQueueAttributes ReceiveMessage', '${QueueName}')),
  SQSSendMessagePolicy: template(['QueueName'], grant('sqs', 'SendMessage*', '${QueueName}')),
  VPCAccessPolicy: template([], grant('ec2', 'CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DetachNetworkInterface', '*')),
};

/** The document that a policy template such as `{ S3ReadPolicy: { BucketName: ... } }` stands for, or why it is none. */
export function policyOfTemplate(policy: PlainMap): PlainMap | string {
  const [name = '', ...others] = Object.keys(policy);
  const known = Object.hasOwn(TEMPLATES, name) && others.length === 0 ? TEMPLATES[name]! : null;
  if (known === null) return `allowed: the name or ARN of a managed policy, a policy document, or one of SAM's policy templates ${Object.keys(TEMPLATES).join(', ')}; of others write the document that they stand for`;
  const given = isPlainMap(policy[name]) ? policy[name] : {};
  const names = Object.keys(given);
  if (names.length !== known.parameters.length || !known.parameters.every((parameter) => names.includes(parameter))) {
    return `allowed for ${name}: ${known.parameters.length === 0 ? 'a map without members' : `a map with ${known.parameters.join(' and ')}`}`;
  }
  return {
    Version: '2012-10-17',
    Statement: known.grants.map(({ actions, on }): PlainMap => {
      const places = on.map((place): Plain => (place === '*' ? place : { 'Fn::Sub': [`arn:\${AWS::Partition}:${place}`, given] }));
      return { Effect: 'Allow', Action: [...actions], Resource: places.length === 1 ? places[0]! : places };
    }),
  };
}
