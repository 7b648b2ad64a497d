/** A Lambda function as the runtime needs it. */
export interface LambdaFunction {
  /** ARN: unqualified, or with the number of a published version. */
  readonly id: string;
  readonly name: string;
  /** `$LATEST`, or the number of a published version. */
  readonly version: string;
  readonly runtime: string;
  /** `file.export`. */
  readonly handler: string;
  /** SHA-256 (hexadecimal) of the zip among the blobs. */
  readonly code: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Variables of the function's configuration. May hold secrets: snapshots are printed with their values redacted. */
  readonly environment: Readonly<Record<string, string>>;
  /** Reserved concurrency; null: the account's pool. */
  readonly concurrency: number | null;
  readonly logGroup: string;
  /** Changes whenever code or configuration does: environments of an older revision take no new invocations. */
  readonly revision: string;
}
