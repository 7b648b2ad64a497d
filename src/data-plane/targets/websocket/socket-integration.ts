import { Watched, type Wheel } from '../../../kernel/index.ts';
import type { WebSocketIntegration } from '../../../snapshot/index.ts';
import { socketErrors, type Outgoing, type SocketCall, type SocketError } from '../../exchange/index.ts';
import type { FunctionCaller } from '../lambda/function-caller.ts';
import { HttpBackend } from './http-backend.ts';
import { proxyAnswer } from './proxy-answer.ts';
import { socketEvent, type OpeningRequest } from './socket-event.ts';

/** What is given to an integration. */
export interface SocketRequest {
  /** Of `$connect` only. */
  readonly opening: OpeningRequest | null;
  /** The message; null: none. */
  readonly body: Buffer | null;
}

export type SocketOutcome =
  | { readonly kind: 'answer'; readonly status: number; readonly protocol: string | null; readonly body: Buffer | null }
  | { readonly kind: 'failed'; readonly error: SocketError; readonly why: string };

/** A linked integration: runs for one call, and answers once. */
export interface SocketIntegration {
  run(call: SocketCall, request: SocketRequest, done: (outcome: SocketOutcome) => void): void;
}

export interface IntegrationContext {
  readonly caller: FunctionCaller;
  /** To HTTP backends. */
  readonly outgoing: Outgoing;
  readonly wheel: Wheel;
  readonly now: () => number;
}

export function linkSocketIntegration(integration: WebSocketIntegration, context: IntegrationContext): SocketIntegration {
  switch (integration.kind) {
    case 'lambda':
      return new TimedIntegration(integration, context, integration.proxy ? new FunctionProxy(integration, context) : new FunctionCall(integration, context));
    case 'mock': {
      const { status, response } = integration;
      const answer: SocketOutcome = { kind: 'answer', status, protocol: null, body: response === null ? null : Buffer.from(response) };
      return {
        run: (call, _request, done) => {
          call.integrationStatus = status;
          done(answer);
        },
      };
    }
    case 'http':
      return new TimedIntegration(integration, context, new HttpBackend(integration, context.outgoing));
    case 'unservable':
      return unservable(integration.why);
  }
}

function unservable(why: string): SocketIntegration {
  return { run: (_call, _request, done) => done({ kind: 'failed', error: socketErrors.configuration, why }) };
}

/** Base64 where the integration is told so; null: it is none. */
export function decodedBody(body: Buffer | null, decode: boolean): Buffer | null | 'malformed' {
  if (!decode || body === null) return body;
  const text = body.toString('latin1');
  return /^[A-Za-z0-9+/\r\n]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : 'malformed';
}

export const MALFORMED: SocketOutcome = { kind: 'failed', error: socketErrors.badBody, why: 'the message is not Base64, which CONVERT_TO_BINARY demands' };

type LambdaIntegration = Extract<WebSocketIntegration, { kind: 'lambda' }>;

/** A function that gets an event and answers `{ statusCode, body }`. */
class FunctionProxy implements SocketIntegration {
  readonly #integration: LambdaIntegration;
  readonly #caller: FunctionCaller;

  constructor(integration: LambdaIntegration, { caller }: IntegrationContext) {
    this.#integration = integration;
    this.#caller = caller;
  }

  run(call: SocketCall, { opening, body }: SocketRequest, done: (outcome: SocketOutcome) => void): void {
    const { function: link, decode } = this.#integration;
    if (decode && decodedBody(body, true) === 'malformed') return done(MALFORMED);
    const event = socketEvent(call, opening, body === null ? null : { text: body.toString('utf8'), base64: decode });
    invoke(this.#caller, { link, event, traceId: opening?.traceId ?? '' }, (payload) => {
      if (!Buffer.isBuffer(payload)) return done(payload);
      const answer = proxyAnswer(payload);
      if (answer === null) return done({ kind: 'failed', error: socketErrors.integrationFailed, why: 'Malformed Lambda proxy response' });
      call.integrationStatus = answer.status;
      done({ kind: 'answer', ...answer });
    });
  }
}

/** A function that gets the message itself. */
class FunctionCall implements SocketIntegration {
  readonly #integration: LambdaIntegration;
  readonly #caller: FunctionCaller;

  constructor(integration: LambdaIntegration, { caller }: IntegrationContext) {
    this.#integration = integration;
    this.#caller = caller;
  }

  run(call: SocketCall, { opening, body }: SocketRequest, done: (outcome: SocketOutcome) => void): void {
    const { function: link, decode, encode, request, response } = this.#integration;
    const event = request === null ? decodedBody(body, decode) : Buffer.from(request);
    if (event === 'malformed' || (event !== null && !isJson(event))) {
      return done({ kind: 'failed', error: socketErrors.badBody, why: 'the message is no JSON, which a function that is not a proxy integration is called with' });
    }
    invoke(this.#caller, { link, event: event ?? Buffer.from('{}'), traceId: opening?.traceId ?? '' }, (payload) => {
      if (!Buffer.isBuffer(payload)) return done(payload);
      call.integrationStatus = 200;
      done({ kind: 'answer', status: 200, protocol: null, body: response === null ? (encode ? Buffer.from(payload.toString('base64')) : payload) : Buffer.from(response) });
    });
  }
}

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function invoke(
  caller: FunctionCaller,
  { link, event, traceId }: { readonly link: LambdaIntegration['function']; readonly event: Buffer; readonly traceId: string },
  done: (payload: Buffer | SocketOutcome) => void,
): void {
  if (link.refused !== null) return done({ kind: 'failed', error: socketErrors.configuration, why: link.refused });
  caller.call(link.functionArn, { payload: event, traceId }, (outcome) => {
    switch (outcome.kind) {
      case 'ok':
        return done(outcome.payload);
      case 'function-error':
        return done({ kind: 'failed', error: socketErrors.integrationFailed, why: `the function failed (${outcome.cause})` });
      case 'throttled':
        return done({ kind: 'failed', error: socketErrors.integrationFailed, why: 'the function is throttled' });
      case 'unavailable':
        return done({ kind: 'failed', error: socketErrors.integrationFailed, why: outcome.reason });
    }
  });
}

/** Holds an integration to its timeout, and takes the time that it needs. */
class TimedIntegration implements SocketIntegration {
  readonly #timeoutMs: number;
  readonly #context: IntegrationContext;
  readonly #inner: SocketIntegration;

  constructor({ timeoutMs }: WebSocketIntegration, context: IntegrationContext, inner: SocketIntegration) {
    this.#timeoutMs = timeoutMs;
    this.#context = context;
    this.#inner = inner;
  }

  run(call: SocketCall, request: SocketRequest, done: (outcome: SocketOutcome) => void): void {
    const { wheel, now } = this.#context;
    call.integrationSentAt = now();
    const run = new Run((outcome) => {
      wheel.release(run);
      call.integrationAnsweredAt = now();
      done(outcome);
    });
    wheel.watch(run, this.#timeoutMs);
    this.#inner.run(call, request, (outcome) => run.answer(outcome));
  }
}

class Run extends Watched {
  #done: ((outcome: SocketOutcome) => void) | null;

  constructor(done: (outcome: SocketOutcome) => void) {
    super();
    this.#done = done;
  }

  /** The first answer counts. */
  answer(outcome: SocketOutcome): void {
    const done = this.#done;
    this.#done = null;
    done?.(outcome);
  }

  expire(): void {
    this.answer({ kind: 'failed', error: socketErrors.integrationTimeout, why: 'the integration did not answer in time' });
  }
}
