import type { HttpSettings } from '../../../snapshot/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { CONTENT_LENGTH, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, fieldSet, HOP_BY_HOP, HOST_FIELD, TRACE_ID, TRANSFER_ENCODING } from '../../wire/index.ts';
import { CHUNKED } from '../../exchange/index.ts';
import type { TraceIds } from './trace-id.ts';

const FORWARDED_BIT = 1 << FORWARDED_FOR;
const TRACE_BIT = 1 << TRACE_ID;
const HOST_SET = fieldSet(HOST_FIELD);
/** ALB answers 463 to more addresses than this. */
export const FORWARDED_LIMIT = 30;

/** Writes the head of the request that goes to a target. One a listener, made when its generation is linked. */
export class RequestHeadWriter {
  readonly #http: HttpSettings;
  readonly #traceIds: TraceIds;
  readonly #drop: number;
  readonly #protocol: string;
  readonly #standardPort: string;
  readonly #invalidNames: boolean;

  constructor(http: HttpSettings, protocol: 'http' | 'https', traceIds: TraceIds) {
    this.#http = http;
    this.#traceIds = traceIds;
    this.#protocol = protocol;
    this.#standardPort = protocol === 'https' ? '443' : '80';
    this.#invalidNames = http.dropInvalidHeaders;
    let drop = HOP_BY_HOP | fieldSet(FORWARDED_PROTO, FORWARDED_PORT, TRACE_ID);
    if (http.forwardedFor !== 'preserve') drop |= fieldSet(FORWARDED_FOR);
    this.#drop = drop;
  }

  /** True when X-Forwarded-For has more addresses than ALB takes. */
  tooManyForwarded(exchange: Exchange): boolean {
    if ((exchange.present & FORWARDED_BIT) === 0) return false;
    let count = 0;
    for (const value of exchange.headerValues('x-forwarded-for')) count += value.split(',').length;
    return count > FORWARDED_LIMIT;
  }

  write(exchange: Exchange): string {
    const { downstream } = exchange;
    let drop = this.#drop;
    let head = `${exchange.method} ${exchange.target} HTTP/1.1\r\n`;
    const host = this.#host(exchange);
    if (host !== null) {
      drop |= HOST_SET;
      head += `Host: ${host}\r\n`;
    }
    // a body that came chunked leaves chunked: the field belongs to one hop, so it is written anew
    if (exchange.framing === CHUNKED) drop |= fieldSet(CONTENT_LENGTH, TRANSFER_ENCODING);
    head += this.#invalidNames ? withoutInvalidNames(exchange.endToEnd(drop)) : exchange.endToEnd(drop);
    if (exchange.framing === CHUNKED) head += 'Transfer-Encoding: chunked\r\n';
    if (this.#http.forwardedFor === 'append') {
      const client = this.#http.forwardedForPort ? downstream.remoteLabel : downstream.remoteAddress;
      head += (exchange.present & FORWARDED_BIT) === 0 ? `X-Forwarded-For: ${client}\r\n` : `X-Forwarded-For: ${exchange.headerValues('x-forwarded-for').join(', ')}, ${client}\r\n`;
    }
    const traceId = this.#traceIds.next((exchange.present & TRACE_BIT) === 0 ? null : exchange.header('x-amzn-trace-id'), exchange.startedWall);
    exchange.traceId = traceId;
    head += `X-Forwarded-Proto: ${this.#protocol}\r\nX-Forwarded-Port: ${downstream.advertisedPort}\r\nX-Amzn-Trace-Id: ${traceId}\r\n`;
    if (this.#http.tlsHeaders && downstream.tls !== null) {
      head += `X-Amzn-Tls-Version: ${downstream.tls.version}\r\nX-Amzn-Tls-Cipher-Suite: ${downstream.tls.cipher}\r\n`;
    }
    return `${head}\r\n`;
  }

  /**
   * Host as ALB writes it, or null for "as received": preserved when asked; of an absolute target its authority; the default port left out,
   * another one added (the table under "Preserve host header" in ALB's guide).
   */
  #host(exchange: Exchange): string | null {
    if (this.#http.preserveHost) return null;
    const { authority } = exchange;
    const standard = exchange.downstream.advertisedPort === this.#standardPort;
    const colon = authority.lastIndexOf(':');
    const hasPort = colon > authority.lastIndexOf(']');
    if (standard && hasPort && authority.slice(colon + 1) === this.#standardPort) return authority.slice(0, colon);
    if (!standard && !hasPort && authority !== '') return `${authority}:${exchange.downstream.advertisedPort}`;
    return exchange.absolute ? authority : null;
  }
}

/** ALB calls a field name valid when it is of letters, digits and hyphens (`routing.http.drop_invalid_header_fields.enabled`). */
function withoutInvalidNames(block: string): string {
  return block.replace(/^(?![A-Za-z0-9-]+:).*\r\n/gm, '');
}
