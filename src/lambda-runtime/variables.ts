import { dirname } from 'node:path';
import { accountOf, type FunctionDefinition, regionOf, runtimeKind } from './definition.ts';

export interface VariableSources {
  /** `host:port` of the environment's Runtime API. */
  readonly runtimeApi: string;
  readonly codeFolder: string;
  /** The runtime's own files. */
  readonly runtimeFolder: string;
  /** Scratch space of this environment alone. */
  readonly tempFolder: string;
  readonly logStream: string;
  /** Where the AWS SDKs of the function find the control endpoint; null: nowhere. */
  readonly endpointUrl: string | null;
}

/**
 * The environment variables of a function, whole: nothing is inherited from the host, whose own variables may hold secrets.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function functionVariables(definition: FunctionDefinition, sources: VariableSources): Record<string, string> {
  const region = regionOf(definition.id);
  const account = accountOf(definition.id);
  return {
    // What a function may override.
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    TMPDIR: sources.tempFolder,
    ...(sources.endpointUrl === null ? {} : { AWS_ENDPOINT_URL: sources.endpointUrl }),
    ...definition.environment,
    // What it may not: AWS refuses these names in a configuration.
    _HANDLER: definition.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: definition.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: sources.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_RUNTIME_API: sources.runtimeApi,
    ...(runtimeKind(definition.runtime) === 'node' ? { AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}` } : {}),
    LAMBDA_TASK_ROOT: sources.codeFolder,
    LAMBDA_RUNTIME_DIR: sources.runtimeFolder,
    // No secrets: the control endpoint takes twelve digits as the account of the caller.
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'turnpike',
    AWS_SESSION_TOKEN: 'turnpike',
  };
}
