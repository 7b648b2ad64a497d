import type { HttpSettings, Listener } from '../../../snapshot/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { CLIENT_CERTIFICATE, CONTENT_LENGTH, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO, fieldSet, HOP_BY_HOP, HOST_FIELD, IDENTITY_FIELD, ISOLATED, TRACE_ID, UPGRADE } from '../../wire/index.ts';
import { flat } from '../../../kernel/index.ts';
import { CHUNKED } from '../../exchange/index.ts';
import type { HeadText } from '../../upstreams/index.ts';
import { clientCertificateLines } from './client-certificate-lines.ts';
import type { TraceIds } from './trace-id.ts';

const FORWARDED_BIT = 1 << FORWARDED_FOR;
const TRACE_BIT = 1 << TRACE_ID;
const LENGTH_SET = fieldSet(CONTENT_LENGTH);
const HOST_SET = fieldSet(HOST_FIELD);
const IDENTITY_SET = fieldSet(IDENTITY_FIELD);
/** What asks for more than a stamp: lines of ours that came with the request. */
const PRESENT = fieldSet(FORWARDED_FOR, TRACE_ID, UPGRADE, ISOLATED);
const ISOLATED_BIT = fieldSet(ISOLATED);
const END = '\r\n\r\n';
const UPGRADE_BIT = fieldSet(UPGRADE);
const WEB_SOCKET_FIELDS = /^sec-websocket-[^:\r\n]*:.*\r\n/gim;
/** ALB answers 463 to more addresses than this. */
export const FORWARDED_LIMIT = 30;

/** Writes the head of the request that goes to a target. One a listener, made when its generation is linked. */
export class RequestHeadWriter {
  readonly #http: HttpSettings;
  readonly #traceIds: TraceIds;
  readonly #drop: number;
  readonly #protocol: string;
  readonly #invalidNames: boolean;
  /** Clients are asked for certificates. */
  readonly #asksClients: boolean;
  /** Field lines have to be looked at one by one. */
  readonly #rewrites: boolean;
  /** The newest Host, on which port, and what became of it; null: it went on as it was received. */
  #authority = '';
  #port = '';
  #host: string | null = null;
  /** The last Host that was written anew. */
  #lineHost = '';
  #hostLine = '';
  /** Lines that only we may write about TLS and certificates, by AWS's names and the listener's; null: none but those that the codecs know. */
  readonly #ownFields: RegExp | null;

  /** `guardsIdentity`: routes of the listener log users in, so that none of its clients may say by itself who it is. */
  constructor({ http, protocol, tls }: Pick<Listener, 'http' | 'protocol' | 'tls'>, { traceIds, guardsIdentity }: { readonly traceIds: TraceIds; readonly guardsIdentity: boolean }) {
    this.#http = http;
    this.#traceIds = traceIds;
    this.#protocol = protocol;
    this.#asksClients = tls !== null && tls.clients !== null;
    this.#invalidNames = http.dropInvalidHeaders;
    const { tlsVersion, tlsCipherSuite, ...ofClients } = http.fieldNames;
    // names that the listener has given to fields about certificates: the codecs know AWS's only
    const renamed = this.#asksClients ? Object.values(ofClients).filter((name) => !name.toLowerCase().startsWith('x-amzn-mtls-clientcert')) : [];
    const names = [...(http.tlsHeaders ? ['x-amzn-tls-version', 'x-amzn-tls-cipher-suite', tlsVersion, tlsCipherSuite] : []), ...renamed];
    this.#ownFields = names.length === 0 ? null : new RegExp(`^(?:${names.join('|')}):.*\\r\\n`, 'gim');
    this.#rewrites = http.dropInvalidHeaders || this.#ownFields !== null;
    // what is said of a client's certificate is for the balancer to say, even where none is asked for
    let drop = HOP_BY_HOP | fieldSet(FORWARDED_PROTO, FORWARDED_PORT, TRACE_ID, CLIENT_CERTIFICATE);
    if (http.forwardedFor !== 'preserve') drop |= fieldSet(FORWARDED_FOR);
    if (guardsIdentity) drop |= fieldSet(IDENTITY_FIELD);
    this.#drop = drop;
  }

  /** True when X-Forwarded-For has more addresses than ALB takes. */
  tooManyForwarded(exchange: Exchange): boolean {
    if ((exchange.present & FORWARDED_BIT) === 0) return false;
    let count = 0;
    for (const value of exchange.headerValues('x-forwarded-for')) count += value.split(',').length;
    return count > FORWARDED_LIMIT;
  }

  /** The whole head, its empty line included. */
  write(exchange: Exchange): HeadText {
    // nearly all requests go on as they came but for a few lines
    if (exchange.framing !== CHUNKED && !this.#rewrites && exchange.targetFields === null && (exchange.present & PRESENT) === 0) {
      const host = this.#hostOf(exchange);
      const head = exchange.head(host === null ? this.#drop : this.#drop | HOST_SET);
      if (head !== '') return this.#stamped(exchange, head, host);
    }
    return [this.#rewritten(exchange)];
  }

  #rewritten(exchange: Exchange): string {
    const line = `${exchange.method} ${exchange.target} HTTP/1.1\r\n`;
    if ((exchange.present & UPGRADE_BIT) !== 0) {
      // to WebSocket and to nothing else, in our own words; what is no valid handshake goes on as the ordinary request that it also is
      if (exchange.webSocket) return `${line}${this.fields(exchange)}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
      const fields = this.fields(exchange).replace(WEB_SOCKET_FIELDS, '');
      return exchange.framing === CHUNKED ? `${line}${fields}Transfer-Encoding: chunked\r\n\r\n` : `${line}${fields}\r\n`;
    }
    const end = (exchange.present & ISOLATED_BIT) === 0 ? '\r\n' : 'Connection: close\r\n\r\n';
    // a body that came chunked leaves chunked: the field belongs to one hop, so it is written anew
    return exchange.framing === CHUNKED ? `${line}${this.fields(exchange)}Transfer-Encoding: chunked\r\n${end}` : `${line}${this.fields(exchange)}${end}`;
  }

  /** `head` with the lines that we add, for a request that had none of them: made once a connection, but for the trace id. */
  #stamped(exchange: Exchange, head: string, host: string | null): HeadText {
    const { downstream } = exchange;
    if (downstream.stampOwner !== this) {
      const client = this.#http.forwardedForPort ? downstream.remoteLabel : downstream.remoteAddress;
      downstream.stampOwner = this;
      downstream.stamp = flat(
        (this.#http.forwardedFor === 'append' ? `X-Forwarded-For: ${client}\r\n` : '') +
        `X-Forwarded-Proto: ${this.#protocol}\r\nX-Forwarded-Port: ${downstream.advertisedPort}\r\n` +
        this.#clientLines(exchange) +
        'X-Amzn-Trace-Id: ',
      );
    }
    const traceId = this.#traceIds.next(null, exchange.startedWall);
    exchange.traceId = traceId;
    if (host === null && exchange.appended === '') return [head, downstream.stamp, traceId, END];
    return [head, host === null ? '' : this.#lineOf(host), exchange.appended, downstream.stamp, traceId, END];
  }

  /** The field lines alone, without those that frame a chunked body: what a function sees. */
  fields(exchange: Exchange): string {
    const { downstream } = exchange;
    let drop = this.#drop;
    let head = '';
    const host = this.#hostOf(exchange);
    if (host !== null) {
      drop |= HOST_SET;
      head += `Host: ${host}\r\n`;
    }
    if ((exchange.present & LENGTH_SET) !== 0) {
      // written anew: what one reader takes for a length (zeros in front, tabs around) another refuses, or ignores
      drop |= LENGTH_SET;
      head += `Content-Length: ${exchange.contentLength}\r\n`;
    }
    // who the client is, the balancer says alone
    if (exchange.targetFields !== null) drop |= IDENTITY_SET;
    let passed = this.#invalidNames ? withoutInvalidNames(exchange.endToEnd(drop)) : exchange.endToEnd(drop);
    if (exchange.targetFields !== null) passed += exchange.targetFields;
    // targets take these for ours: a client must not be able to say them
    head += this.#ownFields === null ? passed : passed.replace(this.#ownFields, '');
    if (this.#http.forwardedFor === 'append') {
      const client = this.#http.forwardedForPort ? downstream.remoteLabel : downstream.remoteAddress;
      const before = (exchange.present & FORWARDED_BIT) === 0 ? '' : exchange.headerValues('x-forwarded-for').filter((value) => value !== '').join(', ');
      head += before === '' ? `X-Forwarded-For: ${client}\r\n` : `X-Forwarded-For: ${before}, ${client}\r\n`;
    }
    const traceId = this.#traceIds.next((exchange.present & TRACE_BIT) === 0 ? null : exchange.header('x-amzn-trace-id'), exchange.startedWall);
    exchange.traceId = traceId;
    head += `X-Forwarded-Proto: ${this.#protocol}\r\nX-Forwarded-Port: ${downstream.advertisedPort}\r\nX-Amzn-Trace-Id: ${traceId}\r\n`;
    head += this.#clientLines(exchange);
    if (this.#http.tlsHeaders && downstream.tls !== null) {
      head += `${this.#http.fieldNames.tlsVersion}: ${downstream.tls.version}\r\n${this.#http.fieldNames.tlsCipherSuite}: ${downstream.tls.cipher}\r\n`;
    }
    return head;
  }

  #clientLines({ downstream }: Exchange): string {
    const client = this.#asksClients ? (downstream.tls?.client ?? null) : null;
    return client === null ? '' : clientCertificateLines(client, this.#http.fieldNames);
  }

  /**
   * Host as ALB writes it, or null for "as received". Preserved when asked for, even of an absolute target (the routes still go by its
   * authority). Otherwise: of an absolute target its authority; on port 80 or 443 without any port, on another with its port unless there is
   * one. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#host-header-preservation
   */
  #hostOf(exchange: Exchange): string | null {
    const received = (exchange.present & HOST_SET) !== 0;
    if (this.#http.preserveHost) {
      if (isHostTransformed(exchange)) return exchange.authority;
      if (received) return null;
    }
    // HTTP/1.0 needs no Host, the HTTP/1.1 that we speak to targets does: ALB writes the name of the load balancer
    const authority = exchange.authority === '' ? ownName(exchange) : exchange.authority;
    const port = exchange.downstream.advertisedPort;
    if (!received || exchange.absolute) return this.#hostFor(exchange, authority, received);
    // most clients of a listener say the same
    if (authority !== this.#authority || port !== this.#port) {
      this.#host = this.#hostFor(exchange, authority, received);
      this.#authority = authority;
      this.#port = port;
    }
    return this.#host;
  }

  #lineOf(host: string): string {
    if (host !== this.#lineHost) {
      this.#lineHost = host;
      this.#hostLine = flat(`Host: ${host}\r\n`);
    }
    return this.#hostLine;
  }

  #hostFor(exchange: Exchange, authority: string, received: boolean): string | null {
    const port = exchange.downstream.advertisedPort;
    const colon = authority.lastIndexOf(':');
    const hasPort = colon > authority.lastIndexOf(']');
    if (port === '80' || port === '443') return hasPort ? authority.slice(0, colon) : received && !exchange.absolute ? null : authority;
    return !hasPort ? `${authority}:${port}` : received && !exchange.absolute ? null : authority;
  }
}

/** The name by which the listener is known, else the address that the client has reached. */
function ownName({ site, downstream }: Exchange): string {
  for (const { hosts } of site.listener.bindings) {
    const name = hosts.find((host) => host !== '*');
    if (name !== undefined) return name;
  }
  return downstream.localAddress.includes(':') ? `[${downstream.localAddress}]` : downstream.localAddress;
}

function isHostTransformed({ transformed }: Exchange): boolean {
  return transformed !== null && transformed.host !== '';
}

/** ALB calls a field name valid when it is of letters, digits and hyphens (`routing.http.drop_invalid_header_fields.enabled`). */
function withoutInvalidNames(block: string): string {
  return block.replace(/^(?![A-Za-z0-9-]+:).*\r\n/gm, '');
}
