import { createHash } from 'node:crypto';
import type { FunctionConfiguration as Shape } from '@aws-sdk/client-lambda';
import { type FunctionConfiguration, partition } from '../../resources/lambda/index.ts';

/** What state a configuration is shown with: lists leave it out. */
type Detail = 'full' | 'list';

/** A configuration as every operation shows it. `arn`: as the caller asked for it, with or without a qualifier. */
export function configurationOutput(configuration: FunctionConfiguration, arn: string, detail: Detail = 'full'): Shape {
  const { logging, vpc } = configuration;
  return {
    FunctionName: configuration.name,
    FunctionArn: arn,
    Runtime: configuration.runtime as NonNullable<Shape['Runtime']>,
    Role: configuration.role,
    Handler: configuration.handler,
    CodeSize: configuration.codeSize,
    Description: configuration.description,
    Timeout: configuration.timeout,
    MemorySize: configuration.memorySize,
    LastModified: new Date(configuration.lastModified).toISOString().replace('Z', '+0000'),
    CodeSha256: configuration.folder === null ? base64Hash(configuration.code) : createHash('sha256').update(configuration.folder).digest('base64'),
    Version: configuration.version,
    ...(vpc === null
      ? {}
      : { VpcConfig: { SubnetIds: [...vpc.subnetIds], SecurityGroupIds: [...vpc.securityGroupIds], VpcId: vpc.vpcId, Ipv6AllowedForDualStack: vpc.ipv6AllowedForDualStack } }),
    ...(configuration.environment === null ? {} : { Environment: { Variables: { ...configuration.environment } } }),
    ...(configuration.layers.length === 0 ? {} : { Layers: configuration.layers.map(({ arn, codeSize }) => ({ Arn: arn, CodeSize: codeSize })) }),
    TracingConfig: { Mode: configuration.tracing },
    RevisionId: configuration.revisionId,
    ...(detail === 'list' ? {} : { State: 'Active', LastUpdateStatus: 'Successful', RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(configuration) } }),
    PackageType: 'Zip',
    Architectures: [...configuration.architectures] as NonNullable<Shape['Architectures']>,
    EphemeralStorage: { Size: configuration.ephemeralStorage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: {
      LogFormat: logging.format,
      ...(logging.applicationLevel === null ? {} : { ApplicationLogLevel: logging.applicationLevel as 'INFO' }),
      ...(logging.systemLevel === null ? {} : { SystemLogLevel: logging.systemLevel as 'INFO' }),
      LogGroup: logging.group,
    },
  };
}

/** AWS names the runtime that runs a function by a hash, one for each architecture. Here it stands for the installation's own. */
function runtimeVersionArn({ region, runtime, architectures }: FunctionConfiguration): string {
  const version = createHash('sha256').update(`${runtime} ${architectures.join(' ')}`).digest('hex');
  return `arn:${partition(region)}:lambda:${region}::runtime:${version}`;
}

/** Lambda shows hashes in base64. */
export function base64Hash(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
