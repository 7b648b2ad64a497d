import type { Seal } from '../../../kernel/index.ts';
import { faults, type Exchange, type ResponseEdit, type Target } from '../../exchange/index.ts';
import type { WeightedChoice } from '../../upstreams/index.ts';
import { acrossSites, cookieOf, endOf, SealedCookies } from './cookie.ts';

const COOKIE = 'AWSALBTG';
const COOKIE_ACROSS = 'AWSALBTGCORS';

export interface WeighedPool {
  /** Id of the pool. */
  readonly id: string;
  readonly weight: number;
  readonly target: Target;
}

/**
 * A forward action over several pools that keeps clients with the pool that they got first. A pool without weight keeps nobody.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions
 */
export class StickyPoolsTarget implements Target {
  readonly word = 'forward';
  readonly #pools: readonly WeighedPool[];
  readonly #choice: WeightedChoice<WeighedPool>;
  readonly #sealed: SealedCookies;
  readonly #durationMs: number;

  constructor(pools: readonly WeighedPool[], context: { readonly choice: WeightedChoice<WeighedPool>; readonly seal: Seal; readonly durationMs: number }) {
    this.#pools = pools;
    this.#choice = context.choice;
    this.#sealed = new SealedCookies(context.seal, COOKIE);
    this.#durationMs = context.durationMs;
  }

  serve(exchange: Exchange): void {
    const pool = this.#bound(exchange) ?? this.#choice.pick();
    if (pool === null) return exchange.fail(faults['no-healthy-target']);
    exchange.edit = new PoolCookie(pool.id, { sealed: this.#sealed, durationMs: this.#durationMs, before: exchange.edit });
    pool.target.serve(exchange);
  }

  #bound(exchange: Exchange): WeighedPool | null {
    const sealed = cookieOf(exchange, COOKIE) ?? cookieOf(exchange, COOKIE_ACROSS);
    const text = sealed === null ? null : this.#sealed.open(sealed);
    if (text === null) return null;
    const [id, until] = text.split(' ');
    if (Number(until) <= exchange.startedWall) return null;
    return this.#pools.find((pool) => pool.id === id && pool.weight > 0) ?? null;
  }
}

class PoolCookie implements ResponseEdit {
  readonly #id: string;
  readonly #context: { readonly sealed: SealedCookies; readonly durationMs: number; readonly before: ResponseEdit | null };

  constructor(id: string, context: { readonly sealed: SealedCookies; readonly durationMs: number; readonly before: ResponseEdit | null }) {
    this.#id = id;
    this.#context = context;
  }

  edit(exchange: Exchange, headers: string): string {
    const { sealed, durationMs, before } = this.#context;
    const edited = before === null ? headers : before.edit(exchange, headers);
    if (exchange.targetStatus === 0) return edited;
    const expires = endOf(exchange, durationMs);
    return edited + sealed.pair(`${this.#id} ${expires}`, { name: COOKIE, nameAcross: COOKIE_ACROSS, expires, across: acrossSites(exchange) });
  }
}
