/**
 * How the control plane runs a function; the composition root connects it with the Lambda runtime. Request and result have the form that the
 * runtime's host takes and gives, so that `(request) => host.invoke(request)` is an invoker.
 */
export interface FunctionInvoker {
  /** Never rejects: what can go wrong is in the result. */
  invoke(request: FunctionInvocation): Promise<FunctionResult>;
  /** How many environments of a function or version are ready. */
  ready(functionArn: string): Promise<number>;
}

export interface FunctionInvocation {
  /** ARN of what is to be run: the function's own, or with the number of a published version. */
  readonly functionArn: string;
  /** ARN that the caller used, with its qualifier. */
  readonly invokedArn: string;
  /** JSON. */
  readonly payload: Buffer;
  readonly requestId: string;
  /** JSON text, or null. */
  readonly clientContext: string | null;
  /** X-Amzn-Trace-Id, or null. */
  readonly traceId: string | null;
  /** Whether `logTail` is wanted: the result then waits for the function's last log line. */
  readonly tail: boolean;
  /** Takes the response as it comes; the result's `payload` is then empty. Null: it is wanted whole. */
  readonly stream: FunctionStream | null;
}

export interface FunctionStream {
  /** Once, before the first part. */
  begin(contentType: string): void;
  /** `taken` asks for more: parts that nobody has taken are bounded. */
  part(bytes: Buffer, taken: () => void): void;
}

export type FunctionResult =
  /** `logTail`: the last 4 KB of the invocation's log, as text; empty unless asked for. */
  | { readonly kind: 'ok'; readonly payload: Buffer; readonly logTail: string }
  /** The function itself failed: `payload` is the error document, `error` the `X-Amz-Function-Error` value. */
  | { readonly kind: 'function-error'; readonly error: 'Handled' | 'Unhandled'; readonly payload: Buffer; readonly logTail: string }
  /** `reason`: the `Reason` member of TooManyRequestsException. */
  | { readonly kind: 'throttled'; readonly reason: string }
  /** It cannot be run here at all: unknown to the runtime, its code damaged, the host closing. */
  | { readonly kind: 'unavailable'; readonly reason: string };
