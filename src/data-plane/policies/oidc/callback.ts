import { NEXT, WAIT, type Exchange, type Step, type Verdict } from '../../exchange/index.ts';
import type { PolicyWorker } from '../worker.ts';
import { stateOf } from './login.ts';
import type { LoginState } from './login-state.ts';
import { faultOf } from './reason.ts';
import type { OidcStep } from './step.ts';

/**
 * Ends the logins of a listener: `/oauth2/idpresponse` is the balancer's own path, whatever its rules say of it. The sealed `state` names the
 * login; which rule began it does not matter.
 */
export class CallbackStep implements Step {
  readonly kind = 'oidc-callback';
  readonly word = 'authenticate';
  readonly #steps: ReadonlyMap<string, OidcStep>;
  readonly #worker: PolicyWorker;

  constructor(steps: readonly OidcStep[], worker: PolicyWorker) {
    this.#steps = new Map(steps.map((step) => [step.login.name, step]));
    this.#worker = worker;
  }

  onRequest(exchange: Exchange): Verdict {
    const state = stateOf(exchange, this.#worker);
    const step = state === null || state === 'missing' ? undefined : this.#steps.get(state.login);
    if (step === undefined) {
      // sealed by nobody here, or for a login that the listener has no more
      const reason = state === 'missing' ? 'AuthMissingStateParam' : 'AuthInvalidStateParam';
      exchange.errorReason = reason;
      return faultOf(reason);
    }
    const verdict = step.login.end(exchange, state as LoginState, (later) => exchange.site.proceed(exchange, later));
    if (verdict === null) return WAIT;
    // a login ends in an answer, never at the target
    return verdict === NEXT ? faultOf('AuthUnhandledException') : verdict;
  }
}
