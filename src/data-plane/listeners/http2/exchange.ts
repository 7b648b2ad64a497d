import { randomBytes } from 'node:crypto';
import type { ByteStream, Taker } from '../../../kernel/index.ts';
import {
  Exchange, faults, LENGTH, NO_BODY, type BodySink, type Fault, type MishapPlace, type Reply, type ResponseHead, type ResponseSource, type Runs, type Transform,
} from '../../exchange/index.ts';
import { endToEnd, type FieldLines, UPGRADE } from '../../wire/index.ts';
import { CANCEL, INTERNAL_ERROR, type RequestFields } from '../../wire/http2/index.ts';
import { errorReply } from '../http1/error-page.ts';
import { grpcReply } from './grpc-reply.ts';
import type { Http2Connection } from './connection.ts';
import { Tunnel } from './tunnel.ts';

/** What most streams hold of a body, or wait with; a list of their own comes with the first piece. */
const NO_PIECES = Object.freeze([]) as readonly Buffer[] as Buffer[];
/** Credit is given back when so much of a stream's window has been used up. */
const CREDIT_STEP = 32 * 1024;

/** An exchange over one stream of an HTTP/2 connection: the stream's own half of the state machine (RFC 9113 section 5.1) and of flow control. */
export class Http2Exchange extends Exchange {
  readonly connection: Http2Connection;
  readonly id: number;
  override version = 20;
  /** In the wheel's `now`: when something last moved that the client had to move. */
  touchedAt: number;
  /** Octets of DATA that the client takes / may send. */
  sendWindow: number;
  receiveWindow: number;
  /** END_STREAM has come. */
  remoteClosed = false;
  /** Among those that wait for a window or for the socket; the connection's own. */
  listed = false;
  #lines = '';
  /** The head as it would be in HTTP/1.1, where somebody has it; '' where it is made when it is asked for. */
  #head = '';
  #agent: string | null = null;
  #owed = -1;
  // --- the request's body
  #sink: BodySink | null = null;
  /** The sink asked for a pause. */
  #blocked = false;
  #held = NO_PIECES;
  #heldOctets = 0;
  #trailers = '';
  #bodyTold = false;
  #consumed = 0;
  // --- the reply
  #committed = false;
  #ended = false;
  #queue = NO_PIECES;
  #finishing = false;
  #trailersOut = '';
  #wantsDrain = false;
  #whole = false;
  // --- RFC 8441
  #asksForTunnel = false;
  /** Who took the stream over. */
  #taker: Taker | null = null;
  #saidAll = false;

  constructor(connection: Http2Connection, id: number, windows: { readonly send: number; readonly receive: number }) {
    super(connection);
    this.connection = connection;
    this.id = id;
    this.sendWindow = windows.send;
    this.receiveWindow = windows.receive;
    this.touchedAt = connection.worker.wheel.now;
  }

  get committed(): boolean {
    return this.#committed;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The next move is the client's: it owes us octets of a body that somebody waits for, or must take what we have. */
  get awaitsClient(): boolean {
    if (this.#queue.length > 0) return true;
    // nothing has passed either way
    if (this.#taker !== null) return !this.#taker.keepsTime;
    return !this.remoteClosed && this.#sink !== null && !this.#blocked && this.#held.length === 0;
  }

  /** Octets that Content-Length still promises; -1: it says nothing. */
  get owed(): number {
    return this.#owed;
  }

  get hasQueued(): boolean {
    return this.#queue.length > 0;
  }

  now(): number {
    return this.connection.worker.clock.monotonic();
  }

  // --- fields

  /** `head`: in one piece, as HTTP/1.1 would have it; '' where nobody has it yet. */
  received(fields: RequestFields, head: string): void {
    this.#head = head;
    this.#lines = fields.lines;
    this.#agent = fields.userAgent;
    this.#owed = fields.contentLength;
    this.method = fields.method;
    this.target = fields.target;
    this.path = fields.path;
    this.query = fields.query;
    this.host = fields.host;
    this.authority = fields.authority;
    this.present = fields.present;
    this.grpc = fields.grpc;
    this.expectsContinue = fields.expectsContinue;
    if (fields.protocol === 'websocket') {
      // the handshake that it stands for
      this.#asksForTunnel = true;
      this.#owed = -1;
      this.method = 'GET';
      this.present |= 1 << UPGRADE;
      this.#head = '';
      this.#lines += `sec-websocket-key: ${randomBytes(16).toString('base64')}\r\n`;
    }
  }

  override transform(transform: Transform): void {
    super.transform(transform);
    this.#head = '';
  }

  get userAgent(): string | null {
    return this.#agent;
  }

  get headers(): string {
    return this.#lines;
  }

  head(drop: number): string {
    if ((this.present & drop) !== 0) return '';
    // without the last line break, as a head is cut before its empty line
    return this.#head === '' ? `${this.method} ${this.target} HTTP/1.1\r\n${this.#lines}` : this.#head;
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

  endToEnd(drop: number): string {
    return (this.present & drop) === 0 ? this.#lines : endToEnd(this.#fields(), drop, '');
  }

  #fields(): FieldLines {
    const { worker } = this.connection;
    if (worker.againOwner !== this) {
      worker.again.read(`${this.#lines}\r\n`);
      worker.againOwner = this;
    }
    return worker.again;
  }

  // --- the request's body: what the connection tells

  /** Octets of DATA. They are read in place, or kept while nobody takes them. False: more than Content-Length says. */
  data(buffer: Buffer, start: number, end: number): boolean {
    const length = end - start;
    this.bytesIn += length;
    if (this.#owed !== -1 && (this.#owed -= length) < 0) return false;
    this.touchedAt = this.connection.worker.wheel.now;
    const sink = this.#sink;
    if (sink === null || this.#blocked || this.#held.length > 0) {
      if (this.#held === NO_PIECES) this.#held = [];
      this.#held.push(Buffer.from(buffer.subarray(start, end)));
      this.#heldOctets += length;
      return true;
    }
    try {
      if (!sink.write(buffer, start, end, false)) this.#blocked = true;
    } catch (error) {
      this.crash('client', error);
    }
    // whatever came of them, the octets are no longer in the connection's window
    this.#consume(length);
    return true;
  }

  /** END_STREAM. False: less than Content-Length says. */
  endOfBody(trailers: string): boolean {
    if (this.#owed > 0) return false;
    this.remoteClosed = true;
    this.#trailers = trailers;
    this.#tellEnd();
    return true;
  }

  /** Padding, which is flow-controlled but nobody's. */
  padding(octets: number): void {
    this.#consume(octets);
  }

  #consume(octets: number): void {
    this.#consumed += octets;
    this.connection.consumed(octets);
    // a sink that is full gives credit when it goes on
    if (this.#consumed >= CREDIT_STEP && !this.#blocked) this.#credit();
  }

  #credit(): void {
    if (this.remoteClosed || this.#ended) return;
    const octets = this.#consumed;
    this.#consumed = 0;
    this.receiveWindow += octets;
    this.connection.credit(this.id, octets);
  }

  #tellEnd(): void {
    if (!this.remoteClosed || this.#bodyTold || this.#sink === null || this.#held.length > 0 || this.#ended) return;
    this.#bodyTold = true;
    this.#sink.end(this.#trailers);
    // the other direction has ended before
    if (this.#saidAll && !this.#ended) this.#end(this.now());
  }

  // --- the request's body: what the exchange's owner asks

  readInto(sink: BodySink): void {
    this.#sink = sink;
    this.touchedAt = this.connection.worker.wheel.now;
    if (this.expectsContinue) {
      this.expectsContinue = false;
      if (!this.remoteClosed && this.#held.length === 0) this.connection.writeHead(this, { status: 100, lines: '', last: false });
    }
    this.#deliver();
  }

  resumeRequest(): void {
    if (this.#ended) return;
    this.#blocked = false;
    this.touchedAt = this.connection.worker.wheel.now;
    if (this.#consumed >= CREDIT_STEP) this.#credit();
    this.#deliver();
  }

  #deliver(): void {
    const sink = this.#sink!;
    while (this.#held.length > 0 && !this.#blocked && !this.#ended) {
      const piece = this.#held.shift()!;
      this.#heldOctets -= piece.length;
      try {
        if (!sink.write(piece, 0, piece.length, true)) this.#blocked = true;
      } finally {
        // whatever came of them, the octets are no longer in the connection's window
        this.#consume(piece.length);
      }
    }
    this.#tellEnd();
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
    const { body } = reply;
    // a gRPC call is answered with 200 whatever came of it; logs and metrics tell the fault's status
    const status = this.grpc && this.fault !== null && reply.headers.includes('grpc-status') ? 200 : reply.status;
    const bytes = body === null ? null : typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const manners = this.site?.manners;
    let lines = manners !== undefined ? manners.server : this.site?.listener.http.serverHeader !== false ? 'server: awselb/2.0\r\n' : '';
    lines += `date: ${connection.worker.date(connection.worker.clock.monotonic())}\r\n${this.#edited(reply.headers)}`;
    // 1xx and 204 carry no Content-Length (RFC 9110 section 8.6)
    if (status !== 204 && status !== 304 && !(this.grpc && bytes === null)) lines += `content-length: ${bytes?.length ?? 0}\r\n`;
    const bare = bytes === null || bytes.length === 0 || this.method === 'HEAD' || status === 204 || status === 304;
    this.#commit(reply.status);
    connection.writeHead(this, { status, lines, last: bare });
    if (bare) return this.#end(this.now());
    // from memory, and nobody changes it
    this.send(bytes, 0, bytes.length, true);
    this.finish('');
  }

  fail(fault: Fault): void {
    if (this.#ended) return;
    this.fault ??= fault;
    const { source } = this;
    if (!this.#committed) {
      if (this.errorReason === '' && fault.reason !== '-') this.errorReason = fault.reason;
      this.reply(this.site?.manners?.reply(fault) ?? (this.grpc ? grpcReply(fault) : errorReply(fault)));
    } else {
      // the head is gone: only a reset tells the client that the body is not whole
      this.connection.reset(this, INTERNAL_ERROR);
      this.#end(this.now());
    }
    source?.cancel(fault);
  }

  respond(head: ResponseHead, source: ResponseSource, buffer: Buffer | null, start: number, end: number): void {
    if (this.#committed || this.#ended) return;
    // 2xx would mean that the stream is a WebSocket now (RFC 8441 section 4)
    if (this.#asksForTunnel && head.status < 300) {
      this.fault = faults['upstream-malformed'];
      return this.reply(errorReply(this.fault));
    }
    this.source = source;
    this.#commit(head.status);
    const { connection } = this;
    if (head.framing === NO_BODY) {
      this.#whole = true;
      connection.writeHead(this, { status: head.status, lines: this.#edited(head.headers), last: true });
      return this.#end(this.answeredAt === 0 ? this.now() : this.answeredAt);
    }
    const { whole } = head;
    if (whole !== null && this.edit === null && this.clientFields === '') connection.writeReceived(this, head, { view: whole.view, start: whole.runStart(0), end: start, passes: passes(whole) });
    else connection.writeHead(this, { status: head.status, lines: this.#edited(head.headers), last: false });
    if (buffer === null) return;
    this.#whole = head.framing === LENGTH;
    if (end > start) this.send(buffer, start, end, false);
  }

  /** The fields of an answer as listener, target and steps want them. */
  #edited(headers: string): string {
    return (this.edit === null ? headers : this.edit.edit(this, headers)) + this.clientFields;
  }

  inform(status: number, _reason: string, headers: string): void {
    if (!this.#committed && !this.#ended) this.connection.writeHead(this, { status, lines: headers, last: false });
  }

  send(buffer: Buffer, start: number, end: number, stable: boolean): boolean {
    if (this.#ended) return true;
    const { connection } = this;
    this.touchedAt = connection.worker.wheel.now;
    let at = start;
    if (this.#queue.length === 0) at = connection.writeData(this, buffer, start, end);
    if (at < end) {
      if (this.#queue === NO_PIECES) this.#queue = [];
      this.#queue.push(stable ? buffer.subarray(at, end) : Buffer.from(buffer.subarray(at, end)));
    } else if (!connection.congested) return true;
    this.#wantsDrain = true;
    connection.waits(this);
    return false;
  }

  finish(trailers: string): void {
    if (this.#ended || this.#finishing) return;
    this.#finishing = true;
    this.#trailersOut = trailers;
    // the source is done: nothing is left to cancel, or to ask for more
    this.source = null;
    this.#wantsDrain = false;
    if (this.#queue.length === 0) this.#sendEnd();
  }

  // --- the end of HTTP

  get webSocket(): boolean {
    return this.#asksForTunnel;
  }

  upgrade(headers: string, taker: Taker): ByteStream | null {
    if (this.#committed || this.#ended || !this.#asksForTunnel) return null;
    this.#taker = taker;
    this.#commit(200);
    // there was no key that could be accepted (RFC 8441 section 5)
    this.connection.writeHead(this, { status: 200, lines: this.#edited(headers).replace(/^sec-websocket-accept:.*\r\n/gim, ''), last: false });
    this.source = { resume: () => taker.resume(), cancel: () => {} };
    return new Tunnel(this, taker);
  }

  /** The other end is gone: what was written before goes out first, and where some of it still waits for a window, it is worth more than the way in which the conversation broke off. */
  closeTunnel(reset: boolean): void {
    if (this.#ended) return;
    this.#taker = null;
    this.#sink = null;
    if (this.#queue.length > 0) {
      this.#finishing = true;
      return;
    }
    if (reset) {
      this.connection.reset(this, CANCEL);
      this.#end(this.now());
    } else this.#sendEnd();
  }

  /** The listener stops. */
  drain(): void {
    this.#taker?.drain();
  }

  // --- what the connection tells

  /** There may be room again: sends one frame's worth. True when something moved. */
  pump(): boolean {
    try {
      return this.#pumped();
    } catch (error) {
      this.crash('client', error);
      return false;
    }
  }

  #pumped(): boolean {
    const first = this.#queue[0];
    if (first !== undefined) {
      const at = this.connection.writeData(this, first, 0, first.length);
      if (at === 0) return false;
      this.touchedAt = this.connection.worker.wheel.now;
      if (at < first.length) this.#queue[0] = first.subarray(at);
      else this.#queue.shift();
    }
    if (this.#queue.length > 0) return true;
    if (this.#finishing) this.#sendEnd();
    else if (this.#wantsDrain && !this.connection.congested) {
      this.#wantsDrain = false;
      this.source?.resume();
    } else return false;
    return true;
  }

  /** It waits for something still. */
  get waiting(): boolean {
    return !this.#ended && (this.#queue.length > 0 || this.#wantsDrain);
  }

  /** The client has reset the stream, is gone, or broke the rules: nothing more is said on it. */
  abandon(fault: Fault): void {
    if (this.#ended) return;
    this.fault ??= fault;
    if (!this.#committed) this.status = fault.status;
    const { source } = this;
    const sink = this.#bodyTold ? null : this.#sink;
    const taker = this.#taker;
    this.#taker = null;
    this.#end(this.now());
    try {
      if (taker !== null) taker.destroy(true);
      else sink?.abort(fault);
      source?.cancel(fault);
    } catch (error) {
      this.mishap('client', error);
    }
  }

  /** The client owes octets of its body for too long. */
  late(): void {
    if (this.#taker !== null) {
      this.connection.reset(this, CANCEL);
      return this.abandon(faults['client-closed']);
    }
    this.#sink?.abort(faults['request-timeout']);
    this.fail(faults['request-timeout']);
  }

  #commit(status: number): void {
    this.#committed = true;
    this.status = status;
  }

  #sendEnd(): void {
    this.connection.writeEnd(this, this.#trailersOut);
    if (this.#taker !== null && !this.#bodyTold) {
      this.#saidAll = true;
      return;
    }
    this.#end(this.#whole && this.#held.length === 0 && this.answeredAt !== 0 ? this.answeredAt : this.now());
  }

  #end(now: number): void {
    this.#ended = true;
    this.endedAt = now;
    this.source = null;
    this.#sink = null;
    // what nobody has taken gives its room in the connection's window back
    if (this.#heldOctets > 0) this.connection.consumed(this.#heldOctets);
    this.#held = NO_PIECES;
    this.#queue = NO_PIECES;
    try {
      this.site?.observer.exchangeEnded(this);
    } catch (error) {
      this.mishap('observer', error);
    }
    this.connection.exchangeEnded(this);
  }

  // --- what must not happen

  mishap(place: MishapPlace, error: unknown): void {
    this.connection.worker.mishaps.note(place, error);
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

/** See `Octets.passes`: where the runs begin and end, but for the end of the body. */
function passes(runs: Runs): number {
  const base = runs.runStart(0);
  let number = runs.count;
  for (let i = 1; i < runs.count; i++) number = (Math.imul(number, 0x10001) + (runs.runEnd(i - 1) - base) * 521 + (runs.runStart(i) - base)) | 0;
  return number;
}
