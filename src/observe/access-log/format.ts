import type { Exchange, Fault, LinkedRoute, Transformed } from '../../data-plane/exchange/index.ts';
import type { Listener } from '../../snapshot/index.ts';
import { quotedText, wordText } from './escape.ts';
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
const NO_TIMES = '-1 -1 -1';
/** transformed_host, transformed_uri, request_transform_status: dashes where no transform was asked for. */
const NO_TRANSFORM = ' "-" "-" "-"\n';
/** Characters of `NO_TRANSFORM`. */
const NO_TRANSFORM_LENGTH = NO_TRANSFORM.length;
/** Connections whose end of line is kept; a power of two. */
const KEPT_ENDS = 1024;

/**
 * ALB's access log line, ASCII only, ended by a line feed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-format
 *
 * All that a listener fixes is made once. The rest is few and long pieces, because joining them is what a line costs.
 */
export class AccessLogFormat {
  readonly #owner: string;
  readonly #scheme: string;
  readonly #origin: string;
  /** `arn:aws:elasticloadbalancing:REGION:ACCOUNT:`; target groups live where their balancer does. */
  readonly #arnPrefix: string;
  readonly #connectionPrefix: string;
  readonly #ended = new Timestamp();
  readonly #started = new Timestamp();
  readonly #endIds = new Float64Array(KEPT_ENDS).fill(-1);
  readonly #ends: string[] = Array.from({ length: KEPT_ENDS }, () => '');
  #pool = '';
  #poolText = '';
  // what the parts of the last line were made of
  #status = -1;
  #targetStatus = -1;
  #bytesIn = -1;
  #bytesOut = -1;
  #sizesText = '';
  #host = '';
  #target = '';
  #agent: string | null = null;
  #method = '';
  #version = 0;
  #port = '';
  #requestText = '';
  #route: LinkedRoute | null = null;
  #endpoint = '';
  #outcomeStatus = -1;
  #outcomeText = '';

  /** `connectionPrefix`: 20 hexadecimal digits, drawn once a worker; with a connection's number they make `conn_trace_id`. */
  constructor(listener: Listener, connectionPrefix: string) {
    this.#owner = ` ${listener.ownerLabel} `;
    this.#scheme = listener.protocol;
    this.#origin = ` ${listener.protocol}://`;
    this.#arnPrefix = listener.owner.split(':').slice(0, 5).join(':') + ':';
    this.#connectionPrefix = ` TID_${connectionPrefix}`;
  }

  /**
   * The line of an exchange that has ended. Lines that follow one another mostly share most of their text (the sizes, the request, the
   * outcome), so each such part is kept from the last line and made again only when it differs.
   */
  line(exchange: Exchange): string {
    const { downstream, route } = exchange;
    const tls = downstream.tls;
    const elapsed = exchange.endedAt - exchange.startedAt;
    return (
      kind(exchange) + this.#ended.text(elapsed > 0 ? exchange.startedWall + elapsed : exchange.startedWall) + this.#owner +
      downstream.remoteLabel + ' ' + (exchange.endpoint === '' ? '-' : exchange.endpoint) + ' ' + times(exchange) + this.#sizes(exchange) + this.#request(exchange) +
      (tls === null ? '" - - ' : '" ' + tls.cipher + ' ' + tls.version + ' ') + this.#targetGroup(exchange.pool) + orDash(exchange.traceId) +
      (tls === null ? '" "-" "-" ' : '" "' + orDash(tls.serverName ?? '') + '" "' + orDash(tls.certificate) + '" ') +
      (route === null ? '-' : route.route.priority) + ' ' + this.#started.text(exchange.startedWall) + this.#outcome(exchange) +
      (exchange.transformed === null ? this.#end(downstream.id) : this.#end(downstream.id).slice(0, -NO_TRANSFORM_LENGTH) + transformText(exchange.transformed))
    );
  }

  /** Both statuses and both sizes, up to the quote that opens the request. */
  #sizes({ status, targetStatus, bytesIn, bytesOut }: Exchange): string {
    if (status !== this.#status || targetStatus !== this.#targetStatus || bytesIn !== this.#bytesIn || bytesOut !== this.#bytesOut) {
      this.#status = status;
      this.#targetStatus = targetStatus;
      this.#bytesIn = bytesIn;
      this.#bytesOut = bytesOut;
      this.#sizesText = ` ${statusText(status)} ${targetStatus === 0 ? '-' : statusText(targetStatus)} ${bytesIn} ${bytesOut} "`;
    }
    return this.#sizesText;
  }

  /** actions_executed to classification_reason, with the quote that opens the first and that which closes the last. */
  #outcome(exchange: Exchange): string {
    const { route, endpoint, targetStatus } = exchange;
    const plain = exchange.fault === null && exchange.actions === '' && exchange.redirectUrl === '' && exchange.errorReason === '' && exchange.classification === '' && exchange.classificationReason === '';
    if (plain && route === this.#route && endpoint === this.#endpoint && targetStatus === this.#outcomeStatus) return this.#outcomeText;
    const target = endpoint === '' ? '-' : endpoint;
    const text = ' "' + (exchange.actions !== '' ? exchange.actions : route === null ? '-' : route.actions) + outcome(exchange) + target + '" "' + (targetStatus === 0 ? '-' : statusText(targetStatus)) + classification(exchange);
    if (plain) {
      this.#route = route;
      this.#endpoint = endpoint;
      this.#outcomeStatus = targetStatus;
      this.#outcomeText = text;
    }
    return text;
  }

  /**
   * The line of a connection whose request could not even be read. AWS logs those too, with a dash for all that is not known; the client's port
   * is one of those, and written 0 so that the field still has its form.
   */
  refused(remoteAddress: string, fault: Fault, wall: number): string {
    const time = this.#ended.text(wall);
    return (
      `${this.#scheme} ${time}${this.#owner}${wordText(remoteAddress)}:0 - ${NO_TIMES} ${statusText(fault.status)} - 0 0 ` +
      `"- ${this.#scheme}://-:0- -" "-" - - - "-" "-" "-" - ${time} "-" "-" "${errorReason('', fault)}" "-" "-" "-" "-" -${NO_TRANSFORM}`
    );
  }

  /** request and user_agent, with the quotes between them: `GET https://www.example.com:443/path?query HTTP/1.1" "curl/7.46.0`. */
  #request(exchange: Exchange): string {
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
      this.#requestText = request + '" "' + userAgent(agent);
    }
    return this.#requestText;
  }

  /** The target group's ARN and the quote that opens the next field; consecutive lines mostly have the same. */
  #targetGroup(pool: string): string {
    if (pool === '') return '- "';
    if (pool !== this.#pool) {
      this.#pool = pool;
      this.#poolText = (pool.startsWith('arn:') ? pool : this.#arnPrefix + pool) + ' "';
    }
    return this.#poolText;
  }

  /** conn_trace_id and all after it. */
  #end(id: number): string {
    const index = id & (KEPT_ENDS - 1);
    if (this.#endIds[index] !== id) {
      this.#endIds[index] = id;
      this.#ends[index] = this.#connectionPrefix + id.toString(16).padStart(12, '0') + NO_TRANSFORM;
    }
    return this.#ends[index]!;
  }
}

function kind(exchange: Exchange): string {
  const secure = exchange.downstream.tls !== null;
  // 101 is answered to a WebSocket upgrade only: ALB passes no other
  if (exchange.status === 101) return secure ? 'wss ' : 'ws ';
  if (exchange.version === 20) return isGrpc(exchange) ? 'grpcs ' : 'h2 ';
  return secure ? 'https ' : 'http ';
}

function isGrpc(exchange: Exchange): boolean {
  const type = exchange.header('content-type');
  return type !== null && type.startsWith('application/grpc');
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
function times(exchange: Exchange): string {
  const { sentAt, answeredAt, fault } = exchange;
  if (exchange.pool === '' || sentAt === 0) return NO_TIMES;
  if (answeredAt === 0) {
    if (fault === null || fault.origin !== 'upstream') return seconds(sentAt - exchange.startedAt) + ' -1 -1';
    if (fault.code === 'upstream-timeout') return NO_TIMES;
    return seconds(sentAt - exchange.startedAt) + ' ' + seconds(exchange.endedAt - sentAt) + ' -1';
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
