import type { CreateFunctionRequest, UpdateFunctionConfigurationRequest } from '@aws-sdk/client-lambda';
import type { FunctionConfiguration, FunctionLogging, FunctionVpc } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Limits } from '../limits.ts';
import { invalid, outOfRange } from './error.ts';
import { checkedLayers } from './layer-reference.ts';
import { checkRuntime } from './runtime.ts';

/** What UpdateFunctionConfiguration may change. */
export type Settings = Pick<
  FunctionConfiguration,
  'runtime' | 'handler' | 'role' | 'description' | 'timeout' | 'memorySize' | 'environment' | 'ephemeralStorage' | 'tracing' | 'vpc' | 'logging' | 'layers'
>;

/** What a request's settings are held against. */
export interface SettingsContext {
  readonly world: World;
  readonly runtimes: readonly string[];
  readonly limits: Limits;
  /** Whose function it is. */
  readonly account: string;
  readonly region: string;
  /** Bytes of the function's own files. */
  readonly unzipped: number;
}

/** AWS's defaults. */
export function defaultSettings(name: string): Omit<Settings, 'runtime' | 'handler' | 'role'> {
  return {
    description: '',
    timeout: 3,
    memorySize: 128,
    environment: null,
    ephemeralStorage: 512,
    tracing: 'PassThrough',
    vpc: null,
    layers: [],
    logging: { format: 'Text', applicationLevel: null, systemLevel: null, group: `/aws/lambda/${name}` },
  };
}

type Input = Partial<Pick<CreateFunctionRequest, keyof CreateFunctionRequest & keyof UpdateFunctionConfigurationRequest>> &
  Partial<Pick<CreateFunctionRequest, 'TenancyConfig' | 'CodeSigningConfigArn' | 'PackageType'>>;

/** The settings after a request: what it does not name stays as it is. Throws for what cannot be executed. */
export function mergedSettings(before: Settings, input: Input, context: SettingsContext): Settings {
  const { world } = context;
  if (input.PackageType === 'Image') throw invalid('Functions from container images are not run here: use PackageType Zip with ZipFile.');
  const runtime = input.Runtime ?? before.runtime;
  if (runtime !== before.runtime) checkRuntime(runtime, context.runtimes);
  const timeout = input.Timeout ?? before.timeout;
  if (timeout > 900) throw outOfRange('timeout', timeout, 'Member must have value less than or equal to 900');
  const memorySize = input.MemorySize ?? before.memorySize;
  if (memorySize > 10_240) throw invalid("'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240");
  // the model's 32768 are for functions on instances of one's own
  const ephemeralStorage = input.EphemeralStorage?.Size ?? before.ephemeralStorage;
  if (ephemeralStorage > 10_240) throw outOfRange('ephemeralStorage.size', ephemeralStorage, 'Member must have value less than or equal to 10240');
  if (input.SnapStart?.ApplyOn === 'PublishedVersions') throw invalid(`${runtime} is not supported for SnapStart enabled functions.`);
  const handler = input.Handler ?? before.handler;
  return {
    runtime,
    handler,
    role: input.Role ?? before.role,
    description: input.Description ?? before.description,
    timeout,
    memorySize,
    environment: input.Environment === undefined ? before.environment : checkedVariables(input.Environment.Variables ?? {}),
    ephemeralStorage,
    tracing: input.TracingConfig?.Mode ?? before.tracing,
    layers: input.Layers === undefined ? before.layers : checkedLayers(world, input.Layers, context),
    vpc: input.VpcConfig === undefined ? before.vpc : vpcOf(input.VpcConfig, world, before.vpc),
    logging: input.LoggingConfig === undefined ? before.logging : loggingOf(input.LoggingConfig, before.logging),
  };
}

/** Names that AWS keeps for itself. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED = new Set([
  '_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_LAMBDA_LOG_FORMAT', 'AWS_LAMBDA_LOG_LEVEL',
  'AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_LAMBDA_RUNTIME_API', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR',
]);

function checkedVariables(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const reserved = Object.keys(variables).filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw invalid(
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. ' +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > 4096) {
    throw invalid(`Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`);
  }
  return { ...variables };
}

/** Kept and shown; a function's traffic does not pass through the VPC. */
function vpcOf(input: NonNullable<Input['VpcConfig']>, world: World, before: FunctionVpc | null): FunctionVpc | null {
  const subnetIds = input.SubnetIds ?? [];
  const securityGroupIds = input.SecurityGroupIds ?? [];
  if (subnetIds.length === 0 && securityGroupIds.length === 0) return before === null ? null : { subnetIds, securityGroupIds, vpcId: '', ipv6AllowedForDualStack: false };
  if (subnetIds.length === 0 || securityGroupIds.length === 0) throw invalid('SubnetIds and SecurityIds must coexist or be both empty list.');
  const vpcs = new Set<string>();
  for (const id of subnetIds) {
    const subnet = world.get('ec2/subnet', id);
    if (!subnet) throw invalid(`Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID '${id}' does not exist`);
    vpcs.add(subnet.parent);
  }
  for (const id of securityGroupIds) {
    const group = world.get('ec2/security-group', id);
    if (group) vpcs.add(group.parent);
    else {
      throw invalid(`Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group '${id}' does not exist`);
    }
  }
  if (vpcs.size > 1) throw invalid('Subnets and Security Groups must belong to the same VPC.');
  return { subnetIds, securityGroupIds, vpcId: [...vpcs][0]!, ipv6AllowedForDualStack: input.Ipv6AllowedForDualStack ?? false };
}

function loggingOf(input: NonNullable<Input['LoggingConfig']>, before: FunctionLogging): FunctionLogging {
  const format = input.LogFormat ?? before.format;
  const group = input.LogGroup ?? before.group;
  if (/^aws\//i.test(group)) throw invalid('Log groups starting with AWS/ are reserved for AWS. Update the LogGroup value and try again.');
  if (format === 'Text') {
    if (input.ApplicationLogLevel !== undefined || input.SystemLogLevel !== undefined) {
      throw invalid('LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.');
    }
    return { format, applicationLevel: null, systemLevel: null, group };
  }
  return { format, applicationLevel: input.ApplicationLogLevel ?? before.applicationLevel ?? 'INFO', systemLevel: input.SystemLogLevel ?? before.systemLevel ?? 'INFO', group };
}

