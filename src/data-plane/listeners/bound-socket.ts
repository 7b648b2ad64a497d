import { createServer, type Server, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { DownstreamTls, Site } from '../exchange/index.ts';
import { wrapAccepted, wrapTls } from './accept.ts';
import type { CertificateChoice, ServedCertificate } from './certificates.ts';
import { Http1Connection, type ConnectionOwner } from './http1/connection.ts';
import type { Http1Worker } from './http1/worker.ts';

/** A site as one address serves it. */
export interface Tenant {
  readonly site: Site;
  /** Lower-case hosts; `*` for the rest. */
  readonly hosts: readonly string[];
  /** Exactly for https. */
  readonly certificates: CertificateChoice | null;
}

export interface BoundAddress {
  readonly address: string;
  readonly port: number;
}

const HANDSHAKE_MS = 60_000;

/**
 * One listening address of one worker: accepts, hands each connection to its codec, and finds the site of a host. Sites are replaced in
 * place, so that a change of configuration never closes the socket.
 */
export class BoundSocket implements ConnectionOwner {
  readonly at: BoundAddress;
  readonly #worker: Http1Worker;
  readonly #nextId: () => number;
  readonly #limit: number;
  readonly #connections = new Set<Http1Connection>();
  readonly #handshakes = new Set<Socket>();
  #server: Server | null = null;
  #byHost = new Map<string, Tenant>();
  #anyHost: Tenant | null = null;
  #https = false;
  /** Called when the last connection is gone, while draining. */
  #emptied: (() => void) | null = null;
  draining = false;
  advertisedPort: string;

  constructor(at: BoundAddress, context: { readonly worker: Http1Worker; readonly nextId: () => number; readonly connectionLimit: number }) {
    this.at = at;
    this.#worker = context.worker;
    this.#nextId = context.nextId;
    this.#limit = context.connectionLimit;
    this.advertisedPort = String(at.port);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Binds. `reusePort` lets every worker listen on the address, the kernel spreads connections over them. */
  listen(reusePort: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) => this.#accept(socket));
      this.#server = server;
      server.once('error', reject);
      server.listen({ host: this.at.address, port: this.at.port, reusePort, backlog: 4096, exclusive: true }, () => {
        server.off('error', reject);
        // running out of descriptors must not end the listener
        server.on('error', () => {});
        resolve();
      });
    });
  }

  /** Replaces what is served here, for new requests of open connections too. */
  serve(tenants: readonly Tenant[], advertisedPort: number): void {
    const byHost = new Map<string, Tenant>();
    let anyHost: Tenant | null = null;
    for (const tenant of tenants) {
      for (const host of tenant.hosts) {
        if (host === '*') anyHost ??= tenant;
        else if (!byHost.has(host)) byHost.set(host, tenant);
      }
    }
    this.#byHost = byHost;
    this.#anyHost = anyHost;
    this.#https = tenants.some((tenant) => tenant.certificates !== null);
    this.advertisedPort = String(advertisedPort);
  }

  site(host: string): Site | null {
    return this.#tenant(host)?.site ?? null;
  }

  closed(connection: Http1Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#emptied?.();
    this.site('')?.observer.connectionClosed(connection);
  }

  /** Stops accepting; connections end after the request they are at. Resolves when all are gone, those that last too long cut off. */
  async drain(withinMs: number): Promise<void> {
    this.draining = true;
    // its callback would wait for sockets whose handles we have taken over: only the address is given up here
    this.#server?.close();
    for (const socket of this.#handshakes) socket.destroy();
    for (const connection of this.#connections) connection.drain();
    if (this.#connections.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    const cut = this.#worker.clock.after(withinMs, () => {
      for (const connection of this.#connections) connection.destroy();
    });
    await empty;
    cut.cancel();
  }

  #tenant(host: string): Tenant | null {
    if (this.#byHost.size === 0) return this.#anyHost;
    return this.#byHost.get(host) ?? this.#anyHost;
  }

  #accept(accepted: Socket): void {
    const tenant = this.#anyHost ?? this.#byHost.values().next().value ?? null;
    if (tenant === null || this.draining || this.#connections.size + this.#handshakes.size >= this.#limit) {
      tenant?.site.observer.connectionRefused(accepted.remoteAddress ?? '', null, 'too many connections');
      accepted.destroy();
      return;
    }
    if (this.#https) this.#acceptTls(accepted, tenant);
    else this.#acceptPlain(accepted, tenant);
  }

  #acceptPlain(accepted: Socket, tenant: Tenant): void {
    let connection: Http1Connection | null = null;
    const { readBuffer } = this.#worker;
    const socket = wrapAccepted(accepted, readBuffer, (length, buffer) => connection!.read(length, buffer));
    connection = new Http1Connection(socket, this, { worker: this.#worker, id: this.#nextId(), tls: null });
    this.#connections.add(connection);
    tenant.site.observer.connectionOpened(connection);
    socket.resume();
  }

  #acceptTls(accepted: Socket, tenant: Tenant): void {
    let connection: Http1Connection | null = null;
    let served: ServedCertificate = tenant.certificates!.standard;
    let serverName: string | null = null;
    let refused = false;
    const socket = wrapTls(
      accepted,
      {
        secureContext: served.context,
        ALPNProtocols: [...tenant.site.listener.tls!.alpn],
        SNICallback: (name: string, choose: (error: Error | null, context?: SecureContext) => void) => {
          serverName = name.toLowerCase();
          const certificates = this.#tenant(serverName)?.certificates ?? tenant.certificates!;
          served = certificates.choose(serverName);
          choose(null, served.context);
        },
      },
      { buffer: this.#worker.readBuffer, onRead: (length, buffer) => connection!.read(length, buffer) },
    );
    this.#handshakes.add(socket);
    const remoteAddress = accepted.remoteAddress ?? '';
    const refuse = (why: string): void => {
      if (refused || connection !== null) return;
      refused = true;
      patience.cancel();
      this.#handshakes.delete(socket);
      tenant.site.observer.connectionRefused(remoteAddress, null, why);
      socket.destroy();
    };
    const patience = this.#worker.clock.after(HANDSHAKE_MS, () => refuse('the TLS handshake took too long'));
    const onError = (error: Error): void => refuse(error.message);
    const onClose = (): void => refuse('the client closed the connection during the TLS handshake');
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.once('secure', () => {
      patience.cancel();
      this.#handshakes.delete(socket);
      if (refused) return;
      const tls = (): DownstreamTls => ({
        version: socket.getProtocol() ?? '-',
        cipher: socket.getCipher()?.name ?? '-',
        serverName,
        alpn: socket.alpnProtocol || null,
        certificate: served.id,
      });
      connection = new Http1Connection(socket, this, { worker: this.#worker, id: this.#nextId(), tls });
      socket.off('error', onError);
      socket.off('close', onClose);
      this.#connections.add(connection);
      tenant.site.observer.connectionOpened(connection);
    });
    socket.resume();
  }
}
