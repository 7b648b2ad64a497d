import { InnerExchange, keptHead, LENGTH, NO_BODY, type ApiExchange, type BodySink, type Fault, type Reply, type ResponseHead } from '../../exchange/index.ts';
import { CONTENT_LENGTH, endToEnd, FieldLines, fieldSet, TRANSFER_ENCODING } from '../../wire/index.ts';
import { type IntegrationDeadlines, LONGEST_BODY } from './integration.ts';
import type { ResponseMappings } from './response-mapping.ts';
import { fieldValues } from './selection.ts';

/** Field lines of requests that mappings have changed, read again; one a thread, since who asks is done before the next does. */
export class MappedFields {
  readonly lines = new FieldLines({ fields: 400, line: 64 * 1024 });
  owner: object | null = null;
}

const LENGTH_FIELD = fieldSet(CONTENT_LENGTH);
const FRAMING = fieldSet(CONTENT_LENGTH, TRANSFER_ENCODING);

export interface IntegrationRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  /** Field lines in place of the client's; null: those, with `added` after them. */
  readonly mapped: string | null;
  readonly added: string;
  /** The body, where it had to be read to be looked at; 'stream': it flows by. */
  readonly body: Buffer | null | 'stream';
}

export interface IntegrationContext {
  readonly deadlines: IntegrationDeadlines;
  readonly fields: MappedFields;
  readonly responses: ResponseMappings;
}

/** The request that an integration gets, and its answer on the way back. Reads as the client's request does but for what mappings have changed. */
export abstract class IntegrationExchange extends InnerExchange {
  readonly call: ApiExchange;
  readonly #request: IntegrationRequest;
  readonly #context: IntegrationContext;
  /** An answer whose body is looked into before its head goes on. */
  #collected: { readonly head: ResponseHead; readonly parts: Buffer[]; size: number } | null = null;

  constructor(call: ApiExchange, request: IntegrationRequest, context: IntegrationContext) {
    super(call);
    this.call = call;
    this.#request = request;
    this.#context = context;
    this.method = request.method;
    this.path = request.path;
    this.query = request.query;
    if (request.path !== call.path || request.query !== call.query) this.target = targetOf(request);
    this.appended = request.added;
    if (request.body !== 'stream') {
      this.framing = request.body === null ? NO_BODY : LENGTH;
      this.contentLength = request.body?.length ?? 0;
    }
    if (request.mapped !== null) this.present = this.#lines().present;
    // whoever writes a head goes by these: a body without its length would be read as the next request
    if (request.body !== 'stream') this.present &= ~FRAMING;
    if (this.framing === LENGTH) this.present |= LENGTH_FIELD;
    context.deadlines.begin(call);
  }

  /** The integration's own accounting; nothing for those that have none. */
  protected abstract override over(): void;

  override get headers(): string {
    return (this.#request.mapped ?? this.call.headers) + this.#request.added;
  }

  override header(name: string): string | null {
    return this.headerValues(name)[0] ?? null;
  }

  override headerValues(name: string): readonly string[] {
    const { mapped, added } = this.#request;
    const own = mapped === null ? this.call.headerValues(name) : fieldValues(mapped, name);
    const more = fieldValues(added, name);
    return more.length === 0 ? own : [...own, ...more];
  }

  override head(drop: number): string {
    // the request line can only go on as it came where nothing of it was changed
    if (this.#request.mapped !== null || this.target !== this.call.target || this.method !== this.call.method || this.#request.body !== 'stream') return '';
    return this.call.head(drop);
  }

  override endToEnd(drop: number): string {
    return this.passedOn(drop) + this.appended;
  }

  /** `endToEnd` without what the gateway appends. */
  passedOn(drop: number): string {
    return this.#request.mapped === null ? this.call.endToEnd(drop) : endToEnd(this.#lines().lines, drop, '');
  }

  override readInto(sink: BodySink): void {
    const { body } = this.#request;
    if (body === 'stream') return super.readInto(sink);
    if (body !== null) sink.write(body, 0, body.length, true);
    sink.end('');
  }

  override resumeRequest(): void {
    if (this.#request.body === 'stream') super.resumeRequest();
  }

  override readAll(limit: number, done: (body: Buffer | null | 'too-large') => void): void {
    const { body } = this.#request;
    if (body === 'stream') super.readAll(limit, done);
    else done(body !== null && body.length > limit ? 'too-large' : body);
  }

  // --- the answer

  override respond(head: ResponseHead, source: InnerExchange['source'] & object, buffer: Buffer | null, start: number, end: number): void {
    const { responses } = this.#context;
    if (!responses.needsBody) return super.respond(head, source, buffer, start, end);
    this.source = source;
    this.call.headCame();
    this.call.integrationAnsweredAt = this.now();
    this.#collected = { head: keptHead(head), parts: [], size: 0 };
    if (buffer !== null && end > start) this.send(buffer, start, end, false);
  }

  override send(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    const collected = this.#collected;
    if (collected === null) return super.send(buffer, start, end, stable);
    collected.size += end - start;
    if (collected.size <= LONGEST_BODY) collected.parts.push(Buffer.from(buffer.subarray(start, end)));
    return true;
  }

  override finish(trailers: string): void {
    const collected = this.#collected;
    if (collected === null) return super.finish(trailers);
    if (this.ended) return;
    const body = collected.size > LONGEST_BODY ? null : Buffer.concat(collected.parts);
    const { status, headers } = collected.head;
    this.targetStatus = status;
    this.call.responseEdit = this.#context.responses.withBody(body);
    // what is too long for a mapping to look into cannot be answered either: it has not been kept
    if (body === null) return this.call.refuseIntegration('The answer of the integration is longer than 10 MB');
    super.reply({ status, reason: null, headers: headers.replace(/^content-length:.*\r\n/im, ''), body });
  }

  protected override replied(reply: Reply): Reply {
    // the gateway's own words are no answer of the integration
    if (this.call.error !== null) return reply;
    this.#edit();
    this.call.integrationAnsweredAt ||= this.now();
    this.call.targetStatus = this.call.integrationStatus = reply.status;
    return reply;
  }

  protected override responded(head: ResponseHead, _buffer: Buffer | null): ResponseHead {
    this.#edit();
    return head;
  }

  protected abstract override failed(fault: Fault): Reply;

  #edit(): void {
    const { responses } = this.#context;
    if (this.call.responseEdit === null && !responses.empty) this.call.responseEdit = responses;
  }

  #lines(): { readonly lines: FieldLines; readonly present: number } {
    const { fields } = this.#context;
    if (fields.owner !== this) {
      fields.lines.read(`${this.#request.mapped ?? ''}\r\n`);
      fields.owner = this;
    }
    let present = 0;
    for (let i = 0; i < fields.lines.count; i++) present |= 1 << fields.lines.known[i]!;
    return { lines: fields.lines, present: present & ~1 };
  }
}

/** Path and query. */
export function targetOf({ path, query }: Pick<IntegrationRequest, 'path' | 'query'>): string {
  return query === null ? path : `${path}?${query}`;
}
