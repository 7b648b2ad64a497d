/** How a target runs a function: the composition root connects it with the Lambda runtime, wherever that lives. */
export interface FunctionCaller {
  /** Calls `done` once. `payload` is JSON; `traceId` the value of X-Amzn-Trace-Id. */
  call(functionArn: string, request: { readonly payload: Buffer; readonly traceId: string }, done: (outcome: FunctionOutcome) => void): void;
}

export type FunctionOutcome =
  | { readonly kind: 'ok'; readonly payload: Buffer }
  /** The function failed; `cause` says how, as the runtime names it. */
  | { readonly kind: 'function-error'; readonly cause: 'handler' | 'timeout' | 'init' | 'exit' | 'out-of-memory' | 'response-too-large' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'unavailable'; readonly reason: string };
