import { dirname } from 'node:path';
import { accountOf, type FunctionDefinition, regionOf, runtimeKind } from './definition.ts';

export interface VariableSources {
  /** `host:port` of the environment's Runtime API. */
  readonly runtimeApi: string;
  readonly codeFolder: string;
  /** The layers' files, which lie at /opt on AWS; null: there are none. */
  readonly layersFolder: string | null;
  /** The runtime's own files. */
  readonly runtimeFolder: string;
  /** Scratch space of this environment alone. */
  readonly tempFolder: string;
  readonly logStream: string;
  readonly initialization: 'on-demand' | 'provisioned-concurrency';
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
  const kind = runtimeKind(definition.runtime);
  const opt = sources.layersFolder;
  return {
    // What a function may override.
    PATH: `${opt === null ? '' : `${opt}/bin:`}${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    ...(opt === null ? {} : layerVariables(definition.runtime, opt)),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
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
    AWS_LAMBDA_INITIALIZATION_TYPE: sources.initialization,
    AWS_LAMBDA_RUNTIME_API: sources.runtimeApi,
    ...(kind === 'node' || kind === 'python' ? { AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}` } : {}),
    LAMBDA_TASK_ROOT: sources.codeFolder,
    LAMBDA_RUNTIME_DIR: sources.runtimeFolder,
    // No secrets: the control endpoint takes twelve digits as the account of the caller.
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'turnpike',
    AWS_SESSION_TOKEN: 'turnpike',
  };
}

/** Where runtimes look for what layers hold: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
function layerVariables(runtime: string, opt: string): Record<string, string> {
  const major = /^nodejs(\d+)/.exec(runtime)?.[1] ?? '';
  return {
    LAMBDA_LAYERS_ROOT: opt,
    LD_LIBRARY_PATH: `${opt}/lib`,
    NODE_PATH: `${opt}/nodejs/node${major}/node_modules:${opt}/nodejs/node_modules`,
    PYTHONPATH: `${opt}/python:${opt}/python/lib/${runtime}/site-packages`,
  };
}
