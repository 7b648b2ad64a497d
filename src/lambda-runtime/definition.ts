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
  /** SHA-256 (hexadecimal) of the zip. */
  readonly code: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Reserved concurrency; null: the account's pool. */
  readonly concurrency: number | null;
  readonly logGroup: string;
  /** Changes whenever code or configuration does. */
  readonly revision: string;
}

/** How a runtime is started: by the bundled Node, or by the `bootstrap` in the function's own zip. */
export type RuntimeKind = 'node' | 'provided' | 'unsupported';

/** What `runtime` is run by here. */
export function runtimeKind(runtime: string): RuntimeKind {
  if (/^provided(\.|$)/.test(runtime)) return 'provided';
  return Number(/^nodejs(\d+)\.x$/.exec(runtime)?.[1] ?? 0) >= 18 ? 'node' : 'unsupported';
}

/** `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`. */
export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
