import type { DetailedPeerCertificate, SecureContext } from 'node:tls';
import { protocolList } from './protocol-list.ts';
import { TcpSocket, type TcpHandle } from './tcp-socket.ts';

/** OpenSSL over a handle, which speaks as that one does. */
interface TlsHandle extends TcpHandle {
  /** Whom Node's own methods pass calls on to. */
  _parent?: TcpHandle;
  onhandshakedone?: (this: TlsHandle) => void;
  onerror?: (this: TlsHandle, error: Error) => void;
  receive(octets: Buffer): void;
  setVerifyMode(request: boolean, rejectUnauthorized: boolean): void;
  setALPNProtocols(list: Buffer): void;
  getALPNNegotiatedProtocol(): string | false;
  getProtocol(): string | null;
  getCipher(): { readonly name: string } | undefined;
  getPeerCertificate(detailed: boolean): DetailedPeerCertificate | undefined;
  destroySSL(): void;
}

interface TlsBinding {
  wrap(handle: TcpHandle, context: object, isServer: boolean, hasActiveWrites: boolean): TlsHandle;
}

export interface TlsSocketOptions {
  readonly context: SecureContext;
  /** In order of preference. */
  readonly alpn: readonly string[];
  /** Null: clients are not asked for a certificate. */
  readonly clients: { readonly isClosed: boolean } | null;
  /** Where reads go. */
  readonly buffer: Buffer;
  /** What has been read of the connection, its first octets. */
  readonly read: Buffer;
}

const CALLED = ['receive', 'useUserBuffer', 'destroySSL', 'setVerifyMode', 'setALPNProtocols', 'getALPNNegotiatedProtocol', 'getProtocol', 'getCipher', 'getPeerCertificate', 'getpeername', 'getsockname', 'setNoDelay'];

/**
 * What has been read is handed over in parts of so many octets: the first buffer that Node keeps what comes in has 1 KB, or as much as is handed over at first if that is more, and when one has been
 * full to its end there is another one of 16 KB, as long as the connection lasts. ClientHellos with post-quantum key shares have more than 1 KB.
 */
const PART = 1023;

/** Null where Node does not offer it: then TLS is spoken by sockets of its own. */
const binding: TlsBinding | null = (() => {
  try {
    const offered = (process as unknown as { binding(name: string): Partial<TlsBinding> & { readonly TLSWrap?: { readonly prototype: object } } }).binding('tls_wrap');
    const handles = offered.TLSWrap?.prototype ?? {};
    const whole = typeof offered.wrap === 'function' && CALLED.every((name) => name in handles);
    return whole ? (offered as TlsBinding) : null;
  } catch {
    return null;
  }
})();

/** True where TLS goes past Node's sockets: what the test of a new Node version asks. */
export function securesHandles(): boolean {
  return binding !== null;
}

/**
 * The server's side of TLS on an accepted connection, without TLSSocket and the socket that it wants below it: four streams, their states, listeners and endings
 * are a fifth of a handshake, and memory that an idle connection keeps. Events besides those of TcpSocket: `secure` (the handshake is complete), and `error` before it closes,
 * where there is somebody to hear it.
 */
export class TlsSocket extends TcpSocket {
  alpnProtocol: string | false | null = null;
  readonly #plain: TcpHandle;
  readonly #tls: TlsHandle;
  #read: Buffer | null;

  /** `plain` does not read, and belongs to this one from here on. The handshake begins with the first `resume`. */
  constructor(plain: TcpHandle, options: TlsSocketOptions) {
    const tls = secure(plain, options);
    super(tls, options.buffer);
    this.#plain = plain;
    this.#tls = tls;
    this.#read = options.read;
    plain.socket = this;
  }

  override resume(): void {
    super.resume();
    const read = this.#read;
    if (read === null) return;
    this.#read = null;
    for (let at = 0; at < read.length && this._handle !== null; at += PART) this.#tls.receive(read.subarray(at, at + PART));
  }

  getProtocol(): string | null {
    return this._handle === null ? null : this.#tls.getProtocol();
  }

  getCipher(): { readonly name: string } | undefined {
    return this._handle === null ? undefined : this.#tls.getCipher();
  }

  getPeerCertificate(detailed: true): DetailedPeerCertificate | undefined {
    return this._handle === null ? undefined : this.#tls.getPeerCertificate(detailed);
  }

  /** OpenSSL says close_notify. */
  protected override get endsAlone(): boolean {
    return false;
  }

  // --- what the handle tells

  /** One call of libuv's may bring many records, also when what the first said has ended the connection. */
  override heard(): Buffer | undefined {
    return this.destroyed ? undefined : super.heard();
  }

  handshakeDone(): void {
    if (this.destroyed) return;
    this.alpnProtocol = this.#tls.getALPNNegotiatedProtocol();
    this.emit('secure');
  }

  /** OpenSSL gives up; its alert has been sent. */
  failed(error: Error): void {
    if (this.destroyed) return;
    if (this.listenerCount('error') > 0) this.emit('error', error);
    this.broke();
  }

  override closed(): void {
    // writes that were under way hold it otherwise, and it as much memory as all the rest
    this.#tls.destroySSL();
    super.closed();
  }

  protected override letGo(_handle: TcpHandle, reset: boolean): void {
    super.letGo(this.#plain, reset);
  }
}

function secure(plain: TcpHandle, { context, alpn, clients }: TlsSocketOptions): TlsHandle {
  const tls = binding!.wrap(plain, (context as unknown as { readonly context: object }).context, true, false);
  tls._parent = plain;
  tls.onhandshakedone = handshakeDone;
  tls.onerror = failed;
  if (clients !== null) tls.setVerifyMode(true, clients.isClosed);
  tls.setALPNProtocols(protocolList(alpn));
  return tls;
}

function handshakeDone(this: TlsHandle): void {
  (this.socket as TlsSocket).handshakeDone();
}

function failed(this: TlsHandle, error: Error): void {
  (this.socket as TlsSocket).failed(error);
}
