import { uuid, type Random } from '../../../kernel/index.ts';
import type { FunctionUrlEntrance } from '../../../snapshot/index.ts';
import { allowedOrigin, faults, NO_BODY, type Exchange, type Target } from '../../exchange/index.ts';
import { CONTENT_LENGTH, fieldSet, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, HOP_BY_HOP, TRACE_ID } from '../../wire/index.ts';
import type { TraceIds } from '../forward/trace-id.ts';
import { lambdaResponse } from '../http-api/lambda-response.ts';
import type { FunctionCaller, FunctionOutcome } from '../lambda/function-caller.ts';
import { StreamedAnswer } from './streamed-answer.ts';
import { urlEvent, type UrlRequest } from './url-event.ts';

export interface FunctionUrlContext {
  readonly caller: FunctionCaller;
  readonly traceIds: TraceIds;
  readonly random: Random;
  /** Who signed a request, if he may call; null: nobody has to. */
  readonly signed: ((exchange: Exchange, body: Buffer | null) => UrlRequest['caller']) | null;
}

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** Octets of a body. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LONGEST_BODY = 6_291_456;
const WRITTEN_ANEW = HOP_BY_HOP | fieldSet(FORWARDED_FOR, FORWARDED_PROTO, FORWARDED_PORT, TRACE_ID, CONTENT_LENGTH);
const CORS_FIELDS = /^access-control-[a-z-]+:.*\r\n/gim;
const FORBIDDEN: Refusal = {
  status: 403, type: 'AccessDeniedException', message: 'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
};
const TOO_LARGE: Refusal = { status: 413, type: 'RequestTooLargeException', message: `Request must be smaller than ${LONGEST_BODY} bytes for the InvokeFunction operation` };

/** The URL of a function: each request becomes an event, the function's answer the response. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
export class FunctionUrlTarget implements Target {
  readonly word = 'function-url';
  readonly #url: FunctionUrlEntrance;
  readonly #context: FunctionUrlContext;

  constructor(url: FunctionUrlEntrance, context: FunctionUrlContext) {
    this.#url = url;
    this.#context = context;
  }

  serve(exchange: Exchange): void {
    if (this.#preflight(exchange)) return;
    const { auth, allowsAll } = this.#url;
    if (auth === 'none' && !allowsAll) return this.#refuse(exchange, FORBIDDEN);
    if (exchange.framing === NO_BODY) return this.#authorized(exchange, null);
    exchange.readAll(LONGEST_BODY, (body) => {
      if (body === 'too-large') this.#refuse(exchange, TOO_LARGE);
      else this.#authorized(exchange, body);
    });
  }

  #authorized(exchange: Exchange, body: Buffer | null): void {
    const { signed } = this.#context;
    const caller = signed === null ? null : signed(exchange, body);
    if (signed !== null && caller === null) return this.#refuse(exchange, FORBIDDEN);
    const requestId = uuid(this.#context.random);
    const payload = urlEvent(this.#url, { exchange, requestId, headers: this.#fields(exchange, body), body, caller });
    exchange.sentAt = exchange.now();
    if (this.#url.streaming) this.#stream(exchange, requestId, payload);
    else this.#call(exchange, requestId, payload);
  }

  #call(exchange: Exchange, requestId: string, payload: Buffer): void {
    this.#context.caller.call(this.#url.functionArn, { payload, traceId: exchange.traceId }, (outcome) => {
      if (exchange.ended) return;
      exchange.answeredAt = exchange.now();
      if (outcome.kind !== 'ok') return this.#failed(exchange, requestId, outcome);
      const response = lambdaResponse(outcome.payload, '2.0');
      if (response.kind === 'malformed') return this.#malformed(exchange, requestId);
      exchange.targetStatus = response.status;
      exchange.reply({ status: response.status, reason: null, headers: this.#answered(exchange, requestId, response.headers), body: response.body.length === 0 ? null : response.body });
    });
  }

  #stream(exchange: Exchange, requestId: string, payload: Buffer): void {
    const stream = new StreamedAnswer(exchange, { answered: (fields) => this.#answered(exchange, requestId, fields), malformed: () => this.#malformed(exchange, requestId) });
    this.#context.caller.call(this.#url.functionArn, { payload, traceId: exchange.traceId, stream }, (outcome) => {
      if (exchange.ended) return;
      exchange.answeredAt = exchange.now();
      if (outcome.kind === 'ok') stream.finish();
      // what has begun can only be broken off
      else if (exchange.committed) exchange.fail(faults['upstream-closed']);
      else this.#failed(exchange, requestId, outcome);
    });
  }

  #failed(exchange: Exchange, requestId: string, outcome: Exclude<FunctionOutcome, { readonly kind: 'ok' }>): void {
    const headers = this.#answered(exchange, requestId, 'Content-Type: application/json\r\n');
    switch (outcome.kind) {
      case 'throttled':
        return exchange.reply({ status: 429, reason: null, headers, body: '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}' });
      case 'function-error':
        return this.#malformed(exchange, requestId);
      case 'unavailable':
        return exchange.reply({ status: 503, reason: null, headers, body: '{"Message":"Service Unavailable"}' });
    }
  }

  /** The function failed, or what it answered means nothing (seen of the service: text, called JSON). */
  #malformed(exchange: Exchange, requestId: string): void {
    exchange.reply({ status: 502, reason: null, headers: this.#answered(exchange, requestId, 'Content-Type: application/json\r\n'), body: 'Internal Server Error' });
  }

  #refuse(exchange: Exchange, { status, type, message }: Refusal): void {
    if (exchange.ended) return;
    const headers = this.#answered(exchange, uuid(this.#context.random), `Content-Type: application/json\r\nx-amzn-ErrorType: ${type}\r\n`);
    exchange.reply({ status, reason: null, headers, body: JSON.stringify({ Message: message }) });
  }

  /** The fields of every answer: the configured CORS ones in place of the function's own. */
  #answered(exchange: Exchange, requestId: string, headers: string): string {
    const { cors } = this.#url;
    let fields = headers;
    if (cors !== null) {
      fields = fields.replace(CORS_FIELDS, '');
      const origin = exchange.header('origin');
      const allowed = origin === null ? null : allowedOrigin(cors, origin);
      if (allowed !== null) {
        fields += `Access-Control-Allow-Origin: ${allowed}\r\nVary: Origin\r\n`;
        if (cors.allowCredentials) fields += 'Access-Control-Allow-Credentials: true\r\n';
        if (cors.exposeHeaders.length > 0) fields += `Access-Control-Expose-Headers: ${cors.exposeHeaders.join(',')}\r\n`;
      }
    }
    return `${fields}x-amzn-RequestId: ${requestId}\r\n${exchange.traceId === '' ? '' : `X-Amzn-Trace-Id: ${exchange.traceId}\r\n`}`;
  }

  /** Answered here where CORS is configured: the function is not called. https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors */
  #preflight(exchange: Exchange): boolean {
    const { cors } = this.#url;
    if (cors === null || exchange.method !== 'OPTIONS') return false;
    const origin = exchange.header('origin');
    const method = exchange.header('access-control-request-method');
    if (origin === null || method === null) return false;
    let headers = '';
    if (allowedOrigin(cors, origin) !== null) {
      if (cors.allowMethods.length > 0) headers += `Access-Control-Allow-Methods: ${cors.allowMethods.join(',')}\r\n`;
      if (cors.allowHeaders.length > 0) headers += `Access-Control-Allow-Headers: ${cors.allowHeaders.join(',')}\r\n`;
      if (cors.maxAge !== null) headers += `Access-Control-Max-Age: ${cors.maxAge}\r\n`;
    }
    // after the others: they are not the function's
    exchange.reply({ status: 200, reason: null, headers: this.#answered(exchange, uuid(this.#context.random), '') + headers, body: null });
    return true;
  }

  /** The fields that a function sees: the client's, and where it came from. */
  #fields(exchange: Exchange, body: Buffer | null): string {
    const { downstream } = exchange;
    const before = (exchange.present & (1 << FORWARDED_FOR)) === 0 ? '' : exchange.headerValues('x-forwarded-for').filter((value) => value !== '').join(', ');
    exchange.traceId = this.#context.traceIds.next((exchange.present & (1 << TRACE_ID)) === 0 ? null : exchange.header('x-amzn-trace-id'), exchange.startedWall);
    return (
      `${exchange.endToEnd(WRITTEN_ANEW)}${body === null ? '' : `Content-Length: ${body.length}\r\n`}X-Amzn-Trace-Id: ${exchange.traceId}\r\n` +
      `X-Forwarded-For: ${before === '' ? '' : `${before}, `}${downstream.remoteAddress}\r\nX-Forwarded-Port: ${downstream.advertisedPort}\r\nX-Forwarded-Proto: ${downstream.tls === null ? 'http' : 'https'}\r\n`
    );
  }
}
