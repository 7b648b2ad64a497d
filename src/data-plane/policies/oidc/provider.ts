import type { OidcPolicy } from '../../../snapshot/index.ts';
import type { Outgoing, OutgoingOutcome, OutgoingRequest } from '../../exchange/index.ts';
import type { KeySet } from '../jwt/key-set.ts';
import { readIdToken, readObject, textOf, type Claims } from './claims.ts';
import { checkSignature } from './id-token-signature.ts';
import type { Reason } from './reason.ts';

/** For each request to the provider. A login makes two. */
const WITHIN_MS = 10_000;
/** Token answers are small; user info may be as large as what a session can hold, and a little more to see that it is too large. */
const TOKEN_BYTES = 64 * 1024;
const USER_INFO_BYTES = 64 * 1024;
/** Printable ASCII: it goes into header fields. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/** What the provider has said about a user. */
export interface Tokens {
  readonly subject: string;
  readonly claims: Claims;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds since the epoch; 0 where it does not say. */
  readonly accessUntil: number;
}

export type TokenOutcome = { readonly kind: 'tokens'; readonly tokens: Tokens } | { readonly kind: 'failed'; readonly reason: Reason };

export interface Grant {
  readonly parameters: Readonly<Record<string, string>>;
  /** Null for refreshed tokens: they need not have an ID token, and it has no nonce (OpenID Connect Core 1.0 section 12.2). */
  readonly nonce: string | null;
  /** Whose they must be; null: anybody's. */
  readonly subject: string | null;
  /** Kept where the answer has none. */
  readonly refreshToken: string;
  /** Seconds. */
  readonly now: number;
}

/** The provider's token and user info endpoints. Everything it answers is judged before it is believed. */
export class Provider {
  readonly #policy: OidcPolicy;
  readonly #outgoing: Outgoing;
  readonly #keys: () => KeySet | null;

  constructor(policy: OidcPolicy, { outgoing, keys }: { readonly outgoing: Outgoing; readonly keys: () => KeySet | null }) {
    this.#policy = policy;
    this.#outgoing = outgoing;
    this.#keys = keys;
  }

  /** Exchanges a grant for tokens, then asks who the user is. Calls back once, later. */
  redeem(grant: Grant, done: (outcome: TokenOutcome) => void): void {
    const fail = (reason: Reason): void => done({ kind: 'failed', reason });
    this.#outgoing.send(this.#tokenRequest(grant.parameters), (outcome) => {
      const refusal = tokenRefusal(outcome);
      if (refusal !== null) return fail(refusal);
      const answer = readTokens((outcome as Extract<OutgoingOutcome, { kind: 'answer' }>).body);
      if (answer === null) return fail('AuthInvalidTokenResponse');
      let subject = grant.subject;
      if (answer.idToken !== null || grant.nonce !== null) {
        const { issuer, clientId } = this.#policy;
        const claims = answer.idToken === null ? null : readIdToken(answer.idToken, { issuer, clientId, nonce: grant.nonce, now: grant.now });
        // "The requested scope doesn't return an ID token" is a 401 too
        if (claims === null) return fail('AuthInvalidIdToken');
        const said = textOf(claims, 'sub')!;
        if (subject !== null && said !== subject) return fail('AuthInvalidIdToken');
        subject = said;
      }
      const accessUntil = answer.expiresIn === null ? 0 : grant.now + answer.expiresIn;
      const ask = (): void => this.#userInfo(answer.accessToken, subject!, (info) => {
        if (typeof info === 'string') return fail(info);
        done({
          kind: 'tokens',
          tokens: { subject: subject!, claims: info, accessToken: answer.accessToken, refreshToken: answer.refreshToken ?? grant.refreshToken, accessUntil },
        });
      });
      if (answer.idToken === null) ask();
      else checkSignature(answer.idToken, this.#keys(), (believed) => (believed ? ask() : fail('AuthInvalidIdToken')));
    });
  }

  #tokenRequest(parameters: Readonly<Record<string, string>>): OutgoingRequest {
    const { tokenEndpoint, clientId, clientSecret } = this.#policy;
    // client_secret_basic, which is what a client uses that has not registered anything else (RFC 6749 section 2.3.1)
    const authorization: Readonly<Record<string, string>> = clientSecret === '' ? {} : { authorization: `Basic ${Buffer.from(`${formText(clientId)}:${formText(clientSecret)}`).toString('base64')}` };
    const body = new URLSearchParams(clientSecret === '' ? { ...parameters, client_id: clientId } : parameters);
    return {
      method: 'POST', url: tokenEndpoint, body: body.toString(), withinMs: WITHIN_MS, maxBytes: TOKEN_BYTES,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...authorization },
    };
  }

  #userInfo(accessToken: string, subject: string, done: (info: Claims | Reason) => void): void {
    const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` };
    this.#outgoing.send({ method: 'GET', url: this.#policy.userInfoEndpoint, headers, body: null, withinMs: WITHIN_MS, maxBytes: USER_INFO_BYTES }, (outcome) => {
      switch (outcome.kind) {
        case 'timeout':
          return done('AuthUserinfoEpRequestTimeout');
        case 'too-large':
          return done('AuthUserinfoResponseSizeExceeded');
        case 'failed':
          return done('AuthUserinfoEpRequestFailed');
        case 'answer': {
          if (outcome.status < 200 || outcome.status > 299) return done('AuthUserinfoEpRequestFailed');
          const info = readObject(outcome.body);
          // what is said of somebody else must not be told of this user (OpenID Connect Core 1.0 section 5.3.2)
          return done(info === null || textOf(info, 'sub') !== subject || !PRINTABLE.test(subject) ? 'AuthInvalidUserinfoResponse' : info);
        }
      }
    });
  }
}

/** Why there is no answer to read; null where there is one. */
function tokenRefusal(outcome: OutgoingOutcome): Reason | null {
  switch (outcome.kind) {
    case 'timeout':
      return 'AuthTokenEpRequestTimeout';
    case 'too-large':
      return 'AuthInvalidTokenResponse';
    case 'failed':
      return 'AuthTokenEpRequestFailed';
    case 'answer': {
      if (outcome.status >= 200 && outcome.status <= 299) return null;
      const error = readObject(outcome.body);
      return error !== null && textOf(error, 'error') === 'invalid_grant' ? 'AuthInvalidGrantError' : 'AuthTokenEpRequestFailed';
    }
  }
}

interface TokenAnswer {
  readonly accessToken: string;
  readonly idToken: string | null;
  readonly refreshToken: string | null;
  readonly expiresIn: number | null;
}

function readTokens(body: Buffer): TokenAnswer | null {
  const answer = readObject(body);
  if (answer === null) return null;
  const accessToken = textOf(answer, 'access_token');
  const type = textOf(answer, 'token_type');
  if (accessToken === null || !PRINTABLE.test(accessToken) || type?.toLowerCase() !== 'bearer') return null;
  const seconds = Number(answer['expires_in']);
  return {
    accessToken, idToken: textOf(answer, 'id_token'), refreshToken: textOf(answer, 'refresh_token'),
    expiresIn: Number.isFinite(seconds) && seconds > 0 ? Math.floor(seconds) : null,
  };
}

/** application/x-www-form-urlencoded, as RFC 6749 wants client id and secret before Basic. */
function formText(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
