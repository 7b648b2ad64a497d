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
  /** SHA-256 (hexadecimal) of the zip among the blobs; empty where `folder` holds the code. */
  readonly code: string;
  /** A folder of the machine that is run as it is when the function is called. */
  readonly folder: string | null;
  /** SHA-256 of the zips of its layers, in order. */
  readonly layers: readonly string[];
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Variables of the function's configuration. May hold secrets: snapshots are printed with their values redacted. */
  readonly environment: Readonly<Record<string, string>>;
  /** Reserved concurrency; null: the account's pool. */
  readonly concurrency: number | null;
  /** Environments that are kept ready. */
  readonly provisioned: number;
  /** By ARN of an alias, the share (0 to 1) of its invocations that comes here. Who calls an alias is sent on by whoever runs functions. */
  readonly aliases: Readonly<Record<string, number>>;
  readonly logGroup: string;
  /** Lowest level of the platform's own lines in a JSON log. */
  readonly systemLogLevel: string | null;
  /** Changes whenever code or configuration does: environments of an older revision take no new invocations. */
  readonly revision: string;
}
