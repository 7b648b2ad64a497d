import type { Clock } from '../../kernel/index.ts';
import type { Fields } from '../http.ts';
import { parsePairs } from '../wire/form.ts';
import { defaultLimits } from '../limits.ts';
import { amzDate, canonicalRequest, parseAmzDate, sha256Hex, stringToSign, type CanonicalForm } from './canonical.ts';
import type { Credential, Credentials } from './credentials.ts';
import { credentialScopeOf, parseScope, type CredentialScope } from './credential-scope.ts';
import { hmac, sameSignature, SigningKeyCache } from './signing-key.ts';

export interface VerifiableRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Fields;
  readonly body: Uint8Array;
}

/** Why a caller is not who it says; `authentication-error.ts` turns it into the service's code and status. */
export type Refusal =
  | { readonly kind: 'missing' }
  | { readonly kind: 'incomplete'; readonly message: string }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'mismatch'; readonly message: string }
  | { readonly kind: 'skewed'; readonly message: string }
  | { readonly kind: 'presigned-expired'; readonly message: string }
  | { readonly kind: 'token-expired' }
  | { readonly kind: 'token-invalid' }
  | { readonly kind: 'body-hash' };

/** What verifying a streamed body goes on from. */
export interface Seed {
  readonly signature: string;
  readonly key: Buffer;
  readonly date: string;
  readonly scope: string;
}

export type Verdict =
  | { readonly ok: true; readonly credential: Credential; readonly scope: CredentialScope; readonly seed: Seed }
  | { readonly ok: false; readonly refusal: Refusal };

interface Presented {
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly token: string | null;
  /** Seconds, for presigned URLs. */
  readonly expires: number | null;
}

/** AWS takes requests up to this far from its own clock ("Signature expired: ... - 15 min."). */
const SKEW = 15 * 60_000;
/** A week: the longest that a presigned URL may hold. */
const LONGEST_EXPIRY = 604_800;
const ALGORITHM = 'AWS4-HMAC-SHA256';
const MISMATCH = 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** Verifies Signature Version 4, by header or by URL, against the credentials that it is given. */
export class Verifier {
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #keys = new SigningKeyCache();

  constructor(options: { readonly credentials: Credentials; readonly clock: Clock }) {
    this.#credentials = options.credentials;
    this.#clock = options.clock;
  }

  /** `service` is the signing name of the service that claimed the request. */
  verify(request: VerifiableRequest, service: string): Verdict {
    const presented = present(request);
    if ('kind' in presented) return refuse(presented);
    const { scope } = presented;
    const late = this.#checkTime(presented);
    if (late) return refuse(late);
    if (scope.date !== presented.date.slice(0, 8)) {
      return refuse({ kind: 'mismatch', message: `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${presented.date.slice(0, 8)}', from '${presented.date}'.` });
    }
    if (scope.service !== service) return refuse({ kind: 'mismatch', message: `Credential should be scoped to correct service: '${service}'.` });
    const credential = this.#credentials.find(scope.accessKeyId);
    if (!credential) return refuse({ kind: 'unknown-key' });
    const wrongToken = this.#checkToken(credential, presented.token);
    if (wrongToken) return refuse(wrongToken);
    const key = this.#keys.key(scope.accessKeyId, credential.secret.reveal(), scope);
    const declared = request.headers.get('x-amz-content-sha256');
    const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
    const payloadHash = payloadHashOf(request, { declared, service, presigned: presented.expires !== null });
    const matches = formsOf(service, request.url).some(({ path, url }) => {
      const canonical = canonicalRequest({ method: request.method, url, headers: request.headers.pairs }, { path, signedHeaders: presented.signedHeaders, payloadHash });
      return sameSignature(hmac(key, stringToSign(canonical, { date: presented.date, scope: scopeText })).toString('hex'), presented.signature);
    });
    if (!matches) return refuse({ kind: 'mismatch', message: MISMATCH });
    if (declared !== null && /^[0-9a-f]{64}$/i.test(declared) && declared.toLowerCase() !== sha256Hex(request.body)) return refuse({ kind: 'body-hash' });
    return { ok: true, credential, scope, seed: { signature: presented.signature, key, date: presented.date, scope: scopeText } };
  }

  #checkTime(presented: Presented): Refusal | null {
    const at = parseAmzDate(presented.date);
    if (at === null) return { kind: 'incomplete', message: `Date must be in ISO-8601 'basic format'. Got '${presented.date.slice(0, 64)}'. See http://en.wikipedia.org/wiki/ISO_8601` };
    const now = this.#clock.now();
    if (at > now + SKEW) return { kind: 'skewed', message: `Signature not yet current: ${presented.date} is still later than ${amzDate(now + SKEW)} (${amzDate(now)} + 15 min.)` };
    if (presented.expires === null) {
      if (at < now - SKEW) return { kind: 'skewed', message: `Signature expired: ${presented.date} is now earlier than ${amzDate(now - SKEW)} (${amzDate(now)} - 15 min.)` };
    } else if (now > at + presented.expires * 1000) {
      return { kind: 'presigned-expired', message: `Signature expired: ${presented.date} is now earlier than ${amzDate(now - presented.expires * 1000)} (${amzDate(now)} - ${presented.expires} s.)` };
    }
    return null;
  }

  #checkToken(credential: Credential, token: string | null): Refusal | null {
    if (credential.sessionToken === undefined) return token === null ? null : { kind: 'token-invalid' };
    if (token === null || !sameSignature(credential.sessionToken, token)) return { kind: 'token-invalid' };
    return credential.expiresAt !== undefined && this.#clock.now() >= credential.expiresAt ? { kind: 'token-expired' } : null;
  }
}

/** The access key id that a request names, whether or not it is signed with it; null: none. */
export function namedKey({ url, headers }: Pick<VerifiableRequest, 'url' | 'headers'>): string | null {
  const authorization = headers.get('authorization');
  const at = authorization === null ? url.indexOf('?') : -1;
  return credentialScopeOf(authorization, at < 0 ? [] : pairsOrNone(url.slice(at + 1)))?.accessKeyId ?? null;
}

function refuse(refusal: Refusal): Verdict {
  return { ok: false, refusal };
}

function present(request: VerifiableRequest): Presented | Refusal {
  const authorization = request.headers.get('authorization');
  const presented = authorization === null ? presentUrl(request) : presentHeader(authorization, request.headers);
  if ('kind' in presented) return presented;
  if (!presented.signedHeaders.includes('host') && !presented.signedHeaders.includes(':authority')) {
    return { kind: 'incomplete', message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization." };
  }
  const absent = presented.signedHeaders.find((name) => request.headers.get(name) === null);
  if (absent !== undefined) return { kind: 'mismatch', message: `'${absent.slice(0, 64)}' is a SignedHeader in the AWS Authorization and is not in the request.` };
  return presented;
}

function presentHeader(authorization: string, headers: Fields): Presented | Refusal {
  if (!authorization.startsWith(ALGORITHM)) return { kind: 'incomplete', message: `Unsupported AWS 'algorithm': '${(authorization.split(/\s/, 1)[0] ?? '').slice(0, 64)}'.` };
  const fields = new Map<string, string>();
  for (const part of authorization.slice(ALGORITHM.length).split(',')) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const date = headers.get('x-amz-date') ?? httpDate(headers.get('date'));
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name)).map((name) => `Authorization header requires '${name}' parameter.`);
  if (date === null) missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (missing.length > 0) return { kind: 'incomplete', message: `${missing.join(' ')} Authorization=${ALGORITHM}` };
  const scope = parseScope(fields.get('Credential')!);
  if (!scope) return badCredential(fields.get('Credential')!);
  const signedHeaders = fields.get('SignedHeaders')!.toLowerCase().split(';');
  return { scope, signedHeaders, signature: fields.get('Signature')!, date: date!, token: headers.get('x-amz-security-token'), expires: null };
}

function presentUrl(request: VerifiableRequest): Presented | Refusal {
  const at = request.url.indexOf('?');
  const parameters = new Map((at < 0 ? [] : pairsOrNone(request.url.slice(at + 1))).map(([name, value]) => [name.toLowerCase(), value]));
  const algorithm = parameters.get('x-amz-algorithm');
  if (algorithm === undefined) return parameters.has('signature') ? { kind: 'incomplete', message: 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.' } : { kind: 'missing' };
  const names = ['X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date', 'X-Amz-Expires'];
  const missing = names.filter((name) => !parameters.get(name.toLowerCase()));
  if (algorithm !== ALGORITHM) return { kind: 'incomplete', message: `X-Amz-Algorithm only supports "${ALGORITHM}"` };
  if (missing.length > 0) return { kind: 'incomplete', message: `Query-string authentication version 4 requires the ${names.join(', ')} parameters; missing: ${missing.join(', ')}.` };
  const scope = parseScope(parameters.get('x-amz-credential')!);
  if (!scope) return badCredential(parameters.get('x-amz-credential')!);
  const expires = Number(parameters.get('x-amz-expires'));
  if (!Number.isInteger(expires) || expires < 0 || expires > LONGEST_EXPIRY) return { kind: 'incomplete', message: `X-Amz-Expires must be a number of seconds from 0 to ${LONGEST_EXPIRY} (a week)` };
  return {
    scope,
    signedHeaders: parameters.get('x-amz-signedheaders')!.toLowerCase().split(';'),
    signature: parameters.get('x-amz-signature')!,
    date: parameters.get('x-amz-date')!,
    token: parameters.get('x-amz-security-token') ?? null,
    expires,
  };
}

function pairsOrNone(query: string): readonly (readonly [string, string])[] {
  try {
    return parsePairs(query.replaceAll('+', '%2B'), defaultLimits);
  } catch {
    return [];
  }
}

function badCredential(credential: string): Refusal {
  return { kind: 'incomplete', message: `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential.slice(0, 128)}'` };
}

function httpDate(value: string | null): string | null {
  const at = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? null : amzDate(at);
}

/** The hash that the caller must have signed: its word for streams and, for S3, for an unsigned body; our own for all others. */
function payloadHashOf(request: VerifiableRequest, more: { declared: string | null; service: string; presigned: boolean }): string {
  const { declared } = more;
  if (declared?.startsWith('STREAMING-') === true) return declared;
  if (more.service === 's3') return declared ?? (more.presigned ? 'UNSIGNED-PAYLOAD' : sha256Hex(request.body));
  return sha256Hex(request.body);
}

/**
 * What a signer may have signed. Not every one normalises paths, and some add a URL's session token after signing (the token is compared with
 * the credential's own in any case). Most requests have one form.
 */
function formsOf(service: string, url: string): readonly { readonly path: CanonicalForm['path']; readonly url: string }[] {
  const paths: readonly CanonicalForm['path'][] = service === 's3' ? ['encode-once'] : /\/\/|\/\./.test(url) ? ['normalise', 'as-sent'] : ['normalise'];
  const withoutToken = url.replace(/([?&])X-Amz-Security-Token=[^&]*(?:&|$)/, '$1').replace(/[?&]$/, '');
  const urls = withoutToken === url ? [url] : [url, withoutToken];
  return urls.flatMap((form) => paths.map((path) => ({ path, url: form })));
}
