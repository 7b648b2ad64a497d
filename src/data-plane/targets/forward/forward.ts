import { faults, type Exchange, type Fault, type Target } from '../../exchange/index.ts';
import { NONE_TRIED, type Attempt, type ForwardOwner, type HeadText, type LinkedPool, type PoolEndpoint, type SentBody } from '../../upstreams/index.ts';
import { EndpointCookie, type StickyEndpoints } from '../stickiness/sticky-endpoint.ts';
import type { RequestHeadWriter } from './request-head.ts';

/** Requests are sent at most this often in all. */
const ATTEMPTS = 3;

/** Sends exchanges to the endpoints of one pool, with the heads that one listener writes. */
export class ForwardTarget implements Target, ForwardOwner {
  readonly word = 'forward';
  readonly #pool: LinkedPool;
  readonly #head: RequestHeadWriter;
  readonly #sticky: StickyEndpoints;

  constructor(pool: LinkedPool, context: { readonly head: RequestHeadWriter; readonly sticky: StickyEndpoints }) {
    this.#pool = pool;
    this.#head = context.head;
    this.#sticky = context.sticky;
  }

  serve(exchange: Exchange): void {
    exchange.pool = this.#pool.label;
    if (!fits(exchange, this.#pool.version)) return exchange.fail(faults['protocol-mismatch']);
    if (this.#head.tooManyForwarded(exchange)) return exchange.fail(faults['too-many-forwarded']);
    const { stickiness } = this.#pool;
    const candidate = stickiness === null ? this.#pool.pick(NONE_TRIED, exchange) : this.#sticky.pick(exchange, this.#pool, stickiness);
    if (candidate === null) return exchange.fail(faults['no-healthy-target']);
    this.#send(exchange, this.#head.write(exchange), { candidate, tried: NONE_TRIED, before: null });
  }

  #send(exchange: Exchange, head: HeadText, { candidate, tried, before }: { readonly candidate: PoolEndpoint; readonly tried: PoolEndpoint[]; readonly before: SentBody | null }): void {
    exchange.endpoint = candidate.upstream.label;
    const upstream = candidate.upstream.acquire(tried !== NONE_TRIED);
    upstream.candidate = candidate;
    upstream.before = before;
    if (candidate.tracker !== null) candidate.tracker.begun(candidate.healthSlot);
    upstream.tried = tried;
    upstream.start(exchange, head, this);
  }

  unanswered(exchange: Exchange, fault: Fault, upstream: Attempt): void {
    const last = upstream.candidate;
    if (last === null || !mayRetry(exchange, fault, upstream) || upstream.tried.length + 1 >= ATTEMPTS) return exchange.fail(fault);
    const before = upstream.bodyTaken ? upstream.sent : null;
    if (upstream.bodyTaken && before === null) return exchange.fail(fault);
    const tried = [...upstream.tried, last];
    // a connection that died while idle says nothing about its endpoint, which gets a second chance where there is no other
    const candidate = this.#pool.pick(tried, exchange) ?? (upstream.reused ? last : null);
    if (candidate === null) return exchange.fail(fault);
    if (exchange.edit instanceof EndpointCookie) exchange.edit.candidate = candidate;
    this.#send(exchange, upstream.head, { candidate, tried, before });
  }
}

/** ALB's 464. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-464-issues */
function fits(exchange: Exchange, version: LinkedPool['version']): boolean {
  switch (version) {
    case 'http1':
      return !exchange.grpc;
    case 'http2':
      return exchange.version === 20;
    case 'grpc':
      return exchange.version === 20 && exchange.method === 'POST';
  }
}

/** Safe to send again, where we still have all of it: nothing of it has left, or doing it twice is as doing it once (RFC 9110 section 9.2.2). */
function mayRetry(exchange: Exchange, fault: Fault, upstream: Attempt): boolean {
  if (upstream.answerBegun) return false;
  switch (fault.retry) {
    case 'unsent':
      return true;
    case 'idempotent':
      return isIdempotent(exchange.method);
    case 'never':
      return false;
  }
}

function isIdempotent(method: string): boolean {
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'PUT':
    case 'DELETE':
    case 'OPTIONS':
      return true;
    default:
      return false;
  }
}
