import type { Clock } from '../../../kernel/index.ts';
import type { StageKeys, WebSocketStage } from '../../../snapshot/index.ts';
import { socketErrors, type ShownKey } from '../../exchange/index.ts';
import type { UsagePlans } from '../../policies/index.ts';
import type { KeyRefusal, StageKeyring } from '../../targets/index.ts';

/**
 * The keys of a WebSocket API's stage. Each use asks anew: a key that is disabled, or leaves its plan, is no longer good for connections that were opened with it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html (API key selection expressions)
 */
export class SocketKeys implements StageKeyring {
  readonly source: StageKeys['source'];
  readonly #stage: string;
  readonly #keys: StageKeys;
  readonly #plans: UsagePlans;
  readonly #clock: Clock;

  constructor({ id }: WebSocketStage, keys: StageKeys, { plans, clock }: { readonly plans: UsagePlans; readonly clock: Clock }) {
    this.source = keys.source;
    this.#stage = id;
    this.#keys = keys;
    this.#plans = plans;
    this.#clock = clock;
  }

  identify(value: string | null): ShownKey | null {
    const holder = this.#plans.find(this.#keys, value);
    return holder === null ? null : { id: holder.id, value: value! };
  }

  use(key: ShownKey | null, route: string): KeyRefusal | null {
    const holder = this.#plans.find(this.#keys, key?.value ?? null);
    if (holder === null) return { error: socketErrors.invalidApiKey, why: 'the API key is missing, or not good for the stage' };
    switch (this.#plans.admit(holder, { stage: this.#stage, route, now: this.#clock.now() })) {
      case 'in':
        return null;
      case 'throttled':
        return { error: socketErrors.throttled, why: 'the API key is throttled' };
      case 'exceeded':
        return { error: socketErrors.quotaExceeded, why: 'the quota of the API key is used up' };
    }
  }
}
