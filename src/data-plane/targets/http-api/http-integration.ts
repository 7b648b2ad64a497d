import type { Integration } from '../../../snapshot/index.ts';
import { CHUNKED, faults, gatewayErrors, NO_BODY, type ApiExchange, type Exchange, type Fault, type Reply } from '../../exchange/index.ts';
import { CONTENT_LENGTH, fieldSet, HOP_BY_HOP, HOST_FIELD, TRACE_ID } from '../../wire/index.ts';
import { NONE_TRIED, type ForwardOwner, type HeadText, type Http1Upstream, type ResolvedHost, type UpstreamEndpoint } from '../../upstreams/index.ts';
import type { TraceIds } from '../forward/trace-id.ts';
import { forwardedLines } from './forwarded.ts';
import { traceIdOf } from './function-fields.ts';
import { IntegrationExchange, targetOf, type IntegrationContext, type IntegrationRequest, type MappedFields } from './integration-exchange.ts';
import { IntegrationDeadlines, LONGEST_BODY, type ApiIntegration } from './integration.ts';
import { PathTemplate } from './path-template.ts';
import { RequestMapping } from './request-mapping.ts';
import { ResponseMappings } from './response-mapping.ts';
import { flat, type Wheel } from '../../../kernel/index.ts';

export interface HttpIntegrationContext {
  readonly wheel: Wheel;
  readonly fields: MappedFields;
  readonly traceIds: TraceIds;
}

const NOT_PASSED = HOP_BY_HOP | fieldSet(HOST_FIELD, TRACE_ID, CONTENT_LENGTH);
const ATTEMPTS = 3;
/** API Gateway says the length of an empty body too (seen of the service). */
const END_WITHOUT_BODY = '\r\nContent-Length: 0\r\n\r\n';

/** What integrations over HTTP have in common: the request that mappings make of the client's. */
export abstract class RequestIntegration implements ApiIntegration {
  readonly #mapping: RequestMapping;
  readonly #method: string;
  /** Neither requests nor answers are mapped. */
  readonly #unmapped: boolean;
  protected readonly exchangeContext: IntegrationContext;

  constructor(integration: Extract<Integration, { kind: 'http' | 'listener' | 'instances' }>, context: HttpIntegrationContext) {
    const responses = new ResponseMappings(integration.responses);
    this.#mapping = new RequestMapping(integration.request);
    this.#method = integration.method;
    this.#unmapped = this.#mapping.empty && responses.empty;
    this.exchangeContext = { deadlines: new IntegrationDeadlines(context.wheel, integration.timeoutMs), fields: context.fields, responses };
  }

  serve(call: ApiExchange): void {
    if (call.framing === NO_BODY) return this.#stream(call);
    if (call.contentLength > LONGEST_BODY) return call.refuse(gatewayErrors.tooLarge);
    // a length that nobody has said has to be found out, and bodies that mappings look into have to be there
    if (call.framing !== CHUNKED && !this.#mapping.needsBody) return this.#stream(call);
    call.readAll(LONGEST_BODY, (body) => {
      if (body === 'too-large') call.refuse(gatewayErrors.tooLarge);
      else this.#prepare(call, body ?? Buffer.alloc(0));
    });
  }

  /** Where the request goes before mappings change it. */
  protected abstract place(call: ApiExchange): RequestPlace;

  /** Sends the call as it is, but for where to: nothing else is changed, on the way there and back. */
  protected pass(call: ApiExchange, { path, query }: RequestPlace): void {
    this.send(call, { method: call.method, path, query, mapped: null, added: forwardedLines(call), body: 'stream' });
  }

  protected abstract send(call: ApiExchange, request: IntegrationRequest): void;

  #stream(call: ApiExchange): void {
    if (this.#unmapped && (this.#method === 'ANY' || this.#method === call.method)) this.pass(call, this.place(call));
    else this.#prepare(call, 'stream');
  }

  #prepare(call: ApiExchange, body: Buffer | 'stream'): void {
    const { path, query } = this.place(call);
    const method = this.#method === 'ANY' ? call.method : this.#method;
    const added = forwardedLines(call);
    if (this.#mapping.empty) return this.send(call, { method, path, query, mapped: null, added, body });
    // Content-Length frames what is sent, which may be another body by now
    const headers = call.endToEnd(HOP_BY_HOP | fieldSet(CONTENT_LENGTH)) + (body === 'stream' ? (call.framing === NO_BODY ? '' : `Content-Length: ${call.contentLength}\r\n`) : `Content-Length: ${body.length}\r\n`);
    const mapped = this.#mapping.apply(call, body === 'stream' ? null : body, { path, query, headers });
    this.send(call, { method, path: mapped.path, query: mapped.query, mapped: mapped.headers, added, body });
  }
}

export interface RequestPlace {
  readonly path: string;
  readonly query: string | null;
}

/** A host that requests go to. */
export interface Place {
  readonly host: ResolvedHost;
  /** How `Host` names it. */
  readonly authority: string;
}

interface NamedPlace {
  readonly host: ResolvedHost;
  /** Host, and the name of the field that comes next. */
  readonly lines: string;
}

/** What is sent to a place: the call itself, or what mappings have made of it. */
type Placed = ApiExchange | UrlExchange;

/** Sends requests to places in turn, by connections that are kept. */
abstract class PlacedIntegration extends RequestIntegration implements ForwardOwner {
  readonly #places: readonly NamedPlace[];
  readonly #traceIds: TraceIds;
  #turn = 0;

  constructor(integration: Extract<Integration, { kind: 'http' | 'instances' }>, places: readonly [Place, ...Place[]], context: HttpIntegrationContext) {
    super(integration, context);
    this.#places = places.map(({ host, authority }) => ({ host, lines: flat(`Host: ${authority}\r\nX-Amzn-Trace-Id: `) }));
    this.#traceIds = context.traceIds;
  }

  get #next(): NamedPlace {
    const place = this.#places[this.#turn]!;
    this.#turn = this.#turn + 1 === this.#places.length ? 0 : this.#turn + 1;
    return place;
  }

  protected override pass(call: ApiExchange, place: RequestPlace): void {
    this.exchangeContext.deadlines.begin(call);
    this.#send(call, targetOf(place), faults['connect-failed']);
  }

  protected send(call: ApiExchange, request: IntegrationRequest): void {
    const exchange = new UrlExchange(call, request, this.exchangeContext);
    this.#send(exchange, exchange.target, faults['connect-failed']);
  }

  /** `otherwise`: what the exchange fails with where no address is found. */
  #send(exchange: Placed, target: string, otherwise: Fault): void {
    const { host, lines } = this.#next;
    const call = callOf(exchange);
    const ready = host.ready(call.integrationSentAt);
    if (ready !== null) return this.#start(exchange, ready, this.#head(exchange, target, lines));
    host.pick((endpoint) => {
      if (exchange.ended) return;
      exchange.goOn(() => {
        if (endpoint !== null) return this.#start(exchange, endpoint, this.#head(exchange, target, lines));
        if (call.attempts === 0) call.integrationError = 'Invalid endpoint address';
        exchange.fail(otherwise);
      });
    });
  }

  #start(exchange: Placed, endpoint: UpstreamEndpoint, head: HeadText): void {
    // after a failure not one that was idle: it may be about to be closed too
    const upstream = endpoint.acquire(callOf(exchange).attempts > 0);
    upstream.candidate = null;
    upstream.tried = NONE_TRIED;
    upstream.start(exchange, head, this);
  }

  /** In pieces: each is written by itself, and joined they would be copied once more. */
  #head(exchange: Placed, target: string, lines: string): HeadText {
    const call = callOf(exchange);
    const traceId = traceIdOf(call, this.#traceIds);
    const end = exchange.framing === NO_BODY ? END_WITHOUT_BODY : `\r\nContent-Length: ${exchange.contentLength}\r\n\r\n`;
    // nearly all go on as they came but for a few lines
    const asItCame = target === call.target ? exchange.head(NOT_PASSED) : '';
    if (asItCame !== '') return [asItCame, forwardedLines(call), lines, traceId, end];
    return [`${exchange.method} ${target} HTTP/1.1\r\n`, exchange instanceof UrlExchange ? exchange.passedOn(NOT_PASSED) : exchange.endToEnd(NOT_PASSED), forwardedLines(call), lines, traceId, end];
  }

  unanswered(exchange: Exchange, fault: Fault, upstream: Http1Upstream): void {
    const placed = exchange as Placed;
    const call = callOf(placed);
    const mayRetry = !upstream.answerBegun && !upstream.bodyTaken && (fault.retry === 'unsent' || (fault.retry === 'idempotent' && isIdempotent(exchange.method)));
    if (!mayRetry || ++call.attempts >= ATTEMPTS) return exchange.fail(fault);
    // a connection that died while idle says nothing about its endpoint
    this.#send(placed, placed === call ? targetOf(this.place(call)) : placed.target, fault);
  }
}

function callOf(exchange: Placed): ApiExchange {
  return exchange instanceof UrlExchange ? exchange.call : exchange;
}

/** Sends requests to a URL. */
export class HttpIntegration extends PlacedIntegration {
  readonly #path: PathTemplate;
  readonly #query: string | null;

  constructor(integration: Extract<Integration, { kind: 'http' }>, host: ResolvedHost, context: HttpIntegrationContext) {
    const { path, query, authority } = urlParts(integration.url)!;
    super(integration, [{ host, authority }], context);
    this.#path = new PathTemplate(path);
    this.#query = query;
  }

  protected place(call: ApiExchange): RequestPlace {
    return { path: this.#path.pathOf(call), query: this.#query === null ? call.query : call.query === null || call.query === '' ? this.#query : `${this.#query}&${call.query}` };
  }
}

/** Sends requests to the instances of a service, with the path that they came with. */
export class InstancesIntegration extends PlacedIntegration {
  protected place({ path, query }: ApiExchange): RequestPlace {
    return { path, query };
  }
}

/** An integration's request that goes out by a connection of its own. */
class UrlExchange extends IntegrationExchange {
  protected over(): void {
    // the call's own line says everything about it
  }

  protected failed(fault: Fault): Reply {
    return this.call.failure(fault);
  }
}

function isIdempotent(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'PUT' || method === 'DELETE' || method === 'OPTIONS';
}

export interface UrlParts {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly path: string;
  readonly query: string | null;
}

/** Takes a URL apart in which path variables may stand; null where it is none that can be called. */
export function urlParts(text: string): UrlParts | null {
  const match = /^(https?):\/\/((?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?)(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i.exec(text);
  if (match === null) return null;
  const secure = match[1]!.toLowerCase() === 'https';
  const authority = match[2]!;
  const port = match[3] === undefined ? (secure ? 443 : 80) : Number(match[3]);
  if (port < 1 || port > 65_535) return null;
  const host = authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '').toLowerCase();
  return { secure, host, port, authority, path: match[4] ?? '/', query: match[5] ?? null };
}

