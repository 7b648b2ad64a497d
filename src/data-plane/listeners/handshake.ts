import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../kernel/index.ts';
import type { DownstreamTls } from '../exchange/index.ts';
import { wrapTls, type OnRead } from './accept.ts';
import type { ServedCertificate } from './certificates.ts';
import { HELLO_BYTES, readClientHello, UNREADABLE_HELLO, type ClientHello } from './client-hello.ts';

/** What a client that is about to be let in gets. */
export interface Welcome {
  readonly certificate: ServedCertificate;
  /** In order of preference. */
  readonly alpn: readonly string[];
}

export interface HandshakeOwner {
  /** Decides by what the client says of itself; null when nothing serves here any more. */
  welcome(hello: ClientHello): Welcome | null;
  /** The handshake is complete. `serverName`: SNI. */
  secured(handshake: Handshake, socket: TLSSocket): void;
  /** It came to nothing; the socket is gone. */
  failed(handshake: Handshake, failure: HandshakeFailure): void;
}

export interface HandshakeFailure {
  /** The client spoke HTTP in the clear and got an answer that says so. */
  readonly plainHttp: boolean;
  /** For people. */
  readonly why: string;
}

/** What one owner's handshakes share. */
export interface HandshakeContext {
  readonly clock: Clock;
  /** Where the connection will read into. */
  readonly readBuffer: Buffer;
  /** From the connection to the end of its handshake, milliseconds. */
  readonly withinMs: number;
}

const PLAIN_HTTP_PAGE =
  '<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n' +
  '<center>The plain HTTP request was sent to HTTPS port</center>\r\n</body>\r\n</html>\r\n';
/** What the answer's client may take to hang up. */
const PLAIN_HTTP_LINGER_MS = 1_000;

/**
 * The TLS handshake of one accepted socket. Reads the ClientHello first and by it chooses the whole context (versions and cipher suites
 * with the certificate), which no callback of OpenSSL could do: by then the version is settled. Then OpenSSL does the rest.
 */
export class Handshake {
  readonly remoteAddress: string;
  serverName: string | null = null;
  readonly #accepted: Socket;
  readonly #owner: HandshakeOwner;
  readonly #context: HandshakeContext;
  readonly #patience: { cancel(): void };
  #socket: TLSSocket | null = null;
  #read: Buffer | null = null;
  #served: ServedCertificate | null = null;
  #over = false;
  /** Set by whoever takes the connection over, before the first octet is read. */
  onRead: OnRead = () => true;

  constructor(accepted: Socket, owner: HandshakeOwner, context: HandshakeContext) {
    this.#accepted = accepted;
    this.#owner = owner;
    this.#context = context;
    this.remoteAddress = accepted.remoteAddress ?? '';
    this.#patience = context.clock.after(context.withinMs, () => this.#fail('the TLS handshake took too long'));
    accepted.on('data', this.#hear);
    accepted.on('end', this.#ended);
    accepted.on('close', this.#ended);
    accepted.on('error', this.#error);
    accepted.resume();
  }

  /** Ends it: the listener closes. */
  destroy(): void {
    if (this.#over) return;
    this.#finish();
    (this.#socket ?? this.#accepted).destroy();
  }

  /** What logs and targets are told; after `secured`. */
  describe(): DownstreamTls {
    const socket = this.#socket!;
    return {
      version: socket.getProtocol() ?? '-',
      cipher: socket.getCipher()?.name ?? '-',
      serverName: this.serverName,
      alpn: socket.alpnProtocol || null,
      certificate: this.#served!.id,
    };
  }

  readonly #hear = (chunk: Buffer): void => {
    const read = this.#read === null ? chunk : Buffer.concat([this.#read, chunk]);
    this.#read = read;
    const hello = readClientHello(read);
    if (hello === 'incomplete') {
      if (read.length > HELLO_BYTES) this.#begin(UNREADABLE_HELLO, read);
    } else if (hello !== 'not-tls') this.#begin(hello, read);
    else if (isHttp(read)) this.#answerPlainHttp();
    else this.#begin(UNREADABLE_HELLO, read);
  };

  readonly #ended = (): void => this.#fail('the client closed the connection during the TLS handshake');
  readonly #error = (error: Error): void => this.#fail(error.message);

  #begin(hello: ClientHello, read: Buffer): void {
    const accepted = this.#accepted;
    const welcome = this.#owner.welcome(hello);
    if (welcome === null) return this.destroy();
    this.serverName = hello.serverName;
    this.#served = welcome.certificate;
    this.#read = null;
    accepted.off('data', this.#hear);
    accepted.off('end', this.#ended);
    accepted.off('close', this.#ended);
    accepted.pause();
    // what has been read is given back: the TLS socket takes what waits in the one below it first
    accepted.unshift(read);
    const socket = wrapTls(
      accepted,
      { secureContext: welcome.certificate.context, ALPNProtocols: [...welcome.alpn] },
      { buffer: this.#context.readBuffer, onRead: (length, buffer) => this.onRead(length, buffer) },
    );
    this.#socket = socket;
    socket.on('error', this.#error);
    socket.on('end', this.#ended);
    socket.on('close', this.#ended);
    socket.once('secure', this.#secure);
    socket.resume();
  }

  readonly #secure = (): void => {
    if (this.#over) return;
    this.#finish();
    const socket = this.#socket!;
    socket.off('error', this.#error);
    socket.off('end', this.#ended);
    socket.off('close', this.#ended);
    this.#owner.secured(this, socket);
  };

  /** ALB says what is wrong to a browser that left the S out (observed). */
  #answerPlainHttp(): void {
    const accepted = this.#accepted;
    this.#finish();
    accepted.off('data', this.#hear);
    accepted.resume();
    accepted.end(
      `HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\nDate: ${new Date(this.#context.clock.now()).toUTCString()}\r\nContent-Type: text/html\r\n` +
        `Content-Length: ${PLAIN_HTTP_PAGE.length}\r\nConnection: close\r\n\r\n${PLAIN_HTTP_PAGE}`,
    );
    const cut = this.#context.clock.after(PLAIN_HTTP_LINGER_MS, () => accepted.destroy());
    accepted.once('close', () => cut.cancel());
    this.#owner.failed(this, { plainHttp: true, why: 'the client spoke HTTP without TLS' });
  }

  #fail(why: string): void {
    if (this.#over) return;
    this.#finish();
    (this.#socket ?? this.#accepted).destroy();
    this.#owner.failed(this, { plainHttp: false, why });
  }

  #finish(): void {
    this.#over = true;
    this.#read = null;
    this.#patience.cancel();
  }
}

/** Begins like a request line: a method of capitals. */
function isHttp(read: Buffer): boolean {
  return /^[A-Z]{3,10} /.test(read.subarray(0, 12).toString('latin1'));
}
