import type { ClaimCheck, JwtPolicy } from '../../../snapshot/index.ts';
import type { Refusal } from './refusal.ts';

type Claims = Readonly<Record<string, unknown>>;

const own = (claims: Claims, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);

/** Seconds since the epoch; Infinity for a token without `exp`, NaN where it is no number. */
export function expiry(claims: Claims): number {
  const exp = own(claims, 'exp');
  if (exp === undefined) return Infinity;
  return typeof exp === 'number' ? exp : NaN;
}

/** Words of `scope`, else of `scp`; either may be a text or a list. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export function scopesOf(claims: Claims): readonly string[] {
  const given = own(claims, 'scope') ?? own(claims, 'scp');
  if (typeof given === 'string') return words(given);
  return isTexts(given) ? given : [];
}

/** Everything that a verified token must say, but for its key: null when it does. `now` in seconds. */
export function judgeClaims(claims: Claims, policy: JwtPolicy, now: number): Refusal | null {
  const issuer = own(claims, 'iss');
  if (issuer === undefined) return 'claim-missing';
  if (typeof issuer !== 'string') return 'claim-malformed';
  if (issuer !== policy.issuer) return 'issuer-wrong';
  const time = judgeTimes(claims, policy.leewaySeconds, now);
  if (time !== null) return time;
  const audience = judgeAudience(claims, policy.audiences);
  if (audience !== null) return audience;
  for (const check of policy.claims) {
    const refusal = judgeClaim(own(claims, check.name), check);
    if (refusal !== null) return refusal;
  }
  if (policy.scopes.length > 0) {
    const scopes = scopesOf(claims);
    if (!policy.scopes.some((scope) => scopes.includes(scope))) return 'scope-missing';
  }
  return null;
}

function judgeTimes(claims: Claims, leeway: number, now: number): Refusal | null {
  const exp = own(claims, 'exp');
  const nbf = own(claims, 'nbf');
  const iat = own(claims, 'iat');
  if (exp === undefined) return 'claim-missing';
  // JSON has no NaN, but 1e999 is Infinity: a token that never ends is none
  if (!Number.isFinite(exp) || (nbf !== undefined && !Number.isFinite(nbf)) || (iat !== undefined && !Number.isFinite(iat))) return 'claim-malformed';
  if ((exp as number) <= now) return 'expired';
  if (nbf !== undefined && (nbf as number) > now + leeway) return 'not-yet-valid';
  if (iat !== undefined && (iat as number) > now + leeway) return 'issued-later';
  return null;
}

/** `client_id` counts only where there is no `aud`, as HTTP API has it: access tokens of Cognito have no `aud`. */
function judgeAudience(claims: Claims, audiences: readonly string[]): Refusal | null {
  if (audiences.length === 0) return null;
  const given = own(claims, 'aud') ?? own(claims, 'client_id');
  if (given === undefined) return 'audience-wrong';
  if (typeof given === 'string') return audiences.includes(given) ? null : 'audience-wrong';
  if (!isTexts(given)) return 'claim-malformed';
  return given.some((audience) => audiences.includes(audience)) ? null : 'audience-wrong';
}

function judgeClaim(given: unknown, { format, values }: ClaimCheck): Refusal | null {
  if (given === undefined) return 'claim-missing';
  switch (format) {
    case 'single-string':
      if (typeof given !== 'string') return 'claim-malformed';
      return values.includes(given) ? null : 'claim-wrong';
    case 'string-array':
      if (!isTexts(given)) return 'claim-malformed';
      return values.every((value) => given.includes(value)) ? null : 'claim-wrong';
    case 'space-separated-values': {
      if (typeof given !== 'string') return 'claim-malformed';
      const said = words(given);
      return values.every((value) => said.includes(value)) ? null : 'claim-wrong';
    }
  }
}

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
