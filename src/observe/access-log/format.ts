import type { Downstream, Exchange, Fault, LinkedRoute, Transformed } from '../../data-plane/exchange/index.ts';
import type { Listener } from '../../snapshot/index.ts';
import { quotedText, wordText } from './escape.ts';
import { LogLine, octets } from './log-line.ts';
import { Timestamp, answeredTimes, seconds } from './timestamp.ts';

/** Fields of a line, in order: what `AccessLogFormat` writes and what its readers may rely on. New ones are only ever added at the end. */
export const accessLogFields = [
  'type', 'time', 'elb', 'client:port', 'target:port', 'request_processing_time', 'target_processing_time', 'response_processing_time',
  'elb_status_code', 'target_status_code', 'received_bytes', 'sent_bytes', 'request', 'user_agent', 'ssl_cipher', 'ssl_protocol',
  'target_group_arn', 'trace_id', 'domain_name', 'chosen_cert_arn', 'matched_rule_priority', 'request_creation_time', 'actions_executed',
  'redirect_url', 'error_reason', 'target:port_list', 'target_status_code_list', 'classification', 'classification_reason', 'conn_trace_id',
  'transformed_host', 'transformed_uri', 'request_transform_status',
] as const;

/** User agents are cut there, as AWS documents. */
const USER_AGENT_LIMIT = 8192;
const NO_TIMES_TEXT = '-1 -1 -1';
const NO_TIMES = octets(NO_TIMES_TEXT);
const NOTHING = octets('- ');
const NO_GROUP = octets('- "');
/** transformed_host, transformed_uri, request_transform_status: dashes where no transform was asked for. */
const NO_TRANSFORM = ' "-" "-" "-"\n';
/** Clients and endpoints whose piece is kept; a power of two. */
const KEPT = 256;
/** ssl_cipher and ssl_protocol of a plain connection, with the quote that ends the field before them. */
const NO_CIPHER = octets('" - - ');
/** domain_name and chosen_cert_arn of a plain connection, with the quote that ends the field before them. */
const NO_NAMES = octets('" "-" "-" ');
const KINDS = { http: octets('http '), https: octets('https '), h2: octets('h2 '), grpcs: octets('grpcs '), ws: octets('ws '), wss: octets('wss ') } as const;

/** Characters of `Root=1-67891233-abcdef012345678912345678`. */
const OUR_TRACE_ID = 40;
const LETTER_R = 82;

/** What lines say of one connection. */
interface ClientPieces {
  readonly id: number;
  /** elb and client:port. */
  readonly client: Uint8Array;
  readonly cipher: Uint8Array;
  readonly names: Uint8Array;
  /** conn_trace_id. */
  readonly connection: string;
  /** The same, and the dashes of a request that nothing transformed. */
  readonly end: Uint8Array;
}

/**
 * ALB's access log line, ASCII only, ended by a line feed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-format
 *
 * All that a listener fixes is made once. Lines that follow one another mostly share most of their text (the client, the sizes, the request, the
 * outcome): each such piece is kept as octets, and made again only when it differs.
 */
export class AccessLogFormat {
  readonly #owner: string;
  readonly #scheme: string;
  readonly #origin: string;
  /** `arn:aws:elasticloadbalancing:REGION:ACCOUNT:`; target groups live where their balancer does. */
  readonly #arnPrefix: string;
  readonly #connectionPrefix: string;
  readonly #line = new LogLine();
  readonly #ended = new Timestamp();
  readonly #started = new Timestamp();
  readonly #clients: (ClientPieces | null)[] = Array.from({ length: KEPT }, () => null);
  /** By cipher and protocol: few, and lines of different connections share what they are joined to. */
  readonly #ciphers = new Map<string, Uint8Array>();
  readonly #endpoints = new Map<string, Uint8Array>();
  #pool = '';
  #poolPiece = NO_GROUP;
  // what the pieces of the last line were made of
  #status = -1;
  #targetStatus = -1;
  #bytesIn = -1;
  #bytesOut = -1;
  #sizesPiece = NOTHING;
  #host = '';
  #target = '';
  #agent: string | null = null;
  #method = '';
  #version = 0;
  #port = '';
  #requestPiece = NOTHING;
  readonly #together: [sizes: Uint8Array, request: Uint8Array, cipher: Uint8Array, group: Uint8Array] = [NOTHING, NOTHING, NOTHING, NOTHING];
  #joined: Uint8Array | null = null;
  #priority = -1;
  #priorityPiece = NOTHING;
  #route: LinkedRoute | null = null;
  #endpoint = '';
  #outcomeStatus = -1;
  #outcomePiece = NOTHING;

  /** `connectionPrefix`: 20 hexadecimal digits, drawn once a worker; with a connection's number they make `conn_trace_id`. */
  constructor(listener: Listener, connectionPrefix: string) {
    this.#owner = ` ${listener.ownerLabel} `;
    this.#scheme = listener.protocol;
    this.#origin = ` ${listener.protocol}://`;
    this.#arnPrefix = listener.owner.split(':').slice(0, 5).join(':') + ':';
    this.#connectionPrefix = connectionPrefix;
  }

  /** The line of an exchange that has ended; holds until the next is asked for. */
  line(exchange: Exchange): LogLine {
    const { downstream, route, transformed, traceId } = exchange;
    const elapsed = exchange.endedAt - exchange.startedAt;
    const pieces = this.#clients[downstream.id & (KEPT - 1)]!;
    const client = pieces !== null && pieces.id === downstream.id ? pieces : this.#meet(downstream);
    const line = this.#line.clear()
      .add(kind(exchange)).add(this.#ended.octets(elapsed > 0 ? exchange.startedWall + elapsed : exchange.startedWall)).add(client.client)
      .add(this.#endpointPiece(exchange.endpoint)).add(times(exchange));
    this.#addSizesToGroup(exchange, client.cipher);
    line
      .add(isOurs(traceId) ? traceId : orDash(traceId)).add(client.names)
      .add(route === null ? NOTHING : this.#priorityOf(route)).add(this.#started.octets(exchange.startedWall)).add(this.#outcome(exchange));
    return transformed === null ? line.add(client.end) : line.add(client.connection).add(transformText(transformed));
  }

  #meet({ id, remoteLabel, tls }: Downstream): ClientPieces {
    // a connection's number has at most twelve hexadecimal digits
    const connection = ` TID_${this.#connectionPrefix}${id.toString(16).padStart(12, '0')}`;
    return (this.#clients[id & (KEPT - 1)] = {
      id,
      client: octets(this.#owner + remoteLabel + ' '),
      cipher: tls === null ? NO_CIPHER : this.#cipher(`" ${tls.cipher} ${tls.version} `),
      names: tls === null ? NO_NAMES : octets(`" "${orDash(tls.serverName ?? '')}" "${orDash(tls.certificate)}" `),
      connection,
      end: octets(connection + NO_TRANSFORM),
    });
  }

  #cipher(text: string): Uint8Array {
    let piece = this.#ciphers.get(text);
    if (piece === undefined) this.#ciphers.set(text, (piece = octets(text)));
    return piece;
  }

  /** From both statuses to the quote that opens the trace id: four pieces that mostly stay as they are together, and are one when they have done so twice. */
  #addSizesToGroup(exchange: Exchange, cipher: Uint8Array): void {
    const sizes = this.#sizes(exchange);
    const request = this.#request(exchange);
    const group = this.#targetGroup(exchange.pool);
    const together = this.#together;
    if (sizes === together[0] && request === together[1] && cipher === together[2] && group === together[3]) {
      this.#line.add((this.#joined ??= Buffer.concat(together)));
      return;
    }
    together[0] = sizes;
    together[1] = request;
    together[2] = cipher;
    together[3] = group;
    this.#joined = null;
    this.#line.add(sizes).add(request).add(cipher).add(group);
  }

  #endpointPiece(endpoint: string): Uint8Array {
    if (endpoint === '') return NOTHING;
    let piece = this.#endpoints.get(endpoint);
    if (piece === undefined) {
      if (this.#endpoints.size === KEPT) this.#endpoints.clear();
      piece = octets(`${endpoint} `);
      this.#endpoints.set(endpoint, piece);
    }
    return piece;
  }

  /** Both statuses and both sizes, up to the quote that opens the request. */
  #sizes({ status, targetStatus, bytesIn, bytesOut }: Exchange): Uint8Array {
    if (status !== this.#status || targetStatus !== this.#targetStatus || bytesIn !== this.#bytesIn || bytesOut !== this.#bytesOut) {
      this.#status = status;
      this.#targetStatus = targetStatus;
      this.#bytesIn = bytesIn;
      this.#bytesOut = bytesOut;
      this.#sizesPiece = octets(` ${statusText(status)} ${targetStatus === 0 ? '-' : statusText(targetStatus)} ${bytesIn} ${bytesOut} "`);
    }
    return this.#sizesPiece;
  }

  #priorityOf({ route }: LinkedRoute): Uint8Array {
    if (route.priority !== this.#priority) {
      this.#priority = route.priority;
      this.#priorityPiece = octets(`${route.priority} `);
    }
    return this.#priorityPiece;
  }

  /** actions_executed to classification_reason, with the quote that opens the first and that which closes the last. */
  #outcome(exchange: Exchange): Uint8Array {
    const { route, endpoint, targetStatus } = exchange;
    const plain = exchange.fault === null && exchange.actions === '' && exchange.redirectUrl === '' && exchange.errorReason === '' && exchange.classification === '' && exchange.classificationReason === '';
    if (plain && route === this.#route && endpoint === this.#endpoint && targetStatus === this.#outcomeStatus) return this.#outcomePiece;
    const target = endpoint === '' ? '-' : endpoint;
    const actions = exchange.actions !== '' ? exchange.actions : route === null ? '-' : route.actions;
    const piece = octets(' "' + actions + outcome(exchange) + target + '" "' + (targetStatus === 0 ? '-' : statusText(targetStatus)) + classification(exchange));
    if (plain) {
      this.#route = route;
      this.#endpoint = endpoint;
      this.#outcomeStatus = targetStatus;
      this.#outcomePiece = piece;
    }
    return piece;
  }

  /**
   * The line of a connection whose request could not even be read. AWS logs those too, with a dash for all that is not known; the client's port
   * is one of those, and written 0 so that the field still has its form.
   */
  refused(remoteAddress: string, fault: Fault, wall: number): LogLine {
    const time = Buffer.from(this.#ended.octets(wall)).toString('latin1');
    return this.#line.clear().add(
      `${this.#scheme} ${time}${this.#owner}${wordText(remoteAddress)}:0 - ${NO_TIMES_TEXT} ${statusText(fault.status)} - 0 0 ` +
      `"- ${this.#scheme}://-:0- -" "-" - - - "-" "-" "-" - ${time} "-" "-" "${errorReason('', fault)}" "-" "-" "-" "-" -${NO_TRANSFORM}`,
    );
  }

  /** request and user_agent, with the quotes between them: `GET https://www.example.com:443/path?query HTTP/1.1" "curl/7.46.0`. */
  #request(exchange: Exchange): Uint8Array {
    const { downstream, method, version, transformed } = exchange;
    // the request as the client sent it, whatever the target got
    const host = transformed === null ? exchange.host : transformed.fromHost;
    const target = transformed === null ? exchange.target : transformed.fromTarget;
    const agent = exchange.userAgent;
    const port = downstream.advertisedPort;
    // an empty host stands for the address, which is each connection's own
    if (host === '' || host !== this.#host || target !== this.#target || agent !== this.#agent || method !== this.#method || version !== this.#version || port !== this.#port) {
      this.#host = host;
      this.#target = target;
      this.#agent = agent;
      this.#method = method;
      this.#version = version;
      this.#port = port;
      const origin = this.#origin + (host === '' ? addressAsHost(downstream.localAddress) : wordText(host)) + ':' + port;
      // a head that was not understood is `- http://host:80- -`, as AWS writes it
      const request = method === '' ? '-' + origin + '- -' : wordText(method) + origin + (target === '' ? '-' : wordText(target)) + protocol(version);
      this.#requestPiece = octets(request + '" "' + userAgent(agent));
    }
    return this.#requestPiece;
  }

  /** The target group's ARN and the quote that opens the next field. */
  #targetGroup(pool: string): Uint8Array {
    if (pool === '') return NO_GROUP;
    if (pool !== this.#pool) {
      this.#pool = pool;
      this.#poolPiece = octets((pool.startsWith('arn:') ? pool : this.#arnPrefix + pool) + ' "');
    }
    return this.#poolPiece;
  }
}

/** An id that is all our own needs no look at its characters: with anything that a client sent it would be longer, or begin with `Self`. */
function isOurs(traceId: string): boolean {
  return traceId.length === OUR_TRACE_ID && traceId.charCodeAt(0) === LETTER_R;
}

function kind(exchange: Exchange): Uint8Array {
  const secure = exchange.downstream.tls !== null;
  // 101 is answered to a WebSocket upgrade only: ALB passes no other
  if (exchange.status === 101) return secure ? KINDS.wss : KINDS.ws;
  if (exchange.version === 20) return exchange.grpc ? KINDS.grpcs : KINDS.h2;
  return secure ? KINDS.https : KINDS.http;
}

function protocol(version: number): string {
  switch (version) {
    case 11:
      return ' HTTP/1.1';
    case 20:
      return ' HTTP/2.0';
    case 10:
      return ' HTTP/1.0';
    default:
      return ' -';
  }
}

/**
 * request_processing_time, target_processing_time, response_processing_time. All -1 where nothing could be dispatched (and for redirects and
 * fixed responses), and where the target was silent until the idle timeout. A target that closed instead of answering has the time it took to.
 */
function times(exchange: Exchange): Uint8Array {
  const { sentAt, answeredAt, fault } = exchange;
  if (exchange.pool === '' || sentAt === 0) return NO_TIMES;
  if (answeredAt === 0) {
    if (fault === null || fault.origin !== 'upstream') return octets(seconds(sentAt - exchange.startedAt) + ' -1 -1');
    if (fault.code === 'upstream-timeout') return NO_TIMES;
    return octets(seconds(sentAt - exchange.startedAt) + ' ' + seconds(exchange.endedAt - sentAt) + ' -1');
  }
  return answeredTimes(sentAt - exchange.startedAt, answeredAt - sentAt);
}

/** Three digits always: an exchange that ended without any status is AWS's `000`. */
function statusText(status: number): string {
  return status === 0 ? '000' : String(status);
}

function userAgent(value: string | null): string {
  if (value === null || value === '') return '-';
  return quotedText(value.length > USER_AGENT_LIMIT ? value.slice(0, USER_AGENT_LIMIT) : value);
}

function errorReason(finer: string, fault: Fault | null): string {
  if (finer !== '') return wordText(finer);
  return fault === null ? '-' : fault.reason;
}

function orDash(text: string): string {
  return text === '' ? '-' : quotedText(text);
}

/** redirect_url and error_reason with the quotes around them, up to the quote that opens target:port_list. */
function outcome(exchange: Exchange): string {
  const { redirectUrl, errorReason: finer, fault } = exchange;
  if (redirectUrl === '' && finer === '' && fault === null) return '" "-" "-" "';
  return '" "' + orDash(redirectUrl) + '" "' + errorReason(finer, fault) + '" "';
}

/** classification and classification_reason, from the quote that ends target_status_code_list. */
function classification(exchange: Exchange): string {
  if (exchange.classification === '' && exchange.classificationReason === '') return '" "-" "-"';
  return '" "' + orDash(exchange.classification) + '" "' + orDash(exchange.classificationReason) + '"';
}

/** transformed_host, transformed_uri, request_transform_status: what changed, where it did. */
function transformText({ host, url, status }: Transformed): string {
  return ` "${orDash(host)}" "${orDash(url)}" "${status}"\n`;
}

function addressAsHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
