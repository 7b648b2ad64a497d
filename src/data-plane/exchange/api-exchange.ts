import type { ApiEntrance, ApiRoute, Cors, HttpStage } from '../../snapshot/index.ts';
import { allowedOrigin, preflightFields } from './cors.ts';
import type { BodySink, Exchange, Reply, ResponseHead } from './exchange.ts';
import type { Fault } from './fault.ts';
import { gatewayErrorOf, gatewayErrors, type GatewayError } from './gateway-error.ts';
import { InnerExchange } from './inner-exchange.ts';
import type { ShownKey } from './shown-key.ts';
import type { Site } from './link.ts';
import { requestIdOf, type RequestIds } from './request-ids.ts';

/** Hears what happens on a stage of an API: metrics and access logs. Must not throw and must not wait. */
export interface ApiObserver {
  callEnded(call: ApiExchange): void;
}

/** A stage as its calls see it. */
export interface ApiSite extends Site {
  readonly apiObserver: ApiObserver;
  readonly requestIds: RequestIds;
}

/** Fails a call whose integration is silent for too long. */
export interface AnswerDeadline {
  release(): void;
}

/** Which stage serves a request, and how it was found. */
export interface Entry {
  readonly stage: HttpStage;
  readonly entrance: ApiEntrance;
  /** The mapping's key; '' for none. */
  readonly basePath: string;
}

/** Changes the headers and the status of an integration's answer. */
export interface AnswerEdit {
  edit(call: ApiExchange, answer: EditedHead): EditedHead;
}

export interface EditedHead {
  readonly status: number;
  readonly headers: string;
}

const NONE: readonly string[] = Object.freeze([]);
const CORS_PREFIX = 'access-control-';

/** A request to an HTTP API on its way through a stage: what is known of it grows as it goes. */
export class ApiExchange extends InnerExchange {
  readonly entry: Entry;
  /** Field line that tells the client the request's id. */
  readonly #requestIdLine: string;
  readonly #observer: ApiObserver;
  /** Looked up while the fields of the request are at hand: the answer asks for it, and then they would have to be read again. Null: none, or nobody asks. */
  #origin: string | null;
  /** The path that routes are matched against: without the stage, without the base path. */
  routePath = '';
  /** Requests to the integration so far that came to nothing. */
  attempts = 0;
  /** Null: none matched. */
  apiRoute: ApiRoute | null = null;
  /** Its place in the stage's list. */
  position = -1;
  /** The route's path variables, and what they stand for: decoded. */
  pathNames: readonly string[] = NONE;
  pathValues: readonly string[] = NONE;
  /** What the gateway itself answered with; null: the integration's answer. */
  error: GatewayError | null = null;
  /** Null: none was asked for, or none is known. */
  apiKey: ShownKey | null = null;
  authorizerError = '';
  /** Why the integration gave no usable answer, for `$context.integrationErrorMessage`. */
  integrationError = '';
  /** Status of the service that was called (Lambda's own); 0: none. */
  integrationStatus = 0;
  integrationRequestId = '';
  /** Nothing has been waited for since the request was read. */
  prompt = true;
  /** Monotonic; 0: it was not called. */
  integrationSentAt = 0;
  integrationAnsweredAt = 0;
  /** The time that the integration has; null: nobody waits for the head of its answer. */
  deadline: AnswerDeadline | null = null;
  /** Octets of the answer's body. */
  responseLength = 0;
  responseEdit: AnswerEdit | null = null;
  #framesKnown = true;
  #preflightFields = '';
  /** Undefined: the body has not been read; null: there is none. */
  #kept: Buffer | null | undefined = undefined;

  constructor(outer: Exchange, entry: Entry, site: ApiSite) {
    super(outer);
    this.entry = entry;
    this.site = site;
    this.#requestIdLine = site.requestIds.nextLine();
    this.#observer = site.apiObserver;
    this.#origin = entry.stage.cors === null ? null : outer.header('origin');
  }

  get requestId(): string {
    return requestIdOf(this.#requestIdLine);
  }

  pathParameter(name: string): string | null {
    const index = this.pathNames.indexOf(name);
    return index < 0 ? null : this.pathValues[index]!;
  }

  /** Path parameters by name. Made when they are asked for: few are. */
  get pathParameters(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.pathNames.map((name, i) => [name, this.pathValues[i]!]));
  }

  /** The gateway's own answer. */
  refuse(error: GatewayError): void {
    this.reply(this.refusal(error));
  }

  /** The same for a step, which answers with it. */
  refusal(error: GatewayError): Reply {
    this.error ??= error;
    this.responseEdit = null;
    return replyOf(error);
  }

  // --- the body, where a step has to see it before the integration does

  /** Reads the whole body and keeps it, so that it can be read again. */
  keepBody(limit: number, done: (body: Buffer | null | 'too-large') => void): void {
    super.readAll(limit, (body) => {
      if (body !== 'too-large') this.#kept = body;
      done(body);
    });
  }

  override readAll(limit: number, done: (body: Buffer | null | 'too-large') => void): void {
    this.prompt = false;
    const kept = this.#kept;
    if (kept === undefined) super.readAll(limit, done);
    else done(kept !== null && kept.length > limit ? 'too-large' : kept);
  }

  override readInto(sink: BodySink): void {
    const kept = this.#kept;
    if (kept === undefined) return super.readInto(sink);
    if (kept !== null) sink.write(kept, 0, kept.length, true);
    sink.end('');
  }

  override resumeRequest(): void {
    if (this.#kept === undefined) super.resumeRequest();
  }

  /** The integration gave an answer that cannot be passed on. */
  refuseIntegration(why: string): void {
    if (this.integrationError === '') this.integrationError = why;
    this.refuse(gatewayErrors.internal);
  }

  /** What the gateway answers to a fault of an integration; noted for the log. */
  failure(fault: Fault): Reply {
    return this.failed(fault);
  }

  /** The head of the answer is there, whoever gave it: the integration's time is over. */
  headCame(): void {
    const { deadline } = this;
    if (deadline === null) return;
    this.deadline = null;
    deadline.release();
  }

  override onlyValue(name: string): string | null | undefined {
    return this.outer.onlyValue(name);
  }

  protected over(): void {
    this.headCame();
    if (this.integrationSentAt !== 0 && this.integrationAnsweredAt === 0) this.integrationAnsweredAt = this.endedAt;
    this.#observer.callEnded(this);
  }

  protected replied(reply: Reply): Reply {
    this.headCame();
    const { body } = reply;
    this.responseLength = body === null || this.method === 'HEAD' ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const { status, headers } = this.#edited({ status: reply.status, headers: reply.headers });
    return { status, reason: status === reply.status ? reply.reason : null, headers, body };
  }

  protected responded(head: ResponseHead, buffer: Buffer | null): ResponseHead {
    this.headCame();
    this.integrationAnsweredAt = this.answeredAt === 0 ? this.now() : this.answeredAt;
    this.integrationStatus = this.targetStatus = head.status;
    this.responseLength = head.contentLength;
    this.#framesKnown = head.framing < 2;
    const { cors } = this.entry.stage;
    if (this.responseEdit === null && (cors === null || (head.whole !== null && buffer !== null && !head.whole.hasCors))) {
      // nothing of it changes but for lines that are added: it goes on as the octets that it came as
      this.outer.clientFields = this.outer.clientFields === '' ? this.#ownFields(cors) : this.outer.clientFields + this.#ownFields(cors);
      return head;
    }
    const { status, headers } = this.#edited({ status: head.status, headers: head.headers });
    return { status, reason: status === head.status ? head.reason : '', headers, framing: head.framing, contentLength: head.contentLength, whole: null };
  }

  /** HTTP APIs do not pass WebSocket on. */
  override get webSocket(): boolean {
    return false;
  }

  /** API Gateway passes no informational responses on. */
  override inform(): void {}

  override send(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    if (!this.#framesKnown) this.responseLength += end - start;
    return super.send(buffer, start, end, stable);
  }

  protected failed(fault: Fault): Reply {
    const error = gatewayErrorOf(fault);
    this.error ??= error;
    this.responseEdit = null;
    if (this.integrationError === '') this.integrationError = fault.sentence;
    return replyOf(error);
  }

  #edited(answer: EditedHead): EditedHead {
    const { status, headers } = this.responseEdit === null ? answer : this.responseEdit.edit(this, answer);
    const { cors } = this.entry.stage;
    return { status, headers: (cors === null ? headers : withoutCorsFields(headers)) + this.#ownFields(cors) };
  }

  /** What is added to every answer. */
  #ownFields(cors: Cors | null): string {
    return cors === null ? this.#requestIdLine : this.#corsFields(cors) + this.#preflightFields + this.#requestIdLine;
  }

  #corsFields(cors: Cors): string {
    const origin = this.#origin;
    const allowed = origin === null ? null : allowedOrigin(cors, origin);
    if (allowed === null) return '';
    let fields = `Access-Control-Allow-Origin: ${allowed}\r\n`;
    if (cors.allowCredentials) fields += 'Access-Control-Allow-Credentials: true\r\n';
    if (cors.exposeHeaders.length > 0 && this.#preflightFields === '') fields += `Access-Control-Expose-Headers: ${cors.exposeHeaders.join(',')}\r\n`;
    return fields;
  }

  /** A preflight request is answered by the gateway, whatever routes there are. False: it is none. */
  preflight(): boolean {
    const { cors } = this.entry.stage;
    const origin = this.#origin;
    if (cors === null || origin === null || this.method !== 'OPTIONS') return false;
    const method = this.header('access-control-request-method');
    if (method === null) return false;
    const fields = preflightFields(cors, { origin, method, headers: this.header('access-control-request-headers') });
    if (fields === null) this.#origin = null;
    else this.#preflightFields = fields;
    this.#noContent();
    return true;
  }

  /** No route matched: where CORS is configured, OPTIONS is answered all the same (observed), with permissions if the origin has them. */
  unmatched(): void {
    if (this.method === 'OPTIONS' && this.entry.stage.cors !== null) this.#noContent();
    else this.refuse(gatewayErrors.notFound);
  }

  #noContent(): void {
    this.reply({ status: 204, reason: null, headers: '', body: null });
  }
}

function replyOf({ status, message }: GatewayError): Reply {
  return { status, reason: null, headers: 'Content-Type: application/json\r\n', body: `{"message":"${message}"}` };
}

/** Field lines without those of CORS. A loop over the lines: a regular expression costs ten times that. */
function withoutCorsFields(headers: string): string {
  let kept = '';
  let from = 0;
  for (let at = 0; at < headers.length; ) {
    const end = headers.indexOf('\r\n', at) + 2;
    if (end === 1) break;
    if ((headers.charCodeAt(at) | 32) === 97 && headers.charCodeAt(at + 6) === 45 && headers.slice(at, at + CORS_PREFIX.length).toLowerCase() === CORS_PREFIX) {
      kept += headers.slice(from, at);
      from = end;
    }
    at = end;
  }
  return from === 0 ? headers : kept + headers.slice(from);
}
