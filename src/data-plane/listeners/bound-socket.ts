import { createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { faults, type Site } from '../exchange/index.ts';
import { acceptHandles, peerOf, readDirectly, readInTurns, TcpSocket, type ClientSocket, type Listening, type SocketReader, type TcpHandle } from '../sockets/index.ts';
import { wrapAccepted } from './accept.ts';
import type { CertificateChoice } from './certificates.ts';
import type { ClientHello } from './client-hello.ts';
import { Handshake, type HandshakeFailure, type HandshakeOwner, type Welcome } from './handshake.ts';
import { Http1Connection, type ClientConnection, type ConnectionOwner } from './http1/connection.ts';
import type { Http1Worker } from './http1/worker.ts';
import { Http2Connection } from './http2/connection.ts';
import { PriorKnowledge } from './prior-knowledge.ts';
import { unsecuredHandle, UnsecuredSocket, type SecureSocket, type Unsecured } from './unsecured.ts';

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
/** Turns of the event loop that a closing address goes on accepting for, where each brings connections. */
const TURNS_MOST = 100;

/**
 * One listening address of one worker: accepts, hands each connection to its codec, and finds the site of a host. Sites are replaced in
 * place, so that a change of configuration never closes the socket.
 *
 * Sites that share the address are told apart by SNI first: whose name it is serves the connection, with its own TLS policy and
 * certificates, whatever Host its requests say - as if each had an address of its own. Without SNI, or with a name that none claims, the
 * policy and the certificates are those of the site that takes everything else, and Host decides for each request.
 */
export class BoundSocket implements ConnectionOwner, HandshakeOwner {
  readonly at: BoundAddress;
  readonly #worker: Http1Worker;
  readonly #nextId: () => number;
  readonly #limit: number;
  readonly #connections = new Set<ClientConnection>();
  readonly #handshakes = new Set<Handshake>();
  #listening: Listening | null = null;
  #byHost = new Map<string, Tenant>();
  #anyHost: Tenant | null = null;
  #wildcards = false;
  #https = false;
  /** Called when the last connection is gone, while draining. */
  #emptied: (() => void) | null = null;
  #accepted = 0;
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

  /** Binds. `reusePort` lets every worker listen on the address, the kernel spreads connections over them; `ipv6Only` leaves IPv4 clients of `::` to another socket. */
  listen({ reusePort, ipv6Only }: { readonly reusePort: boolean; readonly ipv6Only: boolean }): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) => this.#accept(socket));
      server.once('error', reject);
      server.listen({ host: this.at.address, port: this.at.port, reusePort, ipv6Only, backlog: 4096, exclusive: true }, () => {
        server.off('error', reject);
        // running out of descriptors must not end the listener
        server.on('error', () => {});
        // the server's own `close` would wait for sockets whose handles were taken over: only the address is given up by it
        this.#listening = acceptHandles(server, (handle) => this.#acceptHandle(handle)) ?? { leaveNoRoom: () => false, close: () => void server.close() };
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
    this.#wildcards = [...byHost.keys()].some((host) => host.startsWith('*.'));
    this.#anyHost = anyHost;
    this.#https = tenants.some((tenant) => tenant.certificates !== null);
    this.advertisedPort = String(advertisedPort);
  }

  /**
   * The site of a host, for connections that named none in their handshake. They came in by what the site that takes the rest asks of clients: one that
   * asks for certificates itself is not theirs to reach, whatever Host says.
   */
  site(host: string): Site | null {
    const tenant = this.#tenant(host);
    const first = this.#first;
    return (tenant !== null && tenant !== first && tenant.certificates?.clients ? first : tenant)?.site ?? null;
  }

  /** The site that a connection named in its handshake; once nobody claims the name any more, the one that takes the rest, unless it asks for certificates. */
  namedSite(serverName: string): Site | null {
    return (this.#named(serverName) ?? (this.#anyHost?.certificates?.clients ? null : this.#anyHost))?.site ?? null;
  }

  closed(connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.#emptiedPerhaps();
    try {
      connection.observer?.connectionClosed(connection);
    } catch (error) {
      this.#worker.mishaps.note('observer', error);
    }
  }

  /**
   * Gives up the address; connections end after the request they are at. Resolves when all are gone, those that last too long cut off. `handshakesMs`: how long handshakes that have begun may
   * take, where others serve the address too; 0 where it need not be given up without a loss.
   */
  async drain(withinMs: number, handshakesMs = 0): Promise<void> {
    this.draining = true;
    const cut = this.#worker.clock.after(withinMs, () => {
      for (const handshake of this.#handshakes) handshake.destroy();
      this.#handshakes.clear();
      for (const connection of this.#connections) connection.destroy();
      this.#emptiedPerhaps();
    });
    for (const connection of this.#connections) connection.drain();
    await (handshakesMs > 0 ? this.#leaveToOthers(handshakesMs) : this.#leave());
    if (this.#connections.size + this.#handshakes.size > 0) {
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
    }
    cut.cancel();
  }

  /**
   * Another socket of the address gets what comes from now on. The kernel resets, with the socket that closes, handshakes that it has begun: nothing new is begun in it (`leaveNoRoom`), and what has
   * been is waited for. What is left is a handshake that ends while the socket closes, and since Linux 6.14 one at a time that is begun all the same.
   */
  async #leaveToOthers(handshakesMs: number): Promise<void> {
    if (this.#listening?.leaveNoRoom()) await new Promise<void>((resolve) => void this.#worker.clock.after(handshakesMs, resolve));
    await this.#leave();
  }

  /** The kernel resets connections that wait to be accepted when the socket closes: they are accepted first, and it closes in the turn that found none. */
  async #leave(): Promise<void> {
    for (let turns = 0, before = -1; turns < TURNS_MOST && before !== this.#accepted; turns++) {
      before = this.#accepted;
      // after the turn's accepting, before the next
      await turn();
    }
    this.#listening?.close();
  }

  #emptiedPerhaps(): void {
    if (this.#connections.size + this.#handshakes.size === 0) this.#emptied?.();
  }

  #tenant(host: string): Tenant | null {
    return this.#named(host) ?? this.#anyHost;
  }

  /** Who claims the host: by its name, or by a wildcard for its first label (RFC 6125 section 6.4.3). */
  #named(host: string): Tenant | undefined {
    if (this.#byHost.size === 0) return undefined;
    const exact = this.#byHost.get(host);
    if (exact !== undefined || !this.#wildcards) return exact;
    const dot = host.indexOf('.');
    return dot < 0 ? undefined : this.#byHost.get(`*${host.slice(dot)}`);
  }

  /** Whose metrics count what happens before a request says whom it is for. */
  get #first(): Tenant | null {
    return this.#anyHost ?? this.#byHost.values().next().value ?? null;
  }

  #accept(accepted: Socket): void {
    try {
      this.#take(accepted);
    } catch (error) {
      this.#worker.mishaps.note('accept', error);
      accepted.destroy();
    }
  }

  #acceptHandle(handle: TcpHandle): void {
    try {
      this.#takeHandle(handle);
    } catch (error) {
      this.#worker.mishaps.note('accept', error);
      if (handle.socket === undefined) handle.close(() => {});
      else handle.socket.destroy();
    }
  }

  #take(accepted: Socket): void {
    const tenant = this.#enters(() => accepted.remoteAddress);
    if (tenant === null) accepted.destroy();
    else if (this.#https) this.#shakeHands(new UnsecuredSocket(accepted));
    else {
      const { readBuffer } = this.#worker;
      let reader: SocketReader | null = null;
      const socket = wrapAccepted(accepted, readBuffer, (length, buffer) => reader!.read(length, buffer));
      const taken = (reader = this.#openPlain(socket, tenant));
      readDirectly(socket, (length) => taken.read(length, readBuffer));
      socket.resume();
    }
  }

  /** A connection as libuv accepts it, without a socket of Node's around it. */
  #takeHandle(handle: TcpHandle): void {
    const tenant = this.#enters(() => peerOf(handle).address);
    if (tenant === null) handle.close(() => {});
    else if (this.#https) this.#shakeHands(unsecuredHandle(handle, this.#worker.readBuffer));
    else {
      const socket = new TcpSocket(handle, this.#worker.readBuffer);
      readInTurns(socket, socket);
      socket.reader = this.#openPlain(socket, tenant);
      socket.resume();
    }
  }

  /** Whose the connection is at first; null where there is nobody, or too many are there. */
  #enters(address: () => string | undefined): Tenant | null {
    const tenant = this.#first;
    this.#accepted++;
    if (tenant === null || this.#connections.size + this.#handshakes.size < this.#limit) return tenant;
    tenant.site.observer.connectionRefused(address() ?? '', faults['too-many-connections'], 'too many connections');
    return null;
  }

  #shakeHands(accepted: Unsecured): void {
    this.#handshakes.add(new Handshake(accepted, this, { clock: this.#worker.clock, readBuffer: this.#worker.readBuffer, withinMs: HANDSHAKE_MS, mishaps: this.#worker.mishaps }));
  }

  /** A new connection without TLS: HTTP/1.1, or what `PriorKnowledge` finds. */
  #openPlain(socket: ClientSocket, tenant: Tenant): SocketReader {
    const connection = new Http1Connection(socket, this, { worker: this.#worker, id: this.#nextId(), tls: null });
    this.#connections.add(connection);
    connection.observer = tenant.site.observer;
    connection.observer.connectionOpened(connection);
    if (this.draining) connection.drain();
    return this.#worker.priorKnowledge ? new PriorKnowledge(connection, () => this.#switchToHttp2(connection, socket)) : connection;
  }

  /** The client speaks HTTP/2 with prior knowledge (RFC 9113 section 3.3). */
  #switchToHttp2(instead: Http1Connection, socket: ClientSocket): Http2Connection {
    instead.giveUp();
    const connection = new Http2Connection(socket, this, { worker: this.#worker, id: instead.id, tls: null });
    connection.observer = instead.observer;
    this.#connections.delete(instead);
    this.#connections.add(connection);
    return connection;
  }

  // --- what handshakes ask and tell

  welcome(hello: ClientHello): Welcome | null {
    const tenant = (hello.serverName === null ? undefined : this.#named(hello.serverName)) ?? this.#first;
    const tls = tenant?.site.listener.tls;
    if (!tenant?.certificates || !tls) return null;
    const { clients, keyExchange } = tenant.certificates;
    return { certificate: tenant.certificates.choose(hello, this.#worker.clock.now()), alpn: tls.alpn, clients, keyExchange };
  }

  secured(handshake: Handshake, socket: SecureSocket): void {
    this.#handshakes.delete(handshake);
    const { serverName } = handshake;
    const owner = serverName !== null && this.#named(serverName) !== undefined ? new NamedEntrance(this, serverName) : this;
    const Codec = socket.alpnProtocol === 'h2' ? Http2Connection : Http1Connection;
    const connection = new Codec(socket, owner, { worker: this.#worker, id: this.#nextId(), tls: () => handshake.describe() });
    if (socket instanceof TcpSocket) socket.reader = connection;
    else {
      handshake.onRead = (length, buffer) => connection.read(length, buffer);
      const { readBuffer } = this.#worker;
      readDirectly(socket as TLSSocket, (length) => connection.read(length, readBuffer));
    }
    this.#connections.add(connection);
    connection.observer = this.#first?.site.observer ?? null;
    connection.observer?.connectionOpened(connection);
    if (this.draining) connection.drain();
  }

  lost(handshake: Handshake): void {
    this.#handshakes.delete(handshake);
    this.#emptiedPerhaps();
  }

  failed(handshake: Handshake, failure: HandshakeFailure): void {
    this.lost(handshake);
    const { remoteAddress, remotePort } = handshake;
    const observer = this.#first?.site.observer;
    if (failure.plainHttp) observer?.connectionRefused(remoteAddress, faults['bad-request'], failure.why);
    else observer?.handshakeFailed({ ...failure, id: this.#nextId(), remoteAddress, remotePort, advertisedPort: this.advertisedPort });
  }
}

/** The address as a connection sees it that named a site in its handshake: that site serves it as long as it is there. */
class NamedEntrance implements ConnectionOwner {
  readonly #socket: BoundSocket;
  readonly #serverName: string;

  constructor(socket: BoundSocket, serverName: string) {
    this.#socket = socket;
    this.#serverName = serverName;
  }

  site(): Site | null {
    return this.#socket.namedSite(this.#serverName);
  }

  get draining(): boolean {
    return this.#socket.draining;
  }

  get advertisedPort(): string {
    return this.#socket.advertisedPort;
  }

  closed(connection: ClientConnection): void {
    this.#socket.closed(connection);
  }
}
