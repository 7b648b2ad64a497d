import type { FunctionPool } from '../../../snapshot/index.ts';
import { faults, NO_BODY, type Exchange, type Fault, type Target } from '../../exchange/index.ts';
import { fieldSet, UPGRADE } from '../../wire/index.ts';
import type { RequestHeadWriter } from '../forward/request-head.ts';
import { AlbEventFormat, LONGEST_REQUEST } from './alb-event.ts';
import { albFailureOf, albFailures, type AlbFailure } from './alb-failure.ts';
import { albResponse } from './alb-response.ts';
import type { FunctionCaller, FunctionOutcome } from './function-caller.ts';

const UPGRADE_BIT = fieldSet(UPGRADE);

/** A pool with a function in it. Updated in place, so that another function relinks no route. */
export class LinkedFunctionPool {
  #pool: FunctionPool;
  #format: AlbEventFormat;

  constructor(pool: FunctionPool) {
    this.#pool = pool;
    this.#format = formatOf(pool);
  }

  get pool(): FunctionPool {
    return this.#pool;
  }

  set pool(pool: FunctionPool) {
    this.#pool = pool;
    this.#format = formatOf(pool);
  }

  get format(): AlbEventFormat {
    return this.#format;
  }
}

/** Runs a function for each exchange, as ALB does: the request becomes an event, the function's answer the response. */
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
    const { pool } = this.#linked;
    exchange.pool = pool.label;
    if (pool.functionArn === null) return exchange.fail(faults['no-healthy-target']);
    if (pool.refused !== null) return exchange.fail(faultOf(albFailures.accessDenied));
    // "WebSockets are not supported. Upgrade requests are rejected with an HTTP 400 code." (lambda-functions.html)
    if ((exchange.present & UPGRADE_BIT) !== 0 && exchange.webSocket) return exchange.fail(faults['bad-request']);
    if (this.#head.tooManyForwarded(exchange)) return exchange.fail(faults['too-many-forwarded']);
    const headers = this.#head.fields(exchange);
    if (exchange.framing === NO_BODY) return this.#call(exchange, headers, null);
    exchange.readAll(LONGEST_REQUEST, (body) => {
      if (body === 'too-large') exchange.fail(faultOf(albFailures.requestTooLarge));
      else this.#call(exchange, headers, body);
    });
  }

  #call(exchange: Exchange, headers: string, body: Buffer | null): void {
    const { pool, format } = this.#linked;
    const event = format.event({ method: exchange.method, path: exchange.path, query: exchange.query, headers, body });
    if (!Buffer.isBuffer(event)) return exchange.fail(faultOf(event));
    exchange.sentAt = exchange.now();
    this.#caller.call(pool.functionArn!, { payload: event, traceId: exchange.traceId }, (outcome) => answer(exchange, outcome, pool.multiValueHeaders));
  }
}

function answer(exchange: Exchange, outcome: FunctionOutcome, multiValueHeaders: boolean): void {
  if (exchange.ended) return;
  exchange.answeredAt = exchange.now();
  const made = outcome.kind === 'ok' ? albResponse(outcome.payload, multiValueHeaders) : albFailureOf(outcome);
  if (made.kind === 'failure') return exchange.fail(faultOf(made));
  exchange.targetStatus = made.status;
  exchange.reply(made);
}

/** The fault for a failure, with the status and the reason that ALB logs for it. */
function faultOf({ status, reason }: AlbFailure): Fault {
  return { ...faults['lambda-failed'], status, reason, origin: status < 500 ? 'client' : 'upstream' };
}

function formatOf(pool: FunctionPool): AlbEventFormat {
  return new AlbEventFormat({ targetGroupArn: pool.id, multiValueHeaders: pool.multiValueHeaders });
}
