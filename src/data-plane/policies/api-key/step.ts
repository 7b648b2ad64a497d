import type { StageKeys } from '../../../snapshot/index.ts';
import { gatewayErrors, NEXT, type ApiExchange, type Exchange, type Step, type Verdict } from '../../exchange/index.ts';
import type { UsagePlans } from './usage-plans.ts';

/** Lets through who has a key of one of the stage's usage plans, as fast and as often as the plan says. In the words of REST APIs: HTTP APIs have no keys at AWS. */
export class ApiKeyStep implements Step {
  readonly kind = 'api-key';
  readonly word = '';
  readonly #plans: UsagePlans;
  readonly #keys: StageKeys;
  readonly #stage: string;
  readonly #route: string;

  constructor(plans: UsagePlans, { keys, stage, route }: { readonly keys: StageKeys; readonly stage: string; readonly route: string }) {
    this.#plans = plans;
    this.#keys = keys;
    this.#stage = stage;
    this.#route = route;
  }

  onRequest(exchange: Exchange): Verdict {
    const call = exchange as ApiExchange;
    const value = this.#valueOf(call);
    const holder = this.#plans.find(this.#keys, value);
    if (holder === null) return call.refusal(gatewayErrors.invalidApiKey);
    call.apiKey = { id: holder.id, value: value! };
    switch (this.#plans.admit(holder, { stage: this.#stage, route: this.#route, now: call.startedWall })) {
      case 'in':
        return NEXT;
      case 'throttled':
        return call.refusal(gatewayErrors.tooManyRequests);
      case 'exceeded':
        return call.refusal(gatewayErrors.quotaExceeded);
    }
  }

  #valueOf(call: ApiExchange): string | null {
    if (this.#keys.source === 'header') return call.header('x-api-key');
    return call.identity?.kind === 'lambda' ? call.identity.usageIdentifierKey : null;
  }
}
