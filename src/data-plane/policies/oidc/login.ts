import { createHash } from 'node:crypto';
import type { OidcPolicy } from '../../../snapshot/index.ts';
import { faults, type Exchange, type Fault, type Reply, type Settled } from '../../exchange/index.ts';
import type { PolicyWorker } from '../worker.ts';
import { cookie, endSharded, expired, setCookie, setSharded } from './cookies.ts';
import { KnownSessions } from './known-sessions.ts';
import { readState, writeState, type LoginState } from './login-state.ts';
import { ProviderMetadata } from './metadata.ts';
import { Provider, type TokenOutcome } from './provider.ts';
import { faultOf, type Reason } from './reason.ts';
import type { Renewal, RenewalDone } from './renewals.ts';
import { readSession, writeSession, type Session } from './session.ts';

/** Where the provider sends the browser back to. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#configure-user-authentication */
export const CALLBACK_PATH = '/oauth2/idpresponse';
const NONCE_COOKIE = 'AWSALBAuthNonce';
/** "Client login timeout": 15 minutes. */
const LOGIN_SECONDS = 15 * 60;
/** "If the claims and access token exceed 11K bytes ... HTTP 500". */
const CLAIMS_BYTES = 11 * 1024;
const TOO_LARGE: Reason = 'AuthUserinfoResponseSizeExceeded';
const LONGEST_TARGET = 2048;
/** Refreshes of one worker at a time. */
const MOST_REFRESHES = 1_000;
const MOST_RENEWED = 2_000;
/** How long (ms) requests that still carry the cookie of before a refresh are served by what it has brought. */
const OLD_COOKIE_MS = 60_000;

/**
 * One provider and client, as the steps of one worker know them, whatever generation they are of: begins logins, ends them, renews sessions.
 */
export class Login {
  readonly name: string;
  readonly known = new KnownSessions();
  readonly #policy: OidcPolicy;
  readonly #worker: PolicyWorker;
  readonly #provider: Provider;
  readonly #metadata: ProviderMetadata;
  readonly #renewals = new Map<string, RenewalDone[]>();
  readonly #renewed = new Map<string, Renewal>();

  constructor(policy: OidcPolicy, worker: PolicyWorker) {
    this.name = loginName(policy);
    this.#policy = policy;
    this.#worker = worker;
    const metadata = new ProviderMetadata(policy.issuer, worker);
    this.#metadata = metadata;
    this.#provider = new Provider(policy, { outgoing: worker.outgoing, keys: () => metadata.keys });
  }

  /** The browser is sent to log in. */
  begin(exchange: Exchange): Reply | Fault {
    // "A client submitted an HTTP/1.0 request without a host header, and the load balancer was unable to generate a redirect URL"
    if (exchange.authority === '') return this.#refuse(exchange, 'AuthMissingHostHeader');
    const { random, sealer } = this.#worker;
    const now = this.#worker.clock.now() / 1000;
    // logins in several tabs share the browser's nonce: none of them spoils another's
    const kept = cookie(exchange, NONCE_COOKIE);
    const browser = kept !== null && /^[\w-]{43}$/.test(kept) ? kept : random.bytes(32).toString('base64url');
    const state: LoginState = {
      login: this.name, target: targetToReturnTo(exchange), nonce: random.bytes(16).toString('base64url'),
      verifier: this.#metadata.pkce ? random.bytes(32).toString('base64url') : '', browser: digest(browser), began: Math.floor(now),
    };
    const to = new URL(this.#policy.authorizationEndpoint);
    const { clientId, scope, extraParameters } = this.#policy;
    const parameters = {
      ...extraParameters, client_id: clientId, redirect_uri: callbackUrl(exchange), response_type: 'code', scope, state: sealer.seal(writeState(state), 'state'), nonce: state.nonce,
      ...(state.verifier === '' ? {} : { code_challenge: digest(state.verifier), code_challenge_method: 'S256' }),
    };
    for (const [name, value] of Object.entries(parameters)) to.searchParams.set(name, value);
    const until = new Date((now + LOGIN_SECONDS) * 1000).toUTCString();
    exchange.clientFields += setCookie(NONCE_COOKIE, browser, until);
    return redirect(to.toString());
  }

  /** The browser has come back. Calls back later; null: see the verdict in `now`. */
  end(exchange: Exchange, state: LoginState, done: (verdict: Settled) => void): Settled | null {
    const query = new URLSearchParams(exchange.query ?? '');
    const now = this.#worker.clock.now() / 1000;
    const browser = cookie(exchange, NONCE_COOKIE);
    if (browser === null || browser === '') return this.#refuse(exchange, 'AuthMissingAWSALBAuthNonce');
    if (digest(browser) !== state.browser) return this.#refuse(exchange, 'AuthInvalidAWSALBAuthNonce');
    if (now > state.began + LOGIN_SECONDS) return this.#refuse(exchange, 'AuthInvalidStateParam');
    if (query.has('error')) {
      exchange.clientFields += expired(NONCE_COOKIE);
      return faults['login-denied'];
    }
    const code = query.get('code');
    if (code === null || code === '') return this.#refuse(exchange, 'AuthMissingCodeParam');
    const parameters = { grant_type: 'authorization_code', code, redirect_uri: callbackUrl(exchange), ...(state.verifier === '' ? {} : { code_verifier: state.verifier }) };
    const began = this.#worker.clock.monotonic();
    this.#provider.redeem({ parameters, nonce: state.nonce, subject: null, refreshToken: '', now }, (outcome) => {
      exchange.loginMs = this.#worker.clock.monotonic() - began;
      done(this.#ended(exchange, state, outcome));
    });
    return null;
  }

  #ended(exchange: Exchange, state: LoginState, outcome: TokenOutcome): Settled {
    // the nonce is used up either way: this answer of the provider cannot be played again
    exchange.clientFields += expired(NONCE_COOKIE);
    if (outcome.kind === 'failed') return this.#refuse(exchange, outcome.reason);
    const now = Math.floor(this.#worker.clock.now() / 1000);
    const lines = this.#cookies({ login: this.name, ...outcome.tokens, since: now });
    if (lines === null) {
      exchange.loginEvent = 'claims-too-large';
      return this.#refuse(exchange, TOO_LARGE);
    }
    exchange.loginEvent = 'success';
    exchange.clientFields += lines;
    return redirect(`https://${exchange.authority}${state.target}`);
  }

  /** Set-Cookie lines of a session; null where it is too large. */
  #cookies(session: Session): string | null {
    const size = Buffer.byteLength(JSON.stringify(session.claims)) + session.accessToken.length;
    const until = new Date((session.since + this.#policy.sessionTimeoutSeconds) * 1000).toUTCString();
    return size > CLAIMS_BYTES ? null : setSharded(this.#policy.cookieName, this.#worker.sealer.seal(writeSession(session), this.#purpose), until);
  }

  /** Sessions under one cookie name are not taken for those under another. */
  get #purpose(): string {
    return `session ${this.#policy.cookieName}`;
  }

  /** The session of a cookie; null where it is none of this login, or over. */
  open(text: string): Session | null {
    const opened = this.#worker.sealer.open(text, this.#purpose);
    const session = opened === null ? null : readSession(opened);
    return session !== null && session.login === this.name ? session : null;
  }

  /**
   * Renews a session whose access token has expired. Requests with the same cookie that come meanwhile, or shortly after, share what it brings: a
   * refresh token may be good for one use only. For the same reason one worker does it, for all (`RenewalDesk`). Null: `done` is called later.
   */
  renew(text: string, session: Session, done: RenewalDone): Renewal | null {
    const renewed = this.#renewed.get(text);
    if (renewed !== undefined) return renewed;
    const waiting = this.#renewals.get(text);
    if (waiting !== undefined) {
      waiting.push(done);
      return null;
    }
    if (this.#renewals.size >= MOST_REFRESHES) return { kind: 'failed', reason: 'AuthUnhandledException' };
    this.#renewals.set(text, [done]);
    const here = (): void => this.#refresh(session, (renewal) => this.#renewedAs(text, renewal, true));
    if (!this.#worker.desk.ask({ policy: this.#policy, text, session }, (renewal, first) => (renewal === null ? here() : this.#renewedAs(text, renewal, first)))) here();
    return null;
  }

  #refresh(session: Session, done: (renewal: Renewal) => void): void {
    const now = this.#worker.clock.now() / 1000;
    const parameters = { grant_type: 'refresh_token', refresh_token: session.refreshToken };
    this.#provider.redeem({ parameters, nonce: null, subject: session.subject, refreshToken: session.refreshToken, now }, (outcome) => {
      if (outcome.kind === 'failed') return done(outcome);
      const renewed: Session = { login: this.name, ...outcome.tokens, since: session.since };
      const lines = this.#cookies(renewed);
      done(lines === null ? { kind: 'failed', reason: TOO_LARGE } : { kind: 'session', session: renewed, setCookie: lines });
    });
  }

  #renewedAs(text: string, renewal: Renewal, first: boolean): void {
    if (renewal.kind === 'session') {
      const [oldest] = this.#renewed.keys();
      if (oldest !== undefined && this.#renewed.size >= MOST_RENEWED) this.#renewed.delete(oldest);
      this.#renewed.set(text, renewal);
      this.#worker.clock.after(OLD_COOKIE_MS, () => void this.#renewed.delete(text));
    }
    const all = this.#renewals.get(text) ?? [];
    this.#renewals.delete(text);
    for (const [index, each] of all.entries()) each(renewal, first && index === 0);
  }

  #refuse(exchange: Exchange, reason: Reason): Fault {
    exchange.errorReason = reason;
    return faultOf(reason);
  }

  /** Ends the cookies of a session that is none. */
  get endOfCookies(): string {
    return endSharded(this.#policy.cookieName);
  }
}

/** The `state` of a callback; null for what we have not sealed. */
export function stateOf(exchange: Exchange, worker: PolicyWorker): LoginState | 'missing' | null {
  const sealed = new URLSearchParams(exchange.query ?? '').get('state');
  if (sealed === null || sealed === '') return 'missing';
  const opened = worker.sealer.open(sealed, 'state');
  return opened === null ? null : readState(opened);
}

/** Everything that makes a session of one login unfit for another. */
function loginName(policy: OidcPolicy): string {
  const { signer, issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId, cookieName, scope } = policy;
  return digest(JSON.stringify([signer, issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId, cookieName, scope]));
}

/** What is too long for a parameter of a URL is cut: better another page of the application than no login. */
function targetToReturnTo({ target, path }: Exchange): string {
  return target.length <= LONGEST_TARGET ? target : path.length <= LONGEST_TARGET ? path : '/';
}

function callbackUrl({ authority }: Exchange): string {
  return `https://${authority}${CALLBACK_PATH}`;
}

function redirect(url: string): Reply {
  return { status: 302, reason: null, headers: `Location: ${url}\r\nCache-Control: no-store\r\n`, body: null };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
