/** How the control plane runs a function; the composition root connects it with the Lambda runtime. */
export interface FunctionInvoker {
  invoke(request: FunctionInvocation): Promise<FunctionResult>;
}

export interface FunctionInvocation {
  /** Unqualified function ARN. */
  readonly functionArn: string;
  readonly payload: Buffer;
  readonly requestId: string;
  /** Base64 JSON as the client sent it, or null. */
  readonly clientContext: string | null;
}

export type FunctionResult =
  | { readonly kind: 'ok'; readonly payload: Buffer; readonly logTail: string }
  /** The function itself failed: `payload` is the error document, `error` the `X-Amz-Function-Error` value. */
  | { readonly kind: 'function-error'; readonly error: 'Handled' | 'Unhandled'; readonly payload: Buffer; readonly logTail: string }
  | { readonly kind: 'throttled'; readonly reason: string };
