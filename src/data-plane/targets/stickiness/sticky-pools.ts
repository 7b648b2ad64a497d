import type { Seal } from '../../../kernel/index.ts';
import { faults, type Exchange, type ResponseEdit, type Target } from '../../exchange/index.ts';
import type { WeightedChoice } from '../../upstreams/index.ts';
import { acrossSites, cookieOf, setCookie, wallOf } from './cookie.ts';

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
  readonly #seal: Seal;
  readonly #durationMs: number;

  constructor(pools: readonly WeighedPool[], context: { readonly choice: WeightedChoice<WeighedPool>; readonly seal: Seal; readonly durationMs: number }) {
    this.#pools = pools;
    this.#choice = context.choice;
    this.#seal = context.seal;
    this.#durationMs = context.durationMs;
  }

  serve(exchange: Exchange): void {
    const pool = this.#bound(exchange) ?? this.#choice.pick();
    if (pool === null) return exchange.fail(faults['no-healthy-target']);
    exchange.edit = new PoolCookie(pool.id, { seal: this.#seal, durationMs: this.#durationMs, before: exchange.edit });
    pool.target.serve(exchange);
  }

  #bound(exchange: Exchange): WeighedPool | null {
    const sealed = cookieOf(exchange, COOKIE) ?? cookieOf(exchange, COOKIE_ACROSS);
    const text = sealed === null ? null : this.#seal.open(sealed, COOKIE);
    if (text === null) return null;
    const [id, until] = text.split(' ');
    if (Number(until) <= exchange.startedWall) return null;
    return this.#pools.find((pool) => pool.id === id && pool.weight > 0) ?? null;
  }
}

class PoolCookie implements ResponseEdit {
  readonly #id: string;
  readonly #context: { readonly seal: Seal; readonly durationMs: number; readonly before: ResponseEdit | null };

  constructor(id: string, context: { readonly seal: Seal; readonly durationMs: number; readonly before: ResponseEdit | null }) {
    this.#id = id;
    this.#context = context;
  }

  edit(exchange: Exchange, headers: string): string {
    const { seal, durationMs, before } = this.#context;
    const edited = before === null ? headers : before.edit(exchange, headers);
    if (exchange.targetStatus === 0) return edited;
    const expires = wallOf(exchange) + durationMs;
    const value = seal.seal(`${this.#id} ${Math.ceil(expires)}`, COOKIE);
    return edited + setCookie({ name: COOKIE, value, expires }) + setCookie({ name: COOKIE_ACROSS, value, expires, more: acrossSites(exchange) });
  }
}
