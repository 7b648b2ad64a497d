import { createHash } from 'node:crypto';
import type { Resource, Tag } from '../resource.ts';

/** What a function is, and what a published version of it was. */
export interface FunctionConfiguration extends Resource {
  readonly name: string;
  /** `$LATEST`, or the number of a published version. */
  readonly version: string;
  readonly runtime: string;
  readonly handler: string;
  /** ARN. */
  readonly role: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memorySize: number;
  /** Null: none were ever given. */
  readonly environment: Readonly<Record<string, string>> | null;
  /** SHA-256 (hexadecimal) of the zip among the blobs; empty where `folder` holds the code. */
  readonly code: string;
  /** Bytes of the zip. */
  readonly codeSize: number;
  /** Bytes of its files. */
  readonly unzippedSize: number;
  /** A folder of the machine that is run as it is when the function is called; null: the zip. */
  readonly folder: string | null;
  readonly layers: readonly FunctionLayer[];
  readonly architectures: readonly string[];
  /** MB of `/tmp`. */
  readonly ephemeralStorage: number;
  readonly tracing: 'Active' | 'PassThrough';
  readonly vpc: FunctionVpc | null;
  readonly logging: FunctionLogging;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  /** Changes with every change of what is told of it, policy and tags among them. */
  readonly revisionId: string;
}

/** A layer version that a function uses. It stays usable when the version is deleted, as on AWS. */
export interface FunctionLayer {
  /** ARN with the version. */
  readonly arn: string;
  readonly code: string;
  readonly codeSize: number;
  readonly unzippedSize: number;
}

export interface FunctionVpc {
  /** Empty, and so is the rest, where a function has left its VPC. */
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly vpcId: string;
  readonly ipv6AllowedForDualStack: boolean;
}

export interface FunctionLogging {
  readonly format: 'Text' | 'JSON';
  /** Set with format JSON: TRACE, DEBUG, INFO, WARN, ERROR or FATAL. */
  readonly applicationLevel: string | null;
  /** Set with format JSON: DEBUG, INFO or WARN. */
  readonly systemLevel: string | null;
  readonly group: string;
}

/** A function; `id` is its unqualified ARN. */
export interface LambdaFunction extends FunctionConfiguration {
  readonly parent: null;
  readonly version: '$LATEST';
  readonly tags: readonly Tag[];
  /** Reserved concurrency; null: it takes from the account's pool. */
  readonly reservedConcurrency: number | null;
  /** `Terminate` or `Allow`. */
  readonly recursiveLoop: string;
  /** ARN; null: none. */
  readonly codeSigningConfig: string | null;
  /** Number of the newest published version; 0: none was ever published. */
  readonly lastVersion: number;
}

/** A published version; `id` is the ARN with its number, `parent` the function's ARN. Nothing of it changes but its revision, with its policy. */
export interface FunctionVersion extends FunctionConfiguration {
  readonly parent: string;
  /** How the function itself was described when it was published: the description of a version may be another. */
  readonly functionDescription: string;
}

/** What two configurations that behave alike have in common, as text. */
export function contentOf({
  runtime, handler, role, timeout, memorySize, environment, code, architectures, ephemeralStorage, tracing, vpc, logging, layers, folder,
}: FunctionConfiguration): string {
  return JSON.stringify([
    runtime, handler, role, timeout, memorySize, Object.entries(environment ?? {}).sort(), code, architectures, ephemeralStorage, tracing, vpc, logging, layers.map(({ arn }) => arn), folder,
  ]);
}

/** A function as the runtime needs it: has the form of the snapshot's `LambdaFunction`. */
export interface ExecutableFunction {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly runtime: string;
  readonly handler: string;
  readonly code: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly concurrency: number | null;
  readonly folder: string | null;
  readonly layers: readonly string[];
  readonly provisioned: number;
  readonly aliases: Readonly<Record<string, number>>;
  readonly systemLogLevel: string | null;
  readonly logGroup: string;
  readonly revision: string;
}

/** What others say of a function or version. */
export interface ExecutableContext {
  /** The function's, for its published versions too: they share it. */
  readonly reservedConcurrency: number | null;
  readonly provisioned: number;
  readonly aliases: Readonly<Record<string, number>>;
}

export function executableFunction(configuration: FunctionConfiguration, { reservedConcurrency, provisioned, aliases }: ExecutableContext): ExecutableFunction {
  const { logging } = configuration;
  return {
    id: configuration.id,
    name: configuration.name,
    version: configuration.version,
    runtime: configuration.runtime,
    handler: configuration.handler,
    code: configuration.code,
    timeoutMs: configuration.timeout * 1000,
    memoryMb: configuration.memorySize,
    // The runtime learns the form of its log from these two, as on AWS.
    environment: {
      ...configuration.environment,
      ...(logging.format === 'JSON' ? { AWS_LAMBDA_LOG_FORMAT: logging.format } : {}),
      ...(logging.applicationLevel === null ? {} : { AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel }),
    },
    concurrency: reservedConcurrency,
    folder: configuration.folder,
    layers: configuration.layers.map(({ code }) => code),
    provisioned,
    aliases,
    systemLogLevel: logging.systemLevel,
    logGroup: logging.group,
    revision: runtimeRevision(configuration),
  };
}

/** Changes with every update of code or configuration, as environments do; not with tags, policies and publications, which leave them alone. */
function runtimeRevision(configuration: FunctionConfiguration): string {
  return createHash('sha256').update(`${configuration.lastModified} ${contentOf(configuration)}`).digest('hex').slice(0, 32);
}
