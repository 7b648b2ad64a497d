/** One call of a function. */
export interface InvocationRequest {
  /** Id of the definition to run: ARN, unqualified or with a version number. */
  readonly functionArn: string;
  /** ARN that the caller used, with its qualifier; what the function sees as `invokedFunctionArn`. */
  readonly invokedArn: string;
  /** JSON. */
  readonly payload: Buffer;
  readonly requestId: string;
  /** JSON text (already decoded from base64), or null. */
  readonly clientContext: string | null;
  /** X-Amzn-Trace-Id of the request behind this call, or null. */
  readonly traceId: string | null;
  /** Wait until the function's last log line is in `logTail`; otherwise `logTail` is empty. */
  readonly tail: boolean;
  /** Takes the response as it comes; the `payload` of an ok result is then empty. Null: the response is wanted whole. */
  readonly stream: ResponseSink | null;
}

/** Takes a response in parts. */
export interface ResponseSink {
  /** Once, before the first part. */
  begin(contentType: string): void;
  /** `taken` asks for more: parts that nobody has taken are bounded. */
  part(bytes: Buffer, taken: () => void): void;
}

/** Why a function failed. */
export type FailureCause =
  /** It threw, rejected or called back with an error. */
  | 'handler'
  | 'timeout'
  /** Its code could not be loaded. */
  | 'init'
  /** Its process ended. */
  | 'exit'
  | 'out-of-memory'
  | 'response-too-large';

export type InvocationResult =
  | { readonly kind: 'ok'; readonly payload: Buffer; readonly logTail: string }
  /** `payload` is AWS's error document: `errorType`, `errorMessage`, and the runtime's trace. */
  | {
      readonly kind: 'function-error';
      readonly error: 'Handled' | 'Unhandled';
      readonly cause: FailureCause;
      readonly payload: Buffer;
      readonly logTail: string;
    }
  /** A concurrency limit is reached. `reason` is the `Reason` member of AWS's TooManyRequestsException. */
  | { readonly kind: 'throttled'; readonly reason: ThrottleReason }
  /** The function cannot be run here: unknown, its code is missing or damaged, or the host is closing. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export type ThrottleReason = 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded';

/** The result of a failure that the function's runtime did not report itself. */
export function failureDocument(errorType: string, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage }));
}
