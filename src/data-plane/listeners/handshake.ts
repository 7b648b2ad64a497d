import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';
import type { Clock } from '../../kernel/index.ts';
import type { DownstreamTls, FailedHandshake, HandshakeFailureCode, Mishaps } from '../exchange/index.ts';
import type { OnRead } from './accept.ts';
import type { ClientGate, ServedCertificate } from './certificates.ts';
import { ShownCertificate } from './client-certificate.ts';
import { keyExchangeOf, type ExpectedGroups, type KeyExchange } from './key-exchange.ts';
import { HELLO_BYTES, readClientHello, UNREADABLE_HELLO, type ClientHello } from './client-hello.ts';
import type { HelloReader, SecureSocket, Unsecured } from './unsecured.ts';

/** What a client that is about to be let in gets. */
export interface Welcome {
  readonly certificate: ServedCertificate;
  /** In order of preference. */
  readonly alpn: readonly string[];
  readonly clients: ClientGate | null;
  readonly keyExchange: KeyExchange;
}

export interface HandshakeOwner {
  /** Decides by what the client says of itself; null when nothing serves here any more. */
  welcome(hello: ClientHello): Welcome | null;
  /** The handshake is complete. `serverName`: SNI. */
  secured(handshake: Handshake, socket: SecureSocket): void;
  /** It came to nothing; the socket is gone. */
  failed(handshake: Handshake, failure: HandshakeFailure): void;
  /** The program itself failed at it; the socket is gone. */
  lost(handshake: Handshake): void;
}

export type HandshakeFailure =
  /** The client spoke HTTP in the clear and got an answer that says so. */
  | { readonly plainHttp: true; readonly why: string }
  | ({ readonly plainHttp: false } & Pick<FailedHandshake, 'code' | 'why' | 'version' | 'cipher' | 'keyExchange' | 'certificate'>);

/** What one owner's handshakes share. */
export interface HandshakeContext {
  readonly clock: Clock;
  /** Where the connection will read into. */
  readonly readBuffer: Buffer;
  /** From the connection to the end of its handshake, milliseconds. */
  readonly withinMs: number;
  readonly mishaps: Mishaps;
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
export class Handshake implements HelloReader {
  readonly remoteAddress: string;
  readonly remotePort: number;
  serverName: string | null = null;
  readonly #accepted: Unsecured;
  readonly #owner: HandshakeOwner;
  readonly #context: HandshakeContext;
  readonly #patience: { cancel(): void };
  #socket: SecureSocket | null = null;
  #read: Buffer | null = null;
  #welcome: Welcome | null = null;
  #groups: ExpectedGroups | null = null;
  #shown: ShownCertificate | null = null;
  readonly #startedAt: number;
  #milliseconds = 0;
  #over = false;
  /** Set by whoever takes the connection over, before the first octet is read. */
  onRead: OnRead = () => true;

  constructor(accepted: Unsecured, owner: HandshakeOwner, context: HandshakeContext) {
    this.#accepted = accepted;
    this.#owner = owner;
    this.#context = context;
    this.remoteAddress = accepted.remoteAddress ?? '';
    this.remotePort = accepted.remotePort ?? 0;
    this.#startedAt = context.clock.monotonic();
    this.#patience = context.clock.after(context.withinMs, () => this.#attend(() => this.#fail('the TLS handshake took too long')));
    accepted.listen(this);
  }

  /** Ends it: the listener closes. */
  destroy(): void {
    if (this.#over) return;
    this.#finish();
    (this.#socket ?? this.#accepted).destroy();
  }

  /** What logs and targets are told; after `secured`. */
  describe(): DownstreamTls {
    return { ...this.#agreed(), serverName: this.serverName, alpn: this.#socket!.alpnProtocol || null, certificate: this.#welcome!.certificate.id, handshakeMs: this.#milliseconds, client: this.#shown };
  }

  #agreed(): Pick<DownstreamTls, 'version' | 'cipher' | 'keyExchange'> {
    const version = this.#socket?.getProtocol() ?? '-';
    const cipher = this.#socket?.getCipher()?.name ?? '-';
    return { version, cipher, keyExchange: cipher === '-' || this.#groups === null ? '-' : keyExchangeOf(this.#groups, { version, cipher }) };
  }

  // --- what the connection says before TLS

  hear(chunk: Buffer): void {
    this.#attend(() => this.#heard(chunk));
  }

  #heard(chunk: Buffer): void {
    if (this.#over) return;
    const read = this.#read === null ? chunk : Buffer.concat([this.#read, chunk]);
    this.#read = read;
    const hello = readClientHello(read);
    if (hello === 'incomplete') {
      if (read.length > HELLO_BYTES) this.#begin(UNREADABLE_HELLO, read);
    } else if (hello !== 'not-tls') this.#begin(hello, read);
    else if (isHttp(read)) this.#answerPlainHttp();
    else this.#begin(UNREADABLE_HELLO, read);
  }

  ended(): void {
    this.#attend(() => this.#fail('the client closed the connection during the TLS handshake'));
  }

  broke(error: Error): void {
    this.#attend(() => this.#fail(error.message));
  }

  readonly #ended = (): void => this.ended();
  readonly #error = (error: Error): void => this.broke(error);

  #begin(hello: ClientHello, read: Buffer): void {
    const welcome = this.#owner.welcome(hello);
    if (welcome === null) return this.destroy();
    this.serverName = hello.serverName;
    this.#welcome = welcome;
    this.#groups = welcome.keyExchange.with(hello);
    this.#read = null;
    // a certificate that is not shown ends the handshake with an alert where it will be verified; what is shown is judged once it is there
    const socket = this.#accepted.secure(welcome, read, { buffer: this.#context.readBuffer, onRead: (length, buffer) => this.onRead(length, buffer) });
    if (socket === null) return this.ended();
    this.#socket = socket;
    socket.on('error', this.#error);
    socket.on('end', this.#ended);
    socket.on('close', this.#ended);
    socket.once('secure', this.#secure);
    socket.resume();
  }

  readonly #secure = (): void => this.#attend(() => this.#secured());

  #secured(): void {
    if (this.#over) return;
    const refusal = this.#judgeClient();
    if (refusal !== null) return this.#fail(`the client certificate was refused: ${refusal}`, refusal);
    this.#finish();
    this.#milliseconds = this.#context.clock.monotonic() - this.#startedAt;
    const socket = this.#socket!;
    socket.off('error', this.#error);
    socket.off('end', this.#ended);
    socket.off('close', this.#ended);
    this.#owner.secured(this, socket);
  }

  /** Called by the event loop: what is thrown costs this connection. */
  #attend(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#context.mishaps.note('accept', error);
      this.#finish();
      (this.#socket ?? this.#accepted).destroy();
      this.#owner.lost(this);
    }
  }

  /** ALB says what is wrong to a browser that left the S out (observed). */
  #answerPlainHttp(): void {
    const accepted = this.#accepted.inTheClear();
    if (accepted === null) return this.ended();
    this.#finish();
    accepted.on('error', () => {});
    accepted.resume();
    accepted.end(
      `HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\nDate: ${new Date(this.#context.clock.now()).toUTCString()}\r\nContent-Type: text/html\r\n` +
        `Content-Length: ${PLAIN_HTTP_PAGE.length}\r\nConnection: close\r\n\r\n${PLAIN_HTTP_PAGE}`,
    );
    const cut = this.#context.clock.after(PLAIN_HTTP_LINGER_MS, () => accepted.destroy());
    accepted.once('close', () => cut.cancel());
    this.#owner.failed(this, { plainHttp: true, why: 'the client spoke HTTP without TLS' });
  }

  /** Null where the client may come in. */
  #judgeClient(): HandshakeFailureCode | null {
    const gate = this.#welcome!.clients;
    if (gate === null) return null;
    const chain = shownBy(this.#socket!);
    if (chain.length === 0) return gate.isClosed ? 'UnmappedConnectionError' : null;
    const { verification } = gate;
    const refusal = verification?.verifier.judge(chain, this.#context.clock.now()) ?? null;
    this.#shown = new ShownCertificate(chain, refusal === null ? (verification?.trustStore ?? null) : null);
    return gate.isClosed ? refusal : null;
  }

  #fail(why: string, code: HandshakeFailureCode = 'UnmappedConnectionError'): void {
    if (this.#over) return;
    this.#finish();
    const agreed = this.#agreed();
    (this.#socket ?? this.#accepted).destroy();
    this.#owner.failed(this, { plainHttp: false, why, code, ...agreed, certificate: this.#shown });
  }

  #finish(): void {
    this.#over = true;
    this.#read = null;
    this.#patience.cancel();
  }
}

/** What the client has shown, its own certificate first. */
function shownBy(socket: SecureSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  // without a certificate there is an object without members
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // one that has signed itself is its own issuer
  while (next?.raw !== undefined && chain.length < 100) {
    chain.push(new X509Certificate(next.raw));
    if (next.issuerCertificate === next) break;
    next = next.issuerCertificate;
  }
  return chain;
}

/** Begins like a request line: a method of capitals. */
function isHttp(read: Buffer): boolean {
  return /^[A-Z]{3,10} /.test(read.subarray(0, 12).toString('latin1'));
}
