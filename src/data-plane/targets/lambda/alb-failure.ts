import type { FunctionOutcome } from './function-caller.ts';

/**
 * How a request to a Lambda target fails: the status that ALB answers, and the reason as its access log spells it (`error_reason`).
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#error-reason-codes
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
export interface AlbFailure {
  readonly kind: 'failure';
  readonly status: 400 | 413 | 502 | 504;
  readonly reason: AlbErrorReason;
}

export type AlbErrorReason =
  | 'LambdaAccessDenied'
  | 'LambdaBadRequest'
  | 'LambdaConnectionTimeout'
  | 'LambdaInvalidResponse'
  | 'LambdaRequestTooLarge'
  | 'LambdaResponseTooLarge'
  | 'LambdaServiceException'
  | 'LambdaThrottling'
  | 'LambdaUnhandled'
  | 'LambdaWebSocketNotSupported';

function failure(status: AlbFailure['status'], reason: AlbErrorReason): AlbFailure {
  return Object.freeze({ kind: 'failure', status, reason });
}

export const albFailures = {
  /** The function's policy does not let the load balancer in. */
  accessDenied: failure(502, 'LambdaAccessDenied'),
  /** Head or text body is not UTF-8. */
  badRequest: failure(400, 'LambdaBadRequest'),
  /** The runtime did not answer at all. */
  connectionTimeout: failure(504, 'LambdaConnectionTimeout'),
  invalidResponse: failure(502, 'LambdaInvalidResponse'),
  requestTooLarge: failure(413, 'LambdaRequestTooLarge'),
  responseTooLarge: failure(502, 'LambdaResponseTooLarge'),
  serviceException: failure(502, 'LambdaServiceException'),
  throttled: failure(502, 'LambdaThrottling'),
  /** It threw, timed out, or its process ended. */
  unhandled: failure(502, 'LambdaUnhandled'),
  webSocket: failure(400, 'LambdaWebSocketNotSupported'),
} as const satisfies Readonly<Record<string, AlbFailure>>;

/** How an invocation that gave no answer fails the request behind it. */
export function albFailureOf(outcome: Exclude<FunctionOutcome, { readonly kind: 'ok' }>): AlbFailure {
  switch (outcome.kind) {
    case 'throttled':
      return albFailures.throttled;
    case 'unavailable':
      return albFailures.serviceException;
    case 'function-error':
      return outcome.cause === 'response-too-large' ? albFailures.responseTooLarge : albFailures.unhandled;
  }
}
