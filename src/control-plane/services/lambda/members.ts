import type { MemberNote } from '../members.ts';

const EMPTY = 'The list is always empty, because what it would list cannot be made.';
const IMAGES = 'Functions from container images are not run here: use PackageType Zip with ZipFile.';

/** What the input of Lambda's operations may hold and is not executed. */
export const LAMBDA_MEMBERS: readonly MemberNote[] = [
  { operations: ['CreateFunction', 'UpdateFunctionConfiguration'], members: ['ImageConfig'], state: 'refused', why: IMAGES },
  { operations: ['CreateFunction', 'UpdateFunctionConfiguration'], members: ['FileSystemConfigs'], state: 'refused', why: 'File systems are not mounted here: leave FileSystemConfigs out.' },
  { operations: ['CreateFunction', 'UpdateFunctionConfiguration'], members: ['DeadLetterConfig'], state: 'refused', why: 'Dead-letter queues are not served here: leave DeadLetterConfig out.' },
  { operations: ['CreateFunction', 'UpdateFunctionConfiguration'], members: ['KMSKeyArn'], state: 'refused', why: 'Environment variables are not encrypted with customer managed keys here: leave KMSKeyArn out.' },
  { operations: ['CreateFunction'], members: ['TenancyConfig'], state: 'refused', why: 'Tenant isolation is not supported here: leave TenancyConfig out.' },
  { operations: ['CreateFunction', 'UpdateFunctionConfiguration'], members: ['CapacityProviderConfig'], state: 'refused', why: 'Capacity providers are not supported here: leave CapacityProviderConfig out.' },
  { operations: ['CreateFunction', 'UpdateFunctionConfiguration'], members: ['DurableConfig'], state: 'refused', why: 'Durable functions are not supported here: leave DurableConfig out.' },
  { operations: ['CreateFunction', 'UpdateFunctionCode', 'PublishVersion'], members: ['PublishTo'], state: 'refused', why: 'Versions are published by number here: leave PublishTo out.' },
  { operations: ['CreateFunction'], members: ['Code.S3ObjectVersion', 'Code.S3ObjectStorageMode'], state: 'refused', why: 'Objects have no versions here: leave S3ObjectVersion and S3ObjectStorageMode out.' },
  { operations: ['UpdateFunctionCode'], members: ['S3ObjectVersion', 'S3ObjectStorageMode'], state: 'refused', why: 'Objects have no versions here: leave S3ObjectVersion and S3ObjectStorageMode out.' },
  { operations: ['Invoke'], members: ['TenantId', 'DurableExecutionName'], state: 'refused', why: 'Tenant isolation and durable functions are not supported here.' },
  { operations: ['InvokeWithResponseStream'], members: ['TenantId'], state: 'refused', why: 'Tenant isolation is not supported here.' },
  { operations: ['PublishLayerVersion'], members: ['Content.S3ObjectVersion', 'Content.S3ObjectStorageMode'], state: 'refused', why: 'Objects have no versions here: leave S3ObjectVersion and S3ObjectStorageMode out.' },
  { operations: ['ListCapacityProviders'], members: ['State'], state: 'covered', why: EMPTY },
  { operations: ['GetEventSourceMapping', 'UpdateEventSourceMapping', 'DeleteEventSourceMapping'], members: ['UUID'], state: 'covered', why: EMPTY },
  {
    operations: ['UpdateEventSourceMapping'],
    members: [
      'FunctionName', 'Enabled', 'BatchSize', 'FilterCriteria', 'MaximumBatchingWindowInSeconds', 'DestinationConfig', 'MaximumRecordAgeInSeconds', 'BisectBatchOnFunctionError', 'MaximumRetryAttempts',
      'ParallelizationFactor', 'SourceAccessConfigurations', 'TumblingWindowInSeconds', 'FunctionResponseTypes', 'ScalingConfig', 'AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig',
      'DocumentDBEventSourceConfig', 'KMSKeyArn', 'MetricsConfig', 'LoggingConfig', 'ProvisionedPollerConfig',
    ],
    state: 'covered', why: 'There is nothing to update: event sources are refused when they are made.',
  },
  { operations: ['ListFunctions'], members: ['MasterRegion'], state: 'covered', why: 'Functions are not replicated to the edge: what is listed has its master here.' },
  { operations: ['ListEventSourceMappings', 'ListCapacityProviders'], members: ['Marker', 'MaxItems'], state: 'covered', why: EMPTY },
  { operations: ['ListEventSourceMappings'], members: ['EventSourceArn', 'FunctionName'], state: 'covered', why: EMPTY },
];
