import { Watched, type Clock, type Wheel } from '../../../kernel/index.ts';
import type { WebSocketIntegration } from '../../../snapshot/index.ts';
import { socketErrors, type Outgoing, type SocketCall, type SocketError } from '../../exchange/index.ts';
import type { ServiceEndpoint } from '../service-endpoint.ts';
import { errorMessage } from '../lambda/error-message.ts';
import type { FunctionCaller } from '../lambda/function-caller.ts';
import { HttpBackend } from './http-backend.ts';
import { decodedBody } from './base64-body.ts';
import { MALFORMED, Mapping } from './mapping.ts';
import { proxyAnswer } from './proxy-answer.ts';
import { serviceBackend } from './service-backend.ts';
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
  /** Where AWS services are that are not served here; null: nowhere. */
  readonly services: ServiceEndpoint | null;
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly now: () => number;
}

export function linkSocketIntegration(integration: WebSocketIntegration, context: IntegrationContext): SocketIntegration {
  switch (integration.kind) {
    case 'lambda':
      return new TimedIntegration(integration, context, integration.proxy ? new FunctionProxy(integration, context) : new FunctionCall(integration, context));
    case 'mock':
      return new Mock(integration);
    case 'http':
      return new TimedIntegration(integration, context, new HttpBackend(integration, context.outgoing));
    case 'aws-service': {
      const { services: endpoint, outgoing, clock } = context;
      if (endpoint === null) return unservable(`${integration.service} needs the setting service-endpoint: no AWS service of that kind is served here`);
      return new TimedIntegration(integration, context, serviceBackend(integration, { outgoing, clock, endpoint }));
    }
    case 'unservable':
      return unservable(integration.why);
  }
}

function unservable(why: string): SocketIntegration {
  return { run: (_call, _request, done) => done({ kind: 'failed', error: socketErrors.configuration, why }) };
}

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

/** Answers by itself: its request template says with which status. */
class Mock implements SocketIntegration {
  readonly #mapping: Mapping;

  constructor(integration: WebSocketIntegration) {
    this.#mapping = new Mapping(integration);
  }

  run(call: SocketCall, { body }: SocketRequest, done: (outcome: SocketOutcome) => void): void {
    const request = this.#mapping.request(call, body);
    if (request !== null && !Buffer.isBuffer(request)) return done(request);
    const status = mockStatus(request?.toString('utf8') ?? '');
    call.integrationStatus = status;
    const answer = this.#mapping.response(call, NOTHING, { key: String(status), body, answer: { status, contentType: '' } });
    done(Buffer.isBuffer(answer) ? { kind: 'answer', status, protocol: null, body: answer.length === 0 ? null : answer } : answer);
  }
}

/** `{"statusCode": 200}`, as loosely written as templates are; 200 where it does not say. */
function mockStatus(text: string): number {
  const status = /"?statusCode"?\s*:\s*"?(\d{3})"?/.exec(text)?.[1];
  return status === undefined ? 200 : Number(status);
}

/** A function that gets the message itself, or what a template makes of it. */
class FunctionCall implements SocketIntegration {
  readonly #integration: LambdaIntegration;
  readonly #caller: FunctionCaller;
  readonly #mapping: Mapping;

  constructor(integration: LambdaIntegration, { caller }: IntegrationContext) {
    this.#integration = integration;
    this.#caller = caller;
    this.#mapping = new Mapping(integration);
  }

  run(call: SocketCall, { opening, body }: SocketRequest, done: (outcome: SocketOutcome) => void): void {
    const event = this.#mapping.request(call, body);
    if (event !== null && !Buffer.isBuffer(event)) return done(event);
    if (event !== null && !isJson(event)) {
      return done({ kind: 'failed', error: socketErrors.badBody, why: 'the message is no JSON, which a function that is not a proxy integration is called with' });
    }
    const respond = (payload: Buffer, key: string | null): void => {
      call.integrationStatus = 200;
      const answer = this.#mapping.response(call, payload, { key, body, answer: FUNCTION_ANSWER });
      done(Buffer.isBuffer(answer) ? { kind: 'answer', status: 200, protocol: null, body: answer.length === 0 ? null : answer } : answer);
    };
    invoke(this.#caller, { link: this.#integration.function, event: event ?? Buffer.from('{}'), traceId: opening?.traceId ?? '' }, (payload, failure) => {
      if (Buffer.isBuffer(payload)) return respond(payload, null);
      // "API Gateway will attempt to match the errorMessage field of the backend response":
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
      if (failure === null || !this.#mapping.answers) return done(payload);
      respond(Buffer.from(failure), errorMessage(failure));
    });
  }
}

const NOTHING = Buffer.alloc(0);
/** Functions answer with JSON, those that fail too. */
const FUNCTION_ANSWER = { status: 200, contentType: 'application/json' };

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
  /** `failure`: the document of a function that failed; null where there is none. */
  done: (payload: Buffer | SocketOutcome, failure: string | null) => void,
): void {
  if (link.refused !== null) return done({ kind: 'failed', error: socketErrors.configuration, why: link.refused }, null);
  caller.call(link.functionArn, { payload: event, traceId }, (outcome) => {
    switch (outcome.kind) {
      case 'ok':
        return done(outcome.payload, null);
      case 'function-error':
        return done({ kind: 'failed', error: socketErrors.integrationFailed, why: `the function failed (${outcome.cause})` }, outcome.document ?? null);
      case 'throttled':
        return done({ kind: 'failed', error: socketErrors.integrationFailed, why: 'the function is throttled' }, null);
      case 'unavailable':
        return done({ kind: 'failed', error: socketErrors.integrationFailed, why: outcome.reason }, null);
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
