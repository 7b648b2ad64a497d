import { Watched, type Wheel } from '../../../kernel/index.ts';
import type { Authorizer } from '../../../snapshot/index.ts';
import { gatewayErrors, NEXT, WAIT, type ApiExchange, type Exchange, type Settled, type Step, type Verdict } from '../../exchange/index.ts';
import type { AuthorizerAnswers } from './answers.ts';
import { authorizerAnswer, isLetIn, type AuthorizerAnswer } from './decision.ts';

/** How an authorizer function is run. */
export interface AuthorizerCaller {
  call(functionArn: string, request: { readonly payload: Buffer; readonly traceId: string }, done: (outcome: { readonly kind: 'ok'; readonly payload: Buffer } | { readonly kind: string }) => void): void;
}

/** A compiled identity source: what a request has there; null for nothing. */
export type IdentitySource = (call: ApiExchange) => string | null;

export interface LambdaAuthorizerContext {
  readonly caller: AuthorizerCaller;
  readonly answers: AuthorizerAnswers;
  readonly wheel: Wheel;
  readonly sources: readonly IdentitySource[];
  /** The event of a request. `identity`: what the sources gave. */
  readonly event: (call: ApiExchange, identity: readonly string[]) => Buffer;
  readonly routeArn: (call: ApiExchange) => string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html (authorizer timeout) */
const TIMEOUT_MS = 10_000;

type LambdaSettings = Extract<Authorizer, { kind: 'lambda' }>;

/** Asks a function whether a request may pass, and remembers what it said. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html */
export class LambdaAuthorizerStep implements Step {
  readonly kind = 'lambda-authorizer';
  readonly word = '';
  readonly #authorizer: LambdaSettings;
  readonly #context: LambdaAuthorizerContext;

  constructor(authorizer: LambdaSettings, context: LambdaAuthorizerContext) {
    this.#authorizer = authorizer;
    this.#context = context;
  }

  onRequest(exchange: Exchange): Verdict {
    const call = exchange as ApiExchange;
    const { sources, answers } = this.#context;
    const identity: string[] = [];
    for (const source of sources) {
      const value = source(call);
      // the function is not even asked
      if (value === null || value === '') return call.refusal(gatewayErrors.unauthorized);
      identity.push(value);
    }
    const { ttlMs, cacheKey, function: link } = this.#authorizer;
    const key = ttlMs > 0 && identity.length > 0 ? JSON.stringify(identity) : '';
    if (key !== '') {
      const kept = answers.get(cacheKey, key, call.startedWall);
      if (kept !== null) return this.#judged(call, kept);
    }
    if (link.refused !== null) {
      call.authorizerError = `The IAM role configured on the authorizer or API Gateway doesn't have permissions to call the authorizer's Lambda function. (${link.refused})`;
      return call.refusal(gatewayErrors.authorizerConfiguration);
    }
    this.#ask(call, identity, key);
    return WAIT;
  }

  #ask(call: ApiExchange, identity: readonly string[], key: string): void {
    const { caller, wheel, event, answers } = this.#context;
    const { function: { functionArn }, simpleResponses, payload: version, cacheKey, ttlMs } = this.#authorizer;
    let settled = false;
    const settle = (verdict: Settled): void => {
      settled = true;
      deadline.release();
      call.site.proceed(call, verdict);
    };
    const deadline = new Deadline(wheel, () =>
      call.goOn(() => {
        call.authorizerError = 'Authorizer timed out';
        settle(call.refusal(gatewayErrors.authorizerFailure));
      }),
    );
    caller.call(functionArn, { payload: event(call, identity), traceId: call.traceId }, (outcome) => {
      if (settled || call.ended) return deadline.release();
      if (!('payload' in outcome)) {
        call.authorizerError = `The authorizer's Lambda function failed (${outcome.kind})`;
        return settle(call.refusal(gatewayErrors.authorizerFailure));
      }
      const answer = authorizerAnswer(outcome.payload, { simple: simpleResponses, version });
      if (answer.kind !== 'malformed' && key !== '') answers.put(cacheKey, key, { answer, until: call.startedWall + (call.now() - call.startedAt) + ttlMs, bytes: outcome.payload.length });
      settle(this.#judged(call, answer));
    });
  }

  #judged(call: ApiExchange, answer: AuthorizerAnswer): Settled {
    if (answer.kind === 'malformed') {
      call.authorizerError = answer.why;
      return call.refusal(gatewayErrors.authorizerConfiguration);
    }
    if (!isLetIn(answer, { routeArn: this.#context.routeArn(call), sourceIp: call.downstream.remoteAddress })) return call.refusal(gatewayErrors.forbidden);
    call.identity = answer.identity;
    return NEXT;
  }
}

class Deadline extends Watched {
  readonly #wheel: Wheel;
  readonly #late: () => void;

  constructor(wheel: Wheel, late: () => void) {
    super();
    this.#wheel = wheel;
    this.#late = late;
    wheel.watch(this, TIMEOUT_MS);
  }

  release(): void {
    this.#wheel.release(this);
  }

  expire(): void {
    this.#late();
  }
}

/** Refuses everything: an authorizer that cannot be executed must not be passed by. */
export class RefusingStep implements Step {
  readonly kind = 'refuse';
  readonly word = '';
  readonly #why: string;

  constructor(why: string) {
    this.#why = why;
  }

  onRequest(exchange: Exchange): Verdict {
    const call = exchange as ApiExchange;
    call.authorizerError = this.#why;
    return call.refusal(gatewayErrors.authorizerConfiguration);
  }
}
