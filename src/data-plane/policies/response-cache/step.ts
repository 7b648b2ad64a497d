import type { RouteCache } from '../../../snapshot/index.ts';
import { NEXT, NO_BODY, RecordedExchange, type Exchange, type Step, type Verdict } from '../../exchange/index.ts';
import { LONGEST_KEPT, type ResponseCache } from './response-cache.ts';

/**
 * Beyond AWS: answers GET requests of an HTTP API from what its integration has answered before, as REST APIs do.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
export class ResponseCacheStep implements Step {
  readonly kind = 'response-cache';
  readonly word = '';
  readonly #settings: RouteCache;
  readonly #cache: ResponseCache;

  constructor(settings: RouteCache, cache: ResponseCache) {
    this.#settings = settings;
    this.#cache = cache;
  }

  onRequest(exchange: Exchange): Verdict {
    const { ttlMs, invalidation } = this.#settings;
    if (!(exchange instanceof RecordedExchange) || exchange.method !== 'GET' || exchange.framing !== NO_BODY || exchange.header('range') !== null) return NEXT;
    const key = this.#keyOf(exchange);
    const isFresh = invalidation && /(?:^|[\s,])max-age=0(?:$|[\s,])/i.test(exchange.header('cache-control') ?? '');
    const kept = isFresh ? null : this.#cache.get(key, exchange.startedWall);
    if (kept !== null) return { status: 200, reason: null, headers: kept.headers, body: kept.body };
    exchange.record(LONGEST_KEPT, (recording) => this.#cache.put(key, recording, exchange.startedWall + ttlMs));
    return NEXT;
  }

  /** The path always, and what the settings name; a list, so that no value can look like two. */
  #keyOf(call: RecordedExchange): string {
    const query = new URLSearchParams(call.query ?? '');
    const values = this.#settings.keys.map(({ part, name }) => (part === 'header' ? call.headerValues(name) : query.getAll(name)));
    return JSON.stringify([this.#settings.id, call.routePath, values]);
  }
}
