import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { opensslThread } from '../../src/data-plane/sockets/openssl-thread.ts';
import { acceptHandles, OpensslSocket, socketWriter, WriteTurn, type Listening, type SocketWriter, type TcpHandle } from '../../src/data-plane/sockets/index.ts';
import { OpensslClient, type OpensslClientOptions } from '../support/openssl-client.ts';
import { selfSignedContext } from '../support/self-signed.ts';

/** What a line's reader does with what it is told; false: it wants to hear no more. */
export type Hear = (line: Line) => boolean;

export class LineThrew extends Error {}

/**
 * A client, and our side of its connection. What the client says waits until it is delivered, in parts that the caller chooses, as if it had been read in one turn of the loop with that of others;
 * what we say goes through a real socket.
 */
export class Line {
  readonly ours: OpensslSocket;
  readonly client: OpensslClient;
  readonly raw: Socket;
  writer: SocketWriter | null = null;
  /** What the client has said, and we have not been given. */
  unheard: Buffer = Buffer.alloc(0);
  said = '';
  heard = '';
  told = '';
  /** Its octets have been changed, or its end was rough: what both sides hear is a beginning of what was said. */
  spoiled = false;
  clientEnded = false;
  ended = false;
  paused = false;
  /** Asked to go on in this turn: what was kept comes first. */
  settling = false;
  delivering = false;
  readonly events: string[] = [];
  readonly #context: SecureContext;
  #begun = false;

  constructor(ours: OpensslSocket, raw: Socket, { turn, hear, context, options }: { readonly turn: WriteTurn; readonly hear: Hear; readonly context: SecureContext; readonly options: OpensslClientOptions }) {
    this.ours = ours;
    this.raw = raw;
    this.#context = context;
    this.client = new OpensslClient(options);
    for (const event of ['secure', 'end', 'error', 'close']) ours.on(event, () => void this.events.push(event));
    ours.on('secure', () => void (this.writer = socketWriter(ours, { turn, drained: () => {}, refused: null })));
    ours.reader = {
      read: (length, buffer) => {
        this.heard += buffer.toString('latin1', 0, length);
        const goesOn = hear(this);
        if (!goesOn) this.paused = true;
        return goesOn;
      },
    };
    raw.on('data', (octets: Buffer) => {
      this.client.hear(octets);
      this.collect();
    });
    raw.on('error', () => {});
    this.collect();
  }

  collect(): void {
    this.say(this.client.said());
  }

  say(octets: Buffer): void {
    if (octets.length > 0) this.unheard = Buffer.concat([this.unheard, octets]);
  }

  write(text: string): void {
    if (!this.client.secured || this.clientEnded) return;
    this.said += text;
    this.say(this.client.write(text));
  }

  tell(text: string, way: 'write' | 'writeBuffer' | 'writeOctets'): void {
    const { writer } = this;
    if (writer === null || this.ended || this.ours.destroyed) return;
    this.told += text;
    if (way === 'write') return writer.write(text);
    const octets = Buffer.from(text, 'latin1');
    if (way === 'writeBuffer') writer.writeBuffer(octets);
    else writer.writeOctets(octets, 0, octets.length);
    if (!writer.keeps) octets.fill('?');
  }

  end(): void {
    if (this.writer === null || this.ended) return;
    this.ended = true;
    this.writer.end();
  }

  /** The first `length` octets of what waits. */
  deliver(length: number): void {
    if (this.paused || this.settling || this.ours.destroyed || length === 0) return;
    const part = Buffer.from(this.unheard.subarray(0, length));
    this.unheard = this.unheard.subarray(length);
    this.delivering = true;
    try {
      if (this.#begun) this.ours.heardInTurn(part, part.length);
      else {
        this.#begun = true;
        this.ours.secure({ context: this.#context, alpn: ['h2', 'http/1.1'], read: part });
        this.ours.resume();
      }
    } catch (error) {
      // as whoever is called by the event loop does
      if (!(error instanceof LineThrew)) throw error;
      this.ours.destroy();
    } finally {
      this.delivering = false;
    }
    part.fill(0xa5);
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.settling = true;
    this.ours.resume();
  }

  close(): void {
    this.ours.destroy();
    this.raw.destroy();
    this.client.free();
  }
}

/** Connections, and what OpenSSL was asked for on their account. */
export class Exchange {
  readonly turn = new WriteTurn();
  made = 0;
  freed = 0;
  #listening: Listening | null = null;
  #port = 0;
  readonly #accepted: ((socket: OpensslSocket) => void)[] = [];
  readonly #shared = Buffer.allocUnsafeSlow(64 * 1024);
  readonly #thread = opensslThread()!;
  #context!: SecureContext;

  static async open(): Promise<Exchange> {
    const exchange = new Exchange();
    exchange.#context = await selfSignedContext('localhost');
    exchange.#count();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    exchange.#port = (server.address() as AddressInfo).port;
    exchange.#listening = acceptHandles(server, (handle: TcpHandle) => exchange.#accepted.shift()!(new OpensslSocket(handle, exchange.#shared)));
    return exchange;
  }

  #count(): void {
    const calls = this.#thread.openssl.calls;
    const { SSL_new: make, SSL_free: free } = calls;
    const open = new Set<bigint>();
    calls.SSL_new = (context) => {
      this.made++;
      const ssl = make(context);
      open.add(ssl);
      return ssl;
    };
    calls.SSL_free = (ssl) => {
      this.freed++;
      if (!open.delete(ssl)) throw new Error('freed, and not there');
      free(ssl);
    };
  }

  async line(options: OpensslClientOptions, hear: Hear): Promise<Line> {
    const accepted = new Promise<OpensslSocket>((resolve) => void this.#accepted.push(resolve));
    const raw = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    return new Line(await accepted, raw, { turn: this.turn, hear, context: this.#context, options });
  }

  /** Nothing is left between two calls where others' octets come next. */
  checkEmpty(): void {
    const { openssl: { calls }, inward, outward } = this.#thread;
    const [heard, said] = [calls.BIO_ctrl_pending(inward), calls.BIO_ctrl_pending(outward)];
    if (heard > 0n || said > 0n) throw new Error(`${heard} octets of what was heard, and ${said} of what is to be said, are left for the next connection`);
  }

  close(): void {
    this.#listening?.close();
  }
}
