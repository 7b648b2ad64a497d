/** How a target runs a function: the composition root connects it with the Lambda runtime, wherever that lives. */
export interface FunctionCaller {
  /** Calls `done` once. `functionArn`: of a function, version or alias; `payload` is JSON; `traceId` the value of X-Amzn-Trace-Id. */
  call(functionArn: string, request: FunctionRequest, done: (outcome: FunctionOutcome) => void): void;
}

export interface FunctionRequest {
  readonly payload: Buffer;
  readonly traceId: string;
  /** Takes the response as it comes, before `done`: the payload of an ok outcome is then empty. */
  readonly stream?: FunctionParts;
}

export interface FunctionParts {
  /** Once, before the first part. */
  begin(contentType: string): void;
  /** `taken` asks for more: parts that nobody has taken are bounded. */
  part(bytes: Buffer, taken: () => void): void;
}

export type FunctionOutcome =
  | { readonly kind: 'ok'; readonly payload: Buffer }
  /** The function failed; `cause` says how, as the runtime names it, `document` what it said itself: `{"errorMessage": ...}`. */
  | { readonly kind: 'function-error'; readonly document?: string; readonly cause: 'handler' | 'timeout' | 'init' | 'exit' | 'out-of-memory' | 'response-too-large' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'unavailable'; readonly reason: string };
