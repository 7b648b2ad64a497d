import type { Integration } from '../../../snapshot/index.ts';
import { CHUNKED, faults, gatewayErrors, NO_BODY, type ApiExchange, type Exchange, type Fault, type Reply } from '../../exchange/index.ts';
import { CONTENT_LENGTH, fieldSet, HOP_BY_HOP, HOST_FIELD, TRACE_ID } from '../../wire/index.ts';
import { NONE_TRIED, type ForwardOwner, type HeadText, type Http1Upstream, type ResolvedHost } from '../../upstreams/index.ts';
import type { TraceIds } from '../forward/trace-id.ts';
import { forwardedLines } from './forwarded.ts';
import { IntegrationExchange, type IntegrationContext, type IntegrationRequest, type MappedFields } from './integration-exchange.ts';
import { IntegrationDeadlines, LONGEST_BODY, type ApiIntegration } from './integration.ts';
import { PathTemplate } from './path-template.ts';
import { RequestMapping } from './request-mapping.ts';
import { ResponseMappings } from './response-mapping.ts';
import type { Wheel } from '../../../kernel/index.ts';

export interface HttpIntegrationContext {
  readonly wheel: Wheel;
  readonly fields: MappedFields;
  readonly traceIds: TraceIds;
}

const NOT_PASSED = HOP_BY_HOP | fieldSet(HOST_FIELD, TRACE_ID, CONTENT_LENGTH);
const ATTEMPTS = 3;

/** What integrations over HTTP have in common: the request that mappings make of the client's. */
export abstract class RequestIntegration implements ApiIntegration {
  readonly #mapping: RequestMapping;
  readonly #method: string;
  protected readonly exchangeContext: IntegrationContext;

  constructor(integration: Extract<Integration, { kind: 'http' | 'listener' | 'instances' }>, context: HttpIntegrationContext) {
    this.#mapping = new RequestMapping(integration.request);
    this.#method = integration.method;
    this.exchangeContext = { deadlines: new IntegrationDeadlines(context.wheel, integration.timeoutMs), fields: context.fields, responses: new ResponseMappings(integration.responses) };
  }

  serve(call: ApiExchange): void {
    if (call.framing === NO_BODY) return this.#prepare(call, 'stream');
    if (call.contentLength > LONGEST_BODY) return call.refuse(gatewayErrors.tooLarge);
    // a length that nobody has said has to be found out, and bodies that mappings look into have to be there
    if (call.framing !== CHUNKED && !this.#mapping.needsBody) return this.#prepare(call, 'stream');
    call.readAll(LONGEST_BODY, (body) => {
      if (body === 'too-large') call.refuse(gatewayErrors.tooLarge);
      else this.#prepare(call, body ?? Buffer.alloc(0));
    });
  }

  /** Where the request goes before mappings change it. */
  protected abstract place(call: ApiExchange): { readonly path: string; readonly query: string | null };

  protected abstract send(call: ApiExchange, request: IntegrationRequest): void;

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

/** A host that requests go to, and how `Host` names it. */
export interface Place {
  readonly host: ResolvedHost;
  readonly authority: string;
}

/** Sends requests to places in turn, by connections that are kept. */
abstract class PlacedIntegration extends RequestIntegration implements ForwardOwner {
  readonly #places: readonly [Place, ...Place[]];
  readonly #traceIds: TraceIds;
  #turn = 0;

  constructor(integration: Extract<Integration, { kind: 'http' | 'instances' }>, places: readonly [Place, ...Place[]], context: HttpIntegrationContext) {
    super(integration, context);
    this.#places = places;
    this.#traceIds = context.traceIds;
  }

  get #next(): Place {
    const place = this.#places[this.#turn]!;
    this.#turn = this.#turn + 1 === this.#places.length ? 0 : this.#turn + 1;
    return place;
  }

  protected send(call: ApiExchange, request: IntegrationRequest): void {
    const exchange = new UrlExchange(call, request, this.exchangeContext);
    const { host, authority } = this.#next;
    host.pick((endpoint) => {
      if (exchange.ended) return;
      if (endpoint === null) {
        call.integrationError = 'Invalid endpoint address';
        return exchange.fail(faults['connect-failed']);
      }
      const upstream = endpoint.acquire(false);
      upstream.candidate = null;
      upstream.tried = NONE_TRIED;
      upstream.start(exchange, this.#head(call, exchange, authority), this);
    });
  }

  /** In pieces: each is written by itself, and joined they would be copied once more. */
  #head(call: ApiExchange, exchange: UrlExchange, authority: string): HeadText {
    call.traceId = this.#traceIds.next((call.present & (1 << TRACE_ID)) === 0 ? null : call.header('x-amzn-trace-id'), call.startedWall);
    // API Gateway says the length of an empty body too (seen of the service)
    return exchange.headWith(`${exchange.method} ${exchange.target} HTTP/1.1\r\nHost: ${authority}\r\n`, `X-Amzn-Trace-Id: ${call.traceId}\r\nContent-Length: ${exchange.contentLength}\r\n\r\n`);
  }

  unanswered(exchange: Exchange, fault: Fault, upstream: Http1Upstream): void {
    const call = (exchange as UrlExchange).call;
    const mayRetry = !upstream.answerBegun && !upstream.bodyTaken && (fault.retry === 'unsent' || (fault.retry === 'idempotent' && isIdempotent(exchange.method)));
    const attempt = ++(exchange as UrlExchange).attempts;
    if (!mayRetry || attempt >= ATTEMPTS) return exchange.fail(fault);
    const { host, authority } = this.#next;
    host.pick((endpoint) => {
      if (exchange.ended) return;
      if (endpoint === null) return exchange.fail(fault);
      // a connection that died while idle says nothing about its endpoint
      endpoint.acquire(true).start(exchange, this.#head(call, exchange as UrlExchange, authority), this);
    });
  }
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

  protected place(call: ApiExchange): { readonly path: string; readonly query: string | null } {
    return { path: this.#path.fill(call.pathParameters), query: this.#query === null ? call.query : call.query === null || call.query === '' ? this.#query : `${this.#query}&${call.query}` };
  }
}

/** Sends requests to the instances of a service, with the path that they came with. */
export class InstancesIntegration extends PlacedIntegration {
  protected place({ path, query }: ApiExchange): { readonly path: string; readonly query: string | null } {
    return { path, query };
  }
}

/** An integration's request that goes out by a connection of its own. */
class UrlExchange extends IntegrationExchange {
  attempts = 0;

  /** Its field lines between the first and the last of the head. */
  headWith(first: string, last: string): HeadText {
    return [first, this.passedOn(NOT_PASSED), this.added, last];
  }

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

