import type { OidcPolicy } from '../../../snapshot/index.ts';
import { NEXT, WAIT, type Exchange, type Settled, type Step, type Verdict } from '../../exchange/index.ts';
import type { PolicyWorker } from '../worker.ts';
import { shardedCookie } from './cookies.ts';
import { identityFields, REFRESH_FIELDS_S } from './identity-fields.ts';
import type { KnownSession } from './known-sessions.ts';
import type { Login } from './login.ts';
import { faultOf, type Reason } from './reason.ts';
import type { Renewal } from './renewals.ts';

/** Lets a request pass that has a login behind it, and tells the target whose; what happens to the others the policy says. */
export class OidcStep implements Step {
  readonly kind = 'oidc';
  readonly word = 'authenticate';
  readonly policy: OidcPolicy;
  readonly login: Login;
  readonly #worker: PolicyWorker;

  constructor(policy: OidcPolicy, worker: PolicyWorker) {
    this.policy = policy;
    this.#worker = worker;
    this.login = worker.logins.get(policy);
  }

  onRequest(exchange: Exchange): Verdict {
    // from here on nothing that the client says of itself in these fields reaches the target
    exchange.targetFields = '';
    const text = shardedCookie(exchange, this.policy.cookieName);
    if (text === null) return this.#unauthenticated(exchange, null);
    const now = this.#worker.clock.now() / 1000;
    let known = this.login.known.get(text);
    if (known === null) {
      const session = this.login.open(text);
      if (session === null) return this.#unauthenticated(exchange, 'AuthInvalidCookie');
      known = { session, fields: '', fieldsUntil: 0, setCookie: '' };
      this.login.known.put(text, known);
    }
    const { session } = known;
    if (now >= session.since + this.policy.sessionTimeoutSeconds) return this.#unauthenticated(exchange, null);
    // without a refresh token the session goes on to its end, as AWS documents
    if (session.accessUntil === 0 || now < session.accessUntil || session.refreshToken === '') return this.#pass(exchange, known, now);
    const renewal = this.login.renew(text, session, (later, first) => {
      if (first && later.kind === 'session') exchange.loginEvent = 'refreshed';
      exchange.goOn(() => exchange.site.proceed(exchange, this.#renewed(exchange, later)));
    });
    return renewal === null ? WAIT : this.#renewed(exchange, renewal);
  }

  #pass(exchange: Exchange, known: KnownSession, now: number): typeof NEXT {
    if (now >= known.fieldsUntil) {
      known.fields = identityFields(known.session, this.policy, { key: this.#worker.signing, now });
      known.fieldsUntil = now + REFRESH_FIELDS_S;
    }
    exchange.targetFields = known.fields;
    exchange.clientFields += known.setCookie;
    return NEXT;
  }

  #renewed(exchange: Exchange, renewal: Renewal): Settled {
    if (renewal.kind === 'session') return this.#pass(exchange, { session: renewal.session, fields: '', fieldsUntil: 0, setCookie: renewal.setCookie }, this.#worker.clock.now() / 1000);
    // "If the user logs out, the refresh fails and the load balancer redirects the user to the IdP authorization endpoint"
    if (renewal.reason === 'AuthInvalidGrantError') return this.#unauthenticated(exchange, null);
    if (renewal.reason === 'AuthUserinfoResponseSizeExceeded') exchange.loginEvent = 'claims-too-large';
    exchange.errorReason = renewal.reason;
    return faultOf(renewal.reason);
  }

  /** `reason`: what was wrong with the cookie that there was; null where there was none, or an honest one that is over. */
  #unauthenticated(exchange: Exchange, reason: Reason | null): Settled {
    if (reason !== null) exchange.errorReason = reason;
    switch (this.policy.onUnauthenticated) {
      case 'allow':
        return NEXT;
      case 'deny':
        return faultOf(reason ?? 'AuthInvalidCookie');
      case 'authenticate':
        // a cookie that cannot be opened (changed, or sealed with a key that is gone) must not lock its browser out
        if (reason !== null) exchange.clientFields += this.login.endOfCookies;
        return this.login.begin(exchange);
    }
  }
}
