import { flat, latin1, type ByteStream, type Taker } from '../../../kernel/index.ts';
import {
  CHUNKED, Exchange, LENGTH, NO_BODY, UNTIL_CLOSE, type BodySink, type Fault, type Framing, type MishapPlace, type Reply, type ResponseHead, type ResponseSource, type Transform,
} from '../../exchange/index.ts';
import { asksForWebSocket, cut, endToEnd, type FieldLines, reasonPhrase, type RequestHead, statusLine, UPGRADE } from '../../wire/index.ts';
import type { Http1Connection } from './connection.ts';
import { errorReply } from './error-page.ts';

/** Bodies up to this size travel in the same string as their head: one copy, one write. */
const SMALL = 16 * 1024;
/** Unsent bytes above which a client counts as slow. */
const BACKLOG = 64 * 1024;

/** An exchange over HTTP/1.1 or 1.0: writes its reply in the framing that the client can read. */
export class Http1Exchange extends Exchange {
  readonly connection: Http1Connection;
  connectionNames = '';
  /** Which of the thread's heads was its own: see `Http1Worker.owner`. */
  parsed = 0;
  #text = '';
  #fieldsStart = 0;
  #fieldsEnd = 0;
  #plain = false;
  #agentStart = -1;
  #agentEnd = -1;
  #sink: BodySink | null = null;
  #committed = false;
  #ended = false;
  /** Framing towards the client. */
  #out: Framing = NO_BODY;
  /** Octets of the body still owed, with LENGTH. */
  #owed = 0;
  #wantsDrain = false;
  #whole = false;

  constructor(connection: Http1Connection) {
    super(connection);
    this.connection = connection;
  }

  get committed(): boolean {
    return this.#committed;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Where the connection puts the octets of the body; null while nobody reads them. */
  get sink(): BodySink | null {
    return this.#sink;
  }

  now(): number {
    return this.connection.worker.clock.monotonic();
  }

  // --- fields

  /** What the connection has just parsed. */
  received(head: RequestHead): void {
    this.#text = head.fields.text;
    this.#fieldsStart = head.fieldsStart;
    this.#fieldsEnd = head.fields.end - 2;
    this.#plain = head.plain;
    if (head.userAgent >= 0) {
      this.#agentStart = head.fields.valueStart[head.userAgent]!;
      this.#agentEnd = head.fields.valueEnd[head.userAgent]!;
    }
  }

  override transform(transform: Transform): void {
    super.transform(transform);
    // the request line is no longer the one that came
    this.#plain = false;
  }

  get userAgent(): string | null {
    return this.#agentStart < 0 ? null : this.#text.slice(this.#agentStart, this.#agentEnd);
  }

  get headers(): string {
    return this.#text.slice(this.#fieldsStart, this.#fieldsEnd);
  }

  head(drop: number): string {
    if (!this.#plain) return '';
    if ((this.present & drop) === 0 && this.connectionNames === '') return this.#text.slice(0, this.#fieldsEnd);
    const { worker } = this.connection;
    // the scratch is ours while we are the last that was parsed, which is when heads are written
    if (worker.owner !== this.parsed) return '';
    return cut(worker.head.fields, { drop, connectionNames: this.connectionNames, from: 0, to: this.#fieldsEnd });
  }

  header(name: string): string | null {
    const fields = this.#fields();
    const index = fields.find(name);
    return index === -1 ? null : fields.value(index);
  }

  headerValues(name: string): readonly string[] {
    const fields = this.#fields();
    const values: string[] = [];
    for (let i = fields.find(name); i !== -1; i = fields.find(name, i + 1)) values.push(fields.value(i));
    return values;
  }

  override onlyValue(name: string): string | null | undefined {
    const fields = this.#fields();
    const index = fields.find(name);
    if (index === -1) return null;
    return fields.find(name, index + 1) === -1 ? fields.value(index) : undefined;
  }

  endToEnd(drop: number): string {
    if ((this.present & drop) === 0 && this.connectionNames === '') return this.headers;
    return endToEnd(this.#fields(), drop, this.connectionNames);
  }

  /** The scratch of the thread where it still holds this request's fields, else a second one filled again. */
  #fields(): FieldLines {
    const { worker } = this.connection;
    if (worker.owner === this.parsed) return worker.head.fields;
    if (worker.againOwner !== this) {
      worker.again.read(`${this.headers}\r\n`);
      worker.againOwner = this;
    }
    return worker.again;
  }

  // --- the request's body

  readInto(sink: BodySink): void {
    this.#sink = sink;
    if (this.expectsContinue) {
      this.expectsContinue = false;
      this.connection.write('HTTP/1.1 100 Continue\r\n\r\n');
    }
    this.connection.bodyWanted();
  }

  resumeRequest(): void {
    if (!this.#ended) this.connection.bodyWanted();
  }

  readAll(limit: number, done: (body: Buffer | null | 'too-large') => void): void {
    if (this.framing === NO_BODY) return done(null);
    if (this.contentLength > limit) return done('too-large');
    const parts: Buffer[] = [];
    let size = 0;
    let over = false;
    this.readInto({
      write: (buffer, start, end) => {
        size += end - start;
        if (over) return true;
        if (size > limit) {
          over = true;
          parts.length = 0;
          done('too-large');
        } else parts.push(Buffer.from(buffer.subarray(start, end)));
        return true;
      },
      end: () => {
        if (!over) done(parts.length === 1 ? parts[0]! : Buffer.concat(parts, size));
      },
      abort: () => {
        parts.length = 0;
      },
    });
  }

  // --- the reply

  reply(reply: Reply): void {
    if (this.#committed || this.#ended) return;
    const { connection } = this;
    const now = connection.worker.clock.monotonic();
    const date = connection.worker.date(now);
    this.#commit(reply.status);
    const { said } = reply;
    const repeats = said !== undefined && this.edit === null && this.clientFields === '' && connection.keepAlive && this.version >= 11 && this.method !== 'HEAD';
    if (repeats && said.date === date && said.site === this.site) {
      this.#write(said.text);
      return this.#end(now);
    }
    let { body } = reply;
    const length = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    let head = statusLine(reply.status, reply.reason);
    const manners = this.site?.manners;
    if (manners !== undefined) head += manners.server;
    else if (this.site?.listener.http.serverHeader !== false) head += 'Server: awselb/2.0\r\n';
    head += `Date: ${date}\r\n${this.edit === null ? reply.headers : this.edit.edit(this, reply.headers)}${this.clientFields}`;
    // 1xx and 204 carry no Content-Length (RFC 9110 section 8.6)
    if (reply.status !== 204 && reply.status !== 304) head += `Content-Length: ${length}\r\n`;
    head += this.#connectionField();
    head += '\r\n';
    if (this.method === 'HEAD' || reply.status === 204 || reply.status === 304) body = null;
    if (body !== null && length <= SMALL) {
      const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
      const text = head + latin1(bytes, 0, length);
      if (repeats) {
        said.date = date;
        said.site = this.site;
        said.text = flat(text);
      }
      this.#write(text);
    } else {
      this.#write(head);
      if (body !== null && length > 0) this.#writeBuffer(typeof body === 'string' ? Buffer.from(body, 'utf8') : body);
    }
    this.#end(now);
  }

  fail(fault: Fault): void {
    if (this.#ended) return;
    this.fault ??= fault;
    if (fault.origin === 'client') this.connection.closeAfterwards();
    if (!this.#committed) {
      if (this.errorReason === '' && fault.reason !== '-') this.errorReason = fault.reason;
      const { source } = this;
      this.reply(this.site?.manners?.reply(fault) ?? errorReply(fault));
      return source?.cancel(fault);
    }
    // the head is gone: only a broken connection tells the client that the body is not whole
    const { source, connection } = this;
    connection.breakOff(this.#out === UNTIL_CLOSE);
    this.#end(this.now());
    source?.cancel(fault);
  }

  respond(head: ResponseHead, source: ResponseSource, buffer: Buffer | null, start: number, end: number): void {
    if (this.#committed || this.#ended) return;
    this.source = source;
    this.#commit(head.status);
    const { whole } = head;
    if (whole !== null && buffer !== null && this.version >= 11 && this.connection.keepAlive && this.edit === null) {
      this.#whole = true;
      for (let i = 0; i < whole.count; i++) this.#writeRun(buffer, { from: whole.runStart(i), to: whole.runEnd(i), headEnd: start - 2 });
      return;
    }
    let text = statusLine(head.status, head.reason) + (this.edit === null ? head.headers : this.edit.edit(this, head.headers)) + this.clientFields;
    let { framing } = head;
    if (framing === UNTIL_CLOSE || framing === CHUNKED) {
      if (this.version >= 11) {
        framing = CHUNKED;
        text += 'Transfer-Encoding: chunked\r\n';
      } else {
        framing = UNTIL_CLOSE;
        this.connection.closeAfterwards();
      }
    }
    this.#out = framing;
    this.#owed = framing === LENGTH ? head.contentLength : 0;
    text += this.#connectionField();
    text += '\r\n';
    if (buffer === null) this.#write(text);
    else if (framing === LENGTH && end - start <= SMALL) {
      this.#owed -= end - start;
      this.#write(text);
      if (end > start) this.#writeOctets(buffer, start, end);
    } else {
      this.#write(text);
      if (end > start) this.send(buffer, start, end, false);
    }
  }

  inform(status: number, reason: string, headers: string): void {
    // an HTTP/1.0 client would take it for the answer (RFC 9110 section 15.2)
    if (!this.#committed && !this.#ended && this.version >= 11) this.#write(`${statusLine(status, reason || reasonPhrase(status))}${headers}\r\n`);
  }

  send(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    if (this.#ended) return true;
    const length = end - start;
    if (length === 0) return true;
    const { connection } = this;
    connection.touch();
    if (this.#out === CHUNKED) {
      const head = `${length.toString(16)}\r\n`;
      if (length <= SMALL) {
        this.#write(head);
        this.#writeOctets(buffer, start, end);
        this.#write('\r\n');
      }
      else {
        const framed = Buffer.allocUnsafeSlow(head.length + length + 2);
        framed.write(head, 0, 'latin1');
        buffer.copy(framed, head.length, start, end);
        framed.write('\r\n', head.length + length, 'latin1');
        this.#writeBuffer(framed);
      }
    } else {
      this.#owed -= length;
      if (stable) {
        this.bytesOut += length;
        connection.writeBuffer(buffer.subarray(start, end));
        // what the kernel did not take at once still lies in the caller's buffer
        return connection.unsent === 0 || this.#awaitDrain();
      }
      if (length <= SMALL) this.#writeOctets(buffer, start, end);
      else this.#writeBuffer(Buffer.from(buffer.subarray(start, end)));
    }
    return connection.unsent < BACKLOG || this.#awaitDrain();
  }

  finish(trailers: string): void {
    if (this.#ended) return;
    if (this.#out === CHUNKED) this.#write(trailers === '' ? '0\r\n\r\n' : `0\r\n${trailers}\r\n`);
    // less than was promised: the next answer would be read as the rest of this one
    if (this.#owed !== 0) this.connection.closeAfterwards();
    // an answer that came and went in one piece ended when it came
    this.#end(this.#whole ? this.answeredAt : this.now());
  }

  // --- the end of HTTP

  get webSocket(): boolean {
    return (this.present & (1 << UPGRADE)) !== 0 && this.method === 'GET' && this.version === 11 && this.framing === NO_BODY && asksForWebSocket(this.#fields());
  }

  upgrade(headers: string, taker: Taker): ByteStream | null {
    if (this.#committed || this.#ended) return null;
    this.#commit(101);
    this.source = null;
    // cookies that keep a client with its target go with a 101 as with any answer
    const edited = (this.edit === null ? headers : this.edit.edit(this, headers)) + this.clientFields;
    this.#write(`HTTP/1.1 101 Switching Protocols\r\n${edited}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
    return this.connection.upgrade(taker);
  }

  // --- what the connection tells

  /** What was switched to is over: its octets count too. */
  upgradeEnded(octetsIn: number, octetsOut: number): void {
    this.bytesIn += octetsIn;
    this.bytesOut += octetsOut;
    this.#end(this.now());
  }

  /** The client has taken what was sent. */
  drained(): void {
    if (!this.#wantsDrain) return;
    this.#wantsDrain = false;
    this.source?.resume();
  }

  /** The client is gone, or broke the framing of its body, or was silent for too long. */
  abandon(fault: Fault): void {
    if (this.#ended) return;
    this.fault = fault;
    if (!this.#committed) this.status = fault.status;
    this.#sink?.abort(fault);
    const { source } = this;
    this.#end(this.now());
    source?.cancel(fault);
  }

  #awaitDrain(): false {
    this.#wantsDrain = true;
    return false;
  }

  #commit(status: number): void {
    this.#committed = true;
    this.status = status;
    // without the rest of the request's body nobody knows where the next request would begin
    if (!this.connection.bodyRead) this.connection.closeAfterwards();
  }

  #connectionField(): string {
    if (!this.connection.keepAlive) return 'Connection: close\r\n';
    return this.version === 10 ? 'Connection: keep-alive\r\n' : '';
  }

  #write(text: string): void {
    this.bytesOut += text.length;
    this.connection.write(text);
  }

  #writeOctets(buffer: Buffer, start: number, end: number): void {
    this.bytesOut += end - start;
    this.connection.writeOctets(buffer, start, end);
  }

  /** A stretch of an answer that goes on as it came; what is added to its head stands before the empty line. */
  #writeRun(buffer: Buffer, { from, to, headEnd }: { readonly from: number; readonly to: number; readonly headEnd: number }): void {
    if (this.clientFields === '' || headEnd < from || headEnd >= to) return this.#writeOctets(buffer, from, to);
    if (from < headEnd) this.#writeOctets(buffer, from, headEnd);
    this.#write(this.clientFields);
    this.#writeOctets(buffer, headEnd, to);
  }

  #writeBuffer(buffer: Buffer): void {
    this.bytesOut += buffer.length;
    this.connection.writeBuffer(buffer);
  }

  #end(now: number): void {
    this.#ended = true;
    this.endedAt = now;
    this.source = null;
    this.#sink = null;
    try {
      this.site?.observer.exchangeEnded(this);
    } catch (error) {
      this.mishap('observer', error);
    }
    this.connection.exchangeEnded(this);
  }

  // --- what must not happen

  mishap(place: MishapPlace, error: unknown): void {
    const { connection } = this;
    // nobody knows what has been left half done: it carries no other request
    connection.closeAfterwards();
    connection.worker.mishaps.note(place, error);
  }

  override giveUp(): void {
    if (this.bytesOut === 0 && !this.#ended) {
      // nothing of the answer has been said; what edits it may be what threw
      this.#committed = false;
      this.edit = null;
    }
    super.giveUp();
  }

  forsake(): void {
    this.connection.forsake(this);
  }
}
