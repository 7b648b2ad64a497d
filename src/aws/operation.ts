/** Who calls, and what the wire said about the call. Handed to every operation beside its input. */
export interface Call {
  /** The service's model name: `elbv2`, `ec2`, ... */
  readonly service: string;
  readonly operation: string;
  readonly requestId: string;
  /** Twelve digits. */
  readonly account: string;
  /** `us-east-1`, ...: the region that the request was signed for. */
  readonly region: string;
  readonly accessKeyId: string | null;
  /** ARN of the calling identity. */
  readonly principal: string;
  /** `Host` that the client used to reach the control endpoint, with port: for addresses in answers. */
  readonly host: string;
  /** What stood in the path before the operation's own: `/prod` of `/prod/@connections/ID`. Absent where nobody sent a request. */
  readonly prefix?: string;
  readonly remoteAddress: string;
  /** Null: the request names none. Absent where nobody sent one. */
  readonly userAgent?: string | null;
}

/**
 * What an operation does. Input and output have the shapes of the service's model: timestamps are `Date`, blobs `Uint8Array`,
 * absent members are absent. Throws `AwsError` for what the client must hear about.
 */
// The wire cannot know the shapes statically: operations declare theirs with the SDK's own types, the table erases them.
// oxlint-disable-next-line typescript/no-explicit-any
export type Operation = (input: any, call: Call) => unknown;

/** A product's operations, by the names in its model. What is absent answers "not implemented" and is listed by `turnpike parity`. */
export interface Service {
  /** Name of the model: the file under `models/` without its extension. */
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Operations (and settings) that are refused, each with the sentence the client gets: why, and what to do instead. */
  readonly refusals: Readonly<Record<string, string>>;
}
