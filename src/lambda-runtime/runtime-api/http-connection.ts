import type { Socket } from 'node:net';

/** One request of a function's runtime. */
export interface RuntimeRequest {
  readonly method: string;
  readonly path: string;
  /** The value of a field, or undefined; the name is case-insensitive. */
  header(name: string): string | undefined;
  /** At most `maxBody` bytes of the body. */
  readonly body: Buffer;
  /** The body's true length, which may be beyond `maxBody`. */
  readonly bodyLength: number;
}

/** Answers the request that is under way; exactly once. `head` holds field lines, each with its CRLF. */
export type Answer = (status: number, head: string, body: Buffer) => void;

/** Takes a body as it comes, instead of it being kept. */
export interface BodySink {
  /** False: nothing more until `resume` was called. */
  part(bytes: Buffer): boolean;
  /** The body is whole; `request` has its trailers among its fields. */
  end(request: RuntimeRequest, answer: Answer): void;
  /** The connection ended within the body. */
  broken(): void;
}

export interface ConnectionListener {
  request(request: RuntimeRequest, answer: Answer): void;
  /** The head of a request with a body: who takes the body as it comes; null: it is kept. `resume` goes on after a pause. */
  body(request: RuntimeRequest, resume: () => void): BodySink | null;
}

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 202: 'Accepted', 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 413: 'Payload Too Large' };
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const NOTHING = Buffer.alloc(0);
const LONGEST_HEAD = 64 * 1024;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

type Stage = 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'answering' | 'closed';

/**
 * The server side of one HTTP/1.1 connection of a runtime: requests one after the other, pipelined or not, with Content-Length or chunked
 * bodies (RFC 9112). The clients are the runtimes that AWS and others publish: what is not plain HTTP/1.1 ends the connection.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #maxBody: number;
  readonly #listener: ConnectionListener;
  #sink: BodySink | null = null;
  #stage: Stage = 'head';
  #received: Buffer = NOTHING;
  #head = '';
  #lowerHead: string | null = null;
  #remaining = 0;
  #bodyLength = 0;
  #kept = 0;
  #parts: Buffer[] = [];
  #closing = false;
  /** What was received is being read: an answer that is given within that must not read on itself. */
  #advancing = false;
  /** It asks on and does not read what it was told before: it is not heard until it has. */
  #clogged = false;
  /** An acknowledgement that leaves with the next answer. */
  #held: Buffer | null = null;

  constructor(socket: Socket, maxBody: number, listener: ConnectionListener) {
    this.#socket = socket;
    this.#maxBody = maxBody;
    this.#listener = listener;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#stage = 'closed';
      const sink = this.#sink;
      this.#sink = null;
      sink?.broken();
    });
  }

  get open(): boolean {
    return this.#stage !== 'closed';
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    // A client that sends on while its request is being answered is stopped by TCP, not by memory.
    if (this.#stage === 'answering' && this.#received.length > LONGEST_HEAD) this.#socket.pause();
    this.#advance();
  }

  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      this.#readAll();
    } finally {
      this.#advancing = false;
    }
  }

  #readAll(): void {
    for (;;) {
      switch (this.#stage) {
        case 'head': {
          const end = this.#received.indexOf(HEAD_END);
          if (end < 0) {
            if (this.#received.length > LONGEST_HEAD) this.#refuse();
            return;
          }
          this.#head = this.#received.toString('latin1', 0, end + 2);
          this.#lowerHead = null;
          this.#received = this.#received.subarray(end + 4);
          this.#bodyLength = 0;
          this.#kept = 0;
          this.#parts = [];
          if (!this.#begin()) return;
          break;
        }
        case 'body':
        case 'chunk': {
          const taken = this.#received.length <= this.#remaining ? this.#received : this.#received.subarray(0, this.#remaining);
          this.#keep(taken);
          this.#remaining -= taken.length;
          this.#received = taken.length === this.#received.length ? NOTHING : this.#received.subarray(taken.length);
          if (this.#remaining > 0) return;
          if (this.#stage === 'chunk') this.#stage = 'chunk-end';
          else this.#deliver();
          break;
        }
        case 'chunk-size': {
          const line = this.#line();
          if (line === null) return;
          const size = /^([0-9a-fA-F]{1,8})[ \t]*(;.*)?$/.exec(line)?.[1];
          if (size === undefined) return this.#refuse();
          this.#remaining = Number.parseInt(size, 16);
          this.#stage = this.#remaining === 0 ? 'trailers' : 'chunk';
          break;
        }
        case 'chunk-end': {
          const line = this.#line();
          if (line === null) return;
          if (line !== '') return this.#refuse();
          this.#stage = 'chunk-size';
          break;
        }
        case 'trailers': {
          const line = this.#line();
          if (line === null) return;
          // A streamed response that failed half-way says so in trailers: they count as fields of the request.
          if (line === '') this.#deliver();
          else if (this.#head.length > LONGEST_HEAD) return this.#refuse();
          else {
            this.#head += `${line}\r\n`;
            this.#lowerHead = null;
          }
          break;
        }
        case 'answering':
        case 'closed':
          return;
      }
    }
  }

  /** Reads how the body is framed. False when the connection was given up. */
  #begin(): boolean {
    const chunked = /(^|,)\s*chunked$/i.test(this.#header('transfer-encoding') ?? '');
    const length = this.#header('content-length');
    if (length !== undefined && (chunked || !/^\d{1,15}$/.test(length))) {
      this.#refuse();
      return false;
    }
    // curl and the runtimes built on libcurl wait for this before a large response (RFC 9110 section 10.1.1).
    if (/^100-continue$/i.test(this.#header('expect') ?? '')) this.#socket.write(CONTINUE);
    this.#closing = /(^|,)\s*close\s*(,|$)/i.test(this.#header('connection') ?? '') || / HTTP\/1\.0\r\n/.test(this.#head.slice(0, this.#head.indexOf('\n') + 1));
    if (chunked) this.#sink = this.#listener.body(this.#request(NOTHING), () => this.#socket.resume());
    if (chunked) this.#stage = 'chunk-size';
    else if (length === undefined || length === '0') this.#deliver();
    else {
      this.#remaining = Number(length);
      this.#stage = 'body';
    }
    return true;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#bodyLength += part.length;
    if (this.#sink) {
      if (!this.#sink.part(part)) this.#socket.pause();
      return;
    }
    const room = this.#maxBody - this.#kept;
    if (room <= 0) return;
    const kept = part.length <= room ? part : part.subarray(0, room);
    this.#kept += kept.length;
    this.#parts.push(kept);
  }

  #deliver(): void {
    this.#stage = 'answering';
    const body = this.#parts.length === 0 ? NOTHING : this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    const answer: Answer = (status, head, payload) => this.#answer(status, head, payload);
    const sink = this.#sink;
    this.#sink = null;
    if (sink) sink.end(this.#request(body), answer);
    else this.#listener.request(this.#request(body), answer);
  }

  #request(body: Buffer): RuntimeRequest {
    const [method = '', path = ''] = this.#head.slice(0, this.#head.indexOf('\r\n')).split(' ');
    return { method, path, header: (name) => this.#header(name), body, bodyLength: this.#bodyLength };
  }

  #answer(status: number, head: string, body: Buffer): void {
    if (this.#stage !== 'answering') return;
    const close = this.#closing ? 'Connection: close\r\n' : '';
    const text = `HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}\r\n${head}${close}Content-Length: ${body.length}\r\n\r\n`;
    const message = Buffer.allocUnsafe(text.length + body.length);
    message.write(text, 0, 'latin1');
    message.set(body, text.length);
    if (this.#closing) {
      this.#stage = 'closed';
      this.#socket.end(message);
      return;
    }
    // The bundled runtimes hand in a result and ask for more in one write, and do not wait for the acknowledgement: one write and one wake-up less.
    if (this.#received.length > 0 && this.#header('turnpike-log-records') !== undefined) this.#held = this.#held === null ? message : Buffer.concat([this.#held, message]);
    else if (this.#held === null) this.#send(message);
    else {
      this.#send(Buffer.concat([this.#held, message]));
      this.#held = null;
    }
    this.#stage = 'head';
    if (this.#socket.isPaused() && !this.#clogged) this.#socket.resume();
    if (this.#received.length > 0) this.#advance();
  }

  #send(message: Buffer): void {
    const unread = this.#socket.writableLength;
    if (this.#socket.write(message) || this.#clogged || unread <= LONGEST_HEAD) return;
    this.#clogged = true;
    this.#socket.pause();
    this.#socket.once('drain', () => {
      this.#clogged = false;
      this.#socket.resume();
    });
  }

  #refuse(): void {
    this.#stage = 'closed';
    this.#socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }

  /** Takes one line out of what was received; null while it is incomplete. */
  #line(): string | null {
    const end = this.#received.indexOf(LINE_END);
    if (end < 0) {
      if (this.#received.length > LONGEST_HEAD) this.#refuse();
      return null;
    }
    const line = this.#received.toString('latin1', 0, end);
    this.#received = this.#received.subarray(end + 2);
    return line;
  }

  #header(name: string): string | undefined {
    this.#lowerHead ??= this.#head.toLowerCase();
    const at = this.#lowerHead.indexOf(`\r\n${name.toLowerCase()}:`);
    if (at < 0) return undefined;
    const from = at + name.length + 3;
    return this.#head.slice(from, this.#head.indexOf('\r\n', from)).trim();
  }
}
