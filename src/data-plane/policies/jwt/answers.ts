import { faults, type Fault, type Reply } from '../../exchange/index.ts';
import type { JwtPolicy } from '../../../snapshot/index.ts';
import type { Refusal } from './refusal.ts';

/** What a client gets for a refusal, and what the access log says. */
export interface RefusalAnswer {
  readonly verdict: Reply | Fault;
  readonly reason: string;
}

/**
 * ALB: its 401 page for tokens, its 500 page where there are no keys to verify them with.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#error-reason-codes (JWT..., JWKS...)
 */
const ALB_REASONS: Readonly<Record<Refusal, string>> = {
  'token-missing': 'JWTHeaderNotPresent',
  'token-malformed': 'JWTRequestFormatInvalid',
  'algorithm-refused': 'JWTSignatureValidationError',
  'kid-missing': 'JWTSignatureValidationError',
  'key-unknown': 'JWTSignatureValidationError',
  'signature-wrong': 'JWTSignatureValidationError',
  'claim-missing': 'JWTClaimNotPresent',
  'claim-malformed': 'JWTClaimFormatInvalid',
  'claim-wrong': 'JWTClaimValueInvalid',
  'issuer-wrong': 'JWTClaimValueInvalid',
  'audience-wrong': 'JWTClaimValueInvalid',
  expired: 'JWTClaimValueInvalid',
  'not-yet-valid': 'JWTClaimValueInvalid',
  'issued-later': 'JWTClaimValueInvalid',
  'scope-missing': 'JWTClaimValueInvalid',
  'keys-timeout': 'JWKSRequestTimeout',
  'keys-too-large': 'JWKSResponseSizeExceeded',
  'keys-failed': 'JWKSRequestFailed',
};

/** HTTP API's `error_description`; where AWS publishes none, chosen in the same style. '' for none. */
const DESCRIPTIONS: Readonly<Record<Refusal, string>> = {
  'token-missing': '',
  'token-malformed': 'the token is malformed',
  'algorithm-refused': 'signing method is invalid',
  'kid-missing': 'kid is missing in the token header',
  'key-unknown': 'unable to find a signing key that matches the kid of the token',
  'signature-wrong': 'the token signature is invalid',
  'claim-missing': 'the token lacks a claim that it must have',
  'claim-malformed': 'the token has a claim of a wrong type',
  'claim-wrong': 'the token has a claim with a wrong value',
  'issuer-wrong': 'the token does not have a valid issuer',
  'audience-wrong': 'the token does not have a valid audience',
  expired: 'the token has expired',
  'not-yet-valid': 'the token is not valid yet',
  'issued-later': 'the token was used before it was issued',
  'scope-missing': '',
  'keys-timeout': 'OIDC discovery endpoint communication error',
  'keys-too-large': 'OIDC discovery endpoint communication error',
  'keys-failed': 'OIDC discovery endpoint communication error',
};

/** Every answer of a policy, made when it is linked. */
export function refusalAnswers({ answers, scopes }: Pick<JwtPolicy, 'answers' | 'scopes'>): ReadonlyMap<Refusal, RefusalAnswer> {
  const refusals = Object.keys(ALB_REASONS) as Refusal[];
  const answer = answers === 'alb' ? albAnswer : (refusal: Refusal): RefusalAnswer => httpApiAnswer(refusal, scopes.join(' '));
  return new Map(refusals.map((refusal) => [refusal, answer(refusal)]));
}

function albAnswer(refusal: Refusal): RefusalAnswer {
  const unavailable = refusal.startsWith('keys-');
  return { verdict: unavailable ? faults['token-keys-unavailable'] : faults['token-refused'], reason: ALB_REASONS[refusal] };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html (the form of WWW-Authenticate) */
function httpApiAnswer(refusal: Refusal, scope: string): RefusalAnswer {
  const forbidden = refusal === 'scope-missing';
  const details =
    refusal === 'token-missing' ? ''
    : forbidden ? ` scope="${quoted(scope)}" error="insufficient_scope"`
    : ` scope="${quoted(scope)}" error="invalid_token" error_description="${DESCRIPTIONS[refusal]}"`;
  const reply: Reply = Object.freeze({
    status: forbidden ? 403 : 401,
    reason: null,
    headers: `content-type: application/json\r\nwww-authenticate: Bearer${details}\r\n`,
    body: forbidden ? '{"message":"Forbidden"}' : '{"message":"Unauthorized"}',
  });
  return { verdict: reply, reason: DESCRIPTIONS[refusal] || (forbidden ? 'insufficient_scope' : 'Unauthorized') };
}

/** Scopes are configured; whatever they are, they must not end the quotes or the line. */
function quoted(text: string): string {
  return text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '');
}
