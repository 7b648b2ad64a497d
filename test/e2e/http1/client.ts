import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Names lower-case, values of one name joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly trailers: string;
  /** Octets of the whole message. */
  readonly text: string;
}

/** A client that says exactly what it is told and keeps all that it hears. */
export class RawClient {
  readonly socket: Socket;
  /** latin1: a character an octet. */
  heard = '';
  ended = false;
  closed = false;
  error: NodeJS.ErrnoException | null = null;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.heard += chunk.toString('latin1');
      this.#wake();
    });
    socket.on('end', () => {
      this.ended = true;
      this.#wake();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error;
    });
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(octets: string | Buffer): void {
    this.socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  /** Waits until `done` holds of what has been heard; fails when the connection ends, or `ms` pass, before. */
  async until(done: (heard: string) => boolean, ms = 60_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!done(this.heard)) {
      if (this.ended || this.closed) throw new Error(`the connection ended (${this.error?.code ?? 'FIN'}) after ${JSON.stringify(this.heard.slice(-300))}`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`nothing more within ${ms} ms after ${JSON.stringify(this.heard.slice(-300))}`);
      await this.#news(left);
    }
  }

  /** The next response; taken out of `heard`. */
  async answer(options: { readonly head?: boolean; readonly ms?: number } = {}): Promise<Answer> {
    let answer: Answer | null = null;
    await this.until((heard) => (answer = parse(heard, { head: options.head ?? false, ended: this.ended })) !== null || this.ended, options.ms);
    answer ??= parse(this.heard, { head: options.head ?? false, ended: true });
    if (answer === null) throw new Error(`no response in ${JSON.stringify(this.heard.slice(0, 300))}`);
    this.heard = this.heard.slice((answer as Answer).text.length);
    return answer;
  }

  /** Waits for the end of the connection. */
  async end(ms = 60_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!this.ended && !this.closed) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`still open after ${ms} ms; heard ${JSON.stringify(this.heard.slice(-300))}`);
      await this.#news(left);
    }
  }

  close(): void {
    this.socket.destroy();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** One exchange on a connection of its own. */
export async function ask(port: number, octets: string | Buffer, options: { readonly head?: boolean; readonly ms?: number } = {}): Promise<Answer> {
  const client = await RawClient.open(port);
  try {
    client.send(octets);
    return await client.answer(options);
  } finally {
    client.close();
  }
}

/** The first whole response (1xx too) of `heard`; null while it is not whole. Strict enough to notice what is wrong in ours. */
export function parse(heard: string, options: { readonly head: boolean; readonly ended: boolean }): Answer | null {
  const headEnd = heard.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const [line, ...lines] = heard.slice(0, headEnd).split('\r\n');
  const start = /^HTTP\/1\.1 (\d{3}) (.*)$/s.exec(line!);
  if (!start) throw new Error(`not a status line: ${JSON.stringify(line)}`);
  const headers: Record<string, string> = {};
  for (const field of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/s.exec(field) ?? [];
    if (name === undefined) throw new Error(`not a field line: ${JSON.stringify(field)}`);
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]},${value!}` : value!;
  }
  const status = Number(start[1]);
  const bodyStart = headEnd + 4;
  const done = (end: number, body: string, trailers = ''): Answer => ({ status, reason: start[2]!, headers, body, trailers, text: heard.slice(0, end) });
  if (options.head || status < 200 || status === 204 || status === 304) return done(bodyStart, '');
  if (headers['transfer-encoding'] !== undefined) {
    if (headers['transfer-encoding'] !== 'chunked' || headers['content-length'] !== undefined) throw new Error(`ambiguous framing: ${JSON.stringify(headers)}`);
    let body = '';
    for (let at = bodyStart; ; ) {
      const sizeEnd = heard.indexOf('\r\n', at);
      if (sizeEnd === -1) return null;
      const digits = heard.slice(at, sizeEnd);
      if (!/^[0-9a-f]+$/i.test(digits)) throw new Error(`not a chunk size: ${JSON.stringify(digits)}`);
      const size = parseInt(digits, 16);
      if (size === 0) {
        if (heard.startsWith('\r\n', sizeEnd + 2)) return done(sizeEnd + 4, body);
        const end = heard.indexOf('\r\n\r\n', sizeEnd + 2);
        return end === -1 ? null : done(end + 4, body, heard.slice(sizeEnd + 2, end + 2));
      }
      const data = sizeEnd + 2;
      if (heard.length < data + size + 2) return null;
      if (!heard.startsWith('\r\n', data + size)) throw new Error('a chunk does not end with CRLF');
      body += heard.slice(data, data + size);
      at = data + size + 2;
    }
  }
  if (headers['content-length'] !== undefined) {
    const length = Number(headers['content-length']);
    return heard.length < bodyStart + length ? null : done(bodyStart + length, heard.slice(bodyStart, bodyStart + length));
  }
  return options.ended ? done(heard.length, heard.slice(bodyStart)) : null;
}
