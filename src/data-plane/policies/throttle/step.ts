import type { Throttle } from '../../../snapshot/index.ts';
import { gatewayErrors, NEXT, type ApiExchange, type Exchange, type Step, type Verdict } from '../../exchange/index.ts';
import { NO_SLOT, type TokenBuckets } from '../../ledger/index.ts';

interface Bucket {
  readonly slot: number;
  readonly shape: Throttle;
}

const UNLIMITED = 1e12;

/**
 * Lets requests through as fast as tokens flow. The narrower bucket is asked first, so that what it refuses costs the account nothing.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export class ThrottleStep implements Step {
  readonly kind = 'throttle';
  readonly word = '';
  readonly #buckets: TokenBuckets;
  readonly #asked: readonly Bucket[];

  constructor(throttles: readonly Throttle[], context: { readonly buckets: TokenBuckets; readonly slots: ReadonlyMap<string, number> }) {
    this.#buckets = context.buckets;
    // limits that an installation has lifted are not even asked
    this.#asked = throttles.filter(({ rate }) => rate < UNLIMITED).map((shape) => ({ slot: context.slots.get(shape.key) ?? NO_SLOT, shape }));
  }

  onRequest(exchange: Exchange): Verdict {
    for (let i = 0; i < this.#asked.length; i++) {
      const { slot, shape } = this.#asked[i]!;
      if (!this.#buckets.take(slot, shape, exchange.startedWall)) return (exchange as ApiExchange).refusal(gatewayErrors.tooManyRequests);
    }
    return NEXT;
  }
}
