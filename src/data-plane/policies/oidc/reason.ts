import { faults, type Fault } from '../../exchange/index.ts';

/**
 * Why a login did not come about, in ALB's words, and whose fault that is: `failure` is the client's or the provider's refusal (401), `error` is ours or a
 * provider that cannot be reached (500).
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#error-reason-codes
 */
const REASONS = {
  AuthInvalidCookie: 'failure',
  AuthInvalidGrantError: 'failure',
  AuthInvalidIdToken: 'failure',
  AuthInvalidStateParam: 'failure',
  AuthInvalidTokenResponse: 'failure',
  AuthInvalidUserinfoResponse: 'failure',
  AuthMissingCodeParam: 'failure',
  AuthMissingStateParam: 'failure',
  AuthMissingAWSALBAuthNonce: 'failure',
  AuthInvalidAWSALBAuthNonce: 'failure',
  AuthMissingHostHeader: 'failure',
  AuthTokenEpRequestFailed: 'error',
  AuthTokenEpRequestTimeout: 'error',
  AuthUserinfoEpRequestFailed: 'error',
  AuthUserinfoEpRequestTimeout: 'error',
  AuthUserinfoResponseSizeExceeded: 'error',
  AuthUnhandledException: 'error',
} as const;

export type Reason = keyof typeof REASONS;

export function faultOf(reason: Reason): Fault {
  return REASONS[reason] === 'failure' ? faults['login-refused'] : faults['login-failed'];
}
