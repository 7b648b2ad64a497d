import type { Socket } from 'node:net';
import type { DetailedPeerCertificate } from 'node:tls';
import { byLibuv, leftToNode, opensslServes, OpensslSocket, securesHandles, speaksOpenssl, TcpSocket, TlsSocket, type ClientSocket, type TcpHandle } from '../sockets/index.ts';
import { socketOf, wrapTls, type OnRead } from './accept.ts';
import type { Welcome } from './handshake.ts';

/** A connection with TLS, by our own means or by Node's. */
export interface SecureSocket extends ClientSocket {
  readonly alpnProtocol: string | false | null;
  getProtocol(): string | null;
  getCipher(): { readonly name: string } | undefined;
  getPeerCertificate(detailed: true): DetailedPeerCertificate | undefined;
}

/** Who hears what comes before TLS. */
export interface HelloReader {
  hear(octets: Buffer): void;
  ended(): void;
  broke(error: Error): void;
}

/** Where a connection with TLS reads into. */
export interface SecureReader {
  readonly buffer: Buffer;
  readonly onRead: OnRead;
}

/** An accepted connection before its handshake: as a handle, or as the socket that Node makes of one. */
export interface Unsecured {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  listen(reader: HelloReader): void;
  /** TLS from here on, with `read` as its first octets; begins with the first `resume`. Null where it is gone. */
  secure(welcome: Welcome, read: Buffer, reader: SecureReader): SecureSocket | null;
  /** A socket to answer in the clear on; what else it hears is dropped. Null where it is gone. */
  inTheClear(): Socket | null;
  destroy(): unknown;
}

export function unsecuredHandle(handle: TcpHandle, buffer: Buffer): Unsecured {
  return securesHandles() ? new UnsecuredHandle(handle, buffer) : new UnsecuredSocket(socketOf(byLibuv(handle)));
}

class UnsecuredHandle implements Unsecured {
  readonly #socket: TcpSocket;

  constructor(handle: TcpHandle, buffer: Buffer) {
    this.#socket = opensslServes() ? new OpensslSocket(handle, buffer) : new TcpSocket(byLibuv(handle), buffer);
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  listen(reader: HelloReader): void {
    const socket = this.#socket;
    socket.reader = {
      read: (length, buffer) => {
        // the buffer is the thread's
        reader.hear(Buffer.from(buffer.subarray(0, length)));
        return true;
      },
    };
    socket.on('end', () => reader.ended());
    socket.on('close', () => reader.ended());
    socket.resume();
  }

  secure({ certificate: { context }, alpn, clients }: Welcome, read: Buffer, { buffer, onRead }: SecureReader): SecureSocket | null {
    const socket = this.#socket;
    socket.removeAllListeners();
    if (socket instanceof OpensslSocket && clients === null && speaksOpenssl(context)) {
      if (socket.destroyed) return null;
      socket.secure({ context, alpn, read });
      socket.reader = { read: onRead };
      return socket;
    }
    const handle = socket.release();
    if (handle === null) return null;
    const secured = new TlsSocket(handle, { context, alpn, clients, buffer, read });
    secured.reader = { read: onRead };
    return secured;
  }

  inTheClear(): Socket | null {
    const handle = this.#socket.release();
    return handle === null ? null : socketOf(handle);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Where Node's insides are not as expected. */
export class UnsecuredSocket implements Unsecured {
  readonly #socket: Socket;
  #reader: HelloReader | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  listen(reader: HelloReader): void {
    const socket = this.#socket;
    this.#reader = reader;
    socket.on('data', this.#hear);
    socket.on('end', this.#ended);
    socket.on('close', this.#ended);
    socket.on('error', (error) => reader.broke(error));
    socket.resume();
  }

  secure({ certificate, alpn, clients }: Welcome, read: Buffer, reader: SecureReader): SecureSocket | null {
    const socket = this.#socket;
    if (!leftToNode(certificate.context)) {
      socket.destroy();
      return null;
    }
    this.#deafen();
    socket.pause();
    // what has been read is given back: the TLS socket takes what waits in the one below it first
    socket.unshift(read);
    const options = {
      secureContext: certificate.context,
      ALPNProtocols: alpn as string[],
      ...(clients === null ? {} : { requestCert: true, rejectUnauthorized: clients.isClosed }),
    };
    return wrapTls(socket, options, reader) as SecureSocket;
  }

  inTheClear(): Socket {
    this.#deafen();
    return this.#socket;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #deafen(): void {
    this.#socket.off('data', this.#hear);
    this.#socket.off('end', this.#ended);
    this.#socket.off('close', this.#ended);
  }

  readonly #hear = (octets: Buffer): void => this.#reader?.hear(octets);
  readonly #ended = (): void => this.#reader?.ended();
}
