/** A function as it is run. The snapshot's `LambdaFunction` is one. */
export interface FunctionDefinition {
  /** ARN: unqualified, or with the number of a published version. */
  readonly id: string;
  readonly name: string;
  /** `$LATEST` or the number of a published version. */
  readonly version: string;
  /** AWS's identifier: `nodejs22.x`, `provided.al2023`. */
  readonly runtime: string;
  /** `file.export`. */
  readonly handler: string;
  /** SHA-256 (hexadecimal) of the zip; empty where `folder` holds the code. */
  readonly code: string;
  /** A folder that holds the code itself and is watched: what changes in it is what the next invocation meets. Null: the zip. */
  readonly folder: string | null;
  /** SHA-256 of the zips of its layers, in order: a later one covers an earlier one. */
  readonly layers: readonly string[];
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Reserved concurrency; null: the account's pool. */
  readonly concurrency: number | null;
  /** Environments that are kept ready, and are the concurrency set apart for this version. */
  readonly provisioned: number;
  /** Aliases that divide their invocations: by ARN, the share (0 to 1) that comes here. */
  readonly aliases: Readonly<Record<string, number>>;
  readonly logGroup: string;
  /** Lowest level of the platform's own lines in a JSON log; null: all of them. */
  readonly systemLogLevel: string | null;
  /** Changes whenever code or configuration does. */
  readonly revision: string;
}

/** How a runtime is started: by the bundled Node, the machine's Python, or the `bootstrap` in the function's own zip. */
export type RuntimeKind = 'node' | 'python' | 'provided' | 'unsupported';

/** What `runtime` is run by here. */
export function runtimeKind(runtime: string): RuntimeKind {
  if (/^provided(\.|$)/.test(runtime)) return 'provided';
  if (/^python3\.\d+$/.test(runtime)) return 'python';
  return Number(/^nodejs(\d+)\.x$/.exec(runtime)?.[1] ?? 0) >= 18 ? 'node' : 'unsupported';
}

/** `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`. */
export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
