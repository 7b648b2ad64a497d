import type { ByteStream, Taker } from '../../kernel/index.ts';
import type { ClientCertificate } from './client-certificate.ts';
import { faults, type Fault } from './fault.ts';
import type { Identity } from './identity.ts';
import type { LinkedRoute, Site } from './link.ts';
import type { MishapPlace } from './mishap.ts';

/** How the end of a body is known. */
export const NO_BODY = 0;
export const LENGTH = 1;
export const CHUNKED = 2;
/** Responses only: the body ends with the connection. */
export const UNTIL_CLOSE = 3;
export type Framing = typeof NO_BODY | typeof LENGTH | typeof CHUNKED | typeof UNTIL_CLOSE;

/** The connection that a request came in on. One object a connection, shared by its exchanges. */
export interface Downstream {
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** The port that the configuration says (see `Binding.advertisedPort`), as text for X-Forwarded-Port. */
  readonly advertisedPort: string;
  /** `127.0.0.1:52000`, as access logs write it. */
  readonly remoteLabel: string;
  /** The lines that a head writer adds for this connection, kept here by the writer that `stampOwner` names. */
  stamp: string;
  stampOwner: object | null;
  /** What a gateway says of this connection to integrations, and the authority for which it does. */
  forwarded: string;
  forwardedFor: string | null;
  readonly tls: DownstreamTls | null;
}

export interface DownstreamTls {
  /** `TLSv1.3`. */
  readonly version: string;
  /** `TLS_AES_128_GCM_SHA256` */
  readonly cipher: string;
  /** SNI host name, lower-case; null when the client sent none. */
  readonly serverName: string | null;
  readonly alpn: string | null;
  /** ARN of the certificate that was served. */
  readonly certificate: string;
  /** Group of the key exchange: `X25519MLKEM768`; `-` for none (RSA). */
  readonly keyExchange: string;
  /** Milliseconds that the handshake took. */
  readonly handshakeMs: number;
  /** The client's own; null where none was asked for, or shown. */
  readonly client: ClientCertificate | null;
}

/** What a listener or a target adds to answers: response fields, cookies. */
export interface ResponseEdit {
  /** `headers` are the end-to-end field lines as they would be sent (framing that goes with them included); so is the result. */
  edit(exchange: Exchange, headers: string): string;
}

/** `request_transform_status` of ALB's access log. */
export type TransformStatus = 'TransformSuccess' | 'TransformBufferTooSmall' | 'TransformInvalidHost' | 'TransformInvalidPath' | 'TransformReplaceError';

export interface Transform {
  /** With its port; null: stays. */
  readonly host: string | null;
  /** Path and query; null: stays. */
  readonly url: string | null;
  readonly status: TransformStatus;
}

export interface Transformed {
  readonly status: TransformStatus;
  /** What the client sent. */
  readonly fromHost: string;
  readonly fromTarget: string;
  /** What became of it; '' for no change. */
  readonly host: string;
  readonly url: string;
}

export type LoginEvent = '' | 'success' | 'refreshed' | 'claims-too-large';

/** An answer from memory: fixed responses, redirects, error pages, functions. */
export interface Reply {
  readonly status: number;
  /** Reason phrase; null: the standard one. */
  readonly reason: string | null;
  /** `name: value\r\n` lines, latin1, without framing fields (Content-Length, Transfer-Encoding, Connection). */
  readonly headers: string;
  readonly body: Buffer | string | null;
  /** Of a reply that is given again and again: what a codec has made of it last. Its own. */
  readonly said?: SaidReply;
}

/** A reply as octets a character, and what it was made for. */
export interface SaidReply {
  date: string;
  site: Site | null;
  text: string;
}

/** Where a request body goes. */
export interface BodySink {
  /**
   * Bytes `start` to `end` of `buffer`. Unless `stable`, they are overwritten when the call returns: copy or send them. False asks for a
   * pause, which `Exchange.resumeRequest` ends; stable bytes stay untouched until then.
   */
  write(buffer: Buffer, start: number, end: number, stable: boolean): boolean;
  /** The body is complete; `trailers` are field lines or ''. */
  end(trailers: string): void;
  /** The client is gone or broke the framing: nothing more will come. */
  abort(fault: Fault): void;
}

/** What produces a response: asked to go on when the client has taken what was sent. */
export interface ResponseSource {
  resume(): void;
  /** The exchange is over before the response was: stop and release. */
  cancel(fault: Fault): void;
}

/**
 * One HTTP request and its reply, whatever version of HTTP carries it. The codec of the listener subclasses it; routing, steps and targets see
 * only this. Header blocks are `name: value\r\n` lines in one latin1 string, so nothing is materialised that nobody asks for.
 *
 * What it begins with is assigned in the constructor and not beside the declarations: V8 makes a function of its own of those, which it calls for each object, and so
 * many of them cost three times as much (100 ns of the two exchanges of an API).
 */
export abstract class Exchange {
  declare readonly downstream: Downstream;
  // --- received
  declare method: string;
  /** As sent, in origin form: path and query. */
  declare target: string;
  /** Target up to the first `?`. */
  declare path: string;
  /** After the first `?`, null where there is none. */
  declare query: string | null;
  /** Host of the request without its port, lower-case. Empty for an HTTP/1.0 request without one. */
  declare host: string;
  /** Host as sent, with its port. */
  declare authority: string;
  /** 10, 11 or 20. */
  declare version: number;
  /** Which of the fields that codecs know are there: bits by the numbers of `wire/field-name.ts`. */
  declare present: number;
  /** The target came in absolute form, so that `authority` is not what Host says. */
  declare absolute: boolean;
  /** A gRPC call: HTTP/2 whose Content-Type says so. */
  declare grpc: boolean;
  declare framing: Framing;
  /** With LENGTH framing; else 0. */
  declare contentLength: number;
  /** `Expect: 100-continue` was sent and nothing has been answered to it yet. */
  declare expectsContinue: boolean;
  // --- matched
  declare site: Site;
  declare route: LinkedRoute | null;
  /** The step of the route that is at work, or waits. */
  declare step: number;
  /** Who calls, once a step knows; null before, and where nobody asks. */
  declare identity: Identity | null;
  /** Field lines that steps add for the target; null: none, and nothing of the kind is taken from the client's. */
  declare targetFields: string | null;
  /** Field lines that a gateway in front adds behind those of the client. */
  declare appended: string;
  /** Field lines that steps add to the answer, whoever gives it: cookies. */
  declare clientFields: string;
  /** What became of a login, for metrics, and how long (ms) the provider took for it. */
  declare loginEvent: LoginEvent;
  declare loginMs: number;
  // --- accounting; times are `clock.monotonic()` milliseconds, 0 before they are known
  /** Wall clock (ms) when the first byte of the request was read. */
  declare startedWall: number;
  declare startedAt: number;
  /** The request has been sent to the target whole (or the action began). */
  declare sentAt: number;
  /** First byte of the target's response. */
  declare answeredAt: number;
  declare endedAt: number;
  /** Bytes of the request received and of the response sent, heads included. */
  declare bytesIn: number;
  declare bytesOut: number;
  /** Status sent to the client (or the fault's, when nothing was); 0 before. */
  declare status: number;
  /** Status that the target answered; 0: none. */
  declare targetStatus: number;
  /** Label of the pool and `address:port` of the endpoint that served; '' for none. */
  declare pool: string;
  declare endpoint: string;
  declare fault: Fault | null;
  /** Who works on the answer: set by a target that can stop, cancelled when the exchange ends before the answer does. */
  declare source: ResponseSource | null;
  /** Value of X-Amzn-Trace-Id, '' until one is read or made. */
  declare traceId: string;
  /** `actions_executed` of an exchange that a step ended; '' where the route's own hold. */
  declare actions: string;
  /** Redirect URL, for the log; '' for none. */
  declare redirectUrl: string;
  /** `error_reason` of a Lambda target, where it is finer than the fault's; '' for none. */
  declare errorReason: string;
  /** What was wrong with a refused request (`flawName`), for logs and explain; '' for nothing. */
  declare flaw: string;
  /** Of a request that is not compliant with RFC 9112: `Acceptable`, `Ambiguous` or `Severe`, and ALB's reason code; '' for a compliant one. */
  declare classification: string;
  declare classificationReason: string;

  /** Changes the fields of the answer on their way to the client; null: nothing does. Every codec applies it, in `reply` and in `respond`. */
  declare edit: ResponseEdit | null;
  /** What a transform has made of it; null: none was asked for, or not yet. */
  declare transformed: Transformed | null;

  constructor(downstream: Downstream) {
    this.downstream = downstream;
    this.method = '';
    this.target = '';
    this.path = '';
    this.query = null;
    this.host = '';
    this.authority = '';
    this.version = 11;
    this.present = 0;
    this.absolute = false;
    this.grpc = false;
    this.framing = NO_BODY;
    this.contentLength = 0;
    this.expectsContinue = false;
    // known before anybody asks
    this.site = undefined!;
    this.route = null;
    this.step = 0;
    this.identity = null;
    this.targetFields = null;
    this.appended = '';
    this.clientFields = '';
    this.loginEvent = '';
    this.loginMs = 0;
    this.startedWall = 0;
    this.startedAt = 0;
    this.sentAt = 0;
    this.answeredAt = 0;
    this.endedAt = 0;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.status = 0;
    this.targetStatus = 0;
    this.pool = '';
    this.endpoint = '';
    this.fault = null;
    this.source = null;
    this.traceId = '';
    this.actions = '';
    this.redirectUrl = '';
    this.errorReason = '';
    this.flaw = '';
    this.classification = '';
    this.classificationReason = '';
    this.edit = null;
    this.transformed = null;
  }

  /** Gives what goes to the target another host and URL (null: as received). Routing is over by then; the log tells both. */
  transform({ host, url, status }: Transform): void {
    this.transformed = { status, fromHost: this.host, fromTarget: this.target, host: host ?? '', url: url ?? '' };
    if (host !== null) {
      this.authority = host;
      // Host is written from the authority then, as for a target in absolute form
      this.absolute = true;
    }
    if (url !== null) {
      const question = url.indexOf('?');
      this.target = url;
      this.path = question === -1 ? url : url.slice(0, question);
      this.query = question === -1 ? null : url.slice(question + 1);
    }
  }

  /** Monotonic time, milliseconds: for `sentAt`, `answeredAt`. */
  abstract now(): number;

  /** Value of User-Agent, null for none: access logs ask for it when the fields have long been overwritten. */
  abstract get userAgent(): string | null;

  /** Value of the first field of that (lower-case) name; null for none. */
  abstract header(name: string): string | null;
  /** Values of all fields of that (lower-case) name. */
  abstract headerValues(name: string): readonly string[];

  /** Value of the field of that (lower-case) name; null for none, undefined for several. */
  onlyValue(name: string): string | null | undefined {
    const values = this.headerValues(name);
    return values.length > 1 ? undefined : (values[0] ?? null);
  }

  /** Field lines as received, hop-by-hop ones included. */
  abstract get headers(): string;
  /**
   * Request line and field lines as received, without the fields in `drop` (bits as in `present`) and those that Connection names; '' where the
   * request line cannot go on as it came (another version, absolute form). Without `appended`.
   */
  abstract head(drop: number): string;
  /** `headers` without the fields in `drop` (bits as in `present`) and those that Connection names: what may go on to the next hop. */
  abstract endToEnd(drop: number): string;

  // --- the request's body
  /** Lets the body flow into `sink`, which gets all of it from its first byte. Sends 100 Continue where it is awaited. */
  abstract readInto(sink: BodySink): void;
  abstract resumeRequest(): void;
  /**
   * The whole body as one buffer (null: it has none), for targets that need it so; more than `limit` bytes call back with 'too-large'.
   * Calls back synchronously when the body is already there.
   */
  abstract readAll(limit: number, done: (body: Buffer | null | 'too-large') => void): void;

  // --- the reply: `reply` alone, or `respond`, any number of `send`, `finish`
  abstract reply(reply: Reply): void;
  /** Answers with the fault's status and error page; after the head was sent: closes the connection. */
  abstract fail(fault: Fault): void;
  /**
   * Starts a streamed response. `headers` are end-to-end field lines, Content-Length among them when the framing is LENGTH. When the
   * whole body is known to be in `buffer` (`start` to `end`) it is sent with the head in one write.
   */
  abstract respond(head: ResponseHead, source: ResponseSource, buffer: Buffer | null, start: number, end: number): void;
  /**
   * More of the body. Unless `stable`, the bytes may be overwritten when it returns. False: pause until `source.resume()`, and leave stable
   * bytes untouched until then.
   */
  abstract send(buffer: Buffer, start: number, end: number, stable: boolean): boolean;
  /** An informational response (1xx other than 101), passed through. */
  abstract inform(status: number, reason: string, headers: string): void;
  abstract finish(trailers: string): void;

  // --- or the end of HTTP
  /**
   * The request is a valid WebSocket handshake, which `upgrade` may answer. Never true unless `present` has UPGRADE, which therefore is asked first.
   * A codec that carries WebSocket otherwise (RFC 8441) shows the handshake that its request stands for: GET, UPGRADE in `present`, a key.
   */
  abstract get webSocket(): boolean;
  /**
   * Switches to the other protocol: answers 101 with the field lines in `headers` (Upgrade and Connection are the codec's own) and hands the connection
   * to `taker`. Returns the client's end, of which nothing is read before its first `resume`; what the client sent ahead then comes first. The
   * listener's idle timeout goes on, counting octets both ways; when both directions have ended, or one end is destroyed, the exchange ends and is logged.
   * Null when nothing can be switched any more: the client has gone.
   */
  abstract upgrade(headers: string, taker: Taker): ByteStream | null;
  /** True once the response's head is on its way: the status can no longer change. */
  abstract readonly committed: boolean;
  /** True once nobody may touch it any more. */
  abstract readonly ended: boolean;

  // --- what must not happen
  /** Tells of what somebody has thrown who works on it. */
  abstract mishap(place: MishapPlace, error: unknown): void;
  /** Not even `fail` can be called on it: ends the connection, or the stream, if that is still its own. */
  abstract forsake(): void;

  /** Somebody who works on it has thrown: it fails, and nobody else does. */
  crash(place: MishapPlace, error: unknown): void {
    this.mishap(place, error);
    this.giveUp();
  }

  giveUp(): void {
    if (!this.ended) {
      try {
        return this.fail(faults.internal);
      } catch (error) {
        this.mishap('client', error);
      }
    }
    this.forsake();
  }

  /** Goes on with it after a wait, called by nobody who knows it: what that throws fails it. */
  goOn(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.crash('wait', error);
    }
  }
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: string;
  readonly framing: Framing;
  /** With LENGTH framing. */
  readonly contentLength: number;
  /**
   * The whole answer as received from an HTTP/1.1 target, but for what does not go on, in the buffer that comes with it; null where it did not come
   * in one piece. For codecs that speak the same: everything else about the head is then said in it too.
   */
  readonly whole: Runs | null;
}

/** What a head says, for whoever looks at it after the call that brought it: some are filled again for the next answer. */
export function keptHead({ status, reason, headers, framing, contentLength }: ResponseHead): ResponseHead {
  return { status, reason, headers, framing, contentLength, whole: null };
}

/** Stretches of octets in a buffer, in order. */
export interface Runs {
  readonly count: number;
  /** There are fields of CORS in them. */
  readonly hasCors: boolean;
  /** The buffer. */
  readonly view: DataView;
  runStart(index: number): number;
  runEnd(index: number): number;
}
