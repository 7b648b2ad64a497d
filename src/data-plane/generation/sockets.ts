import type { Binding } from '../../snapshot/index.ts';
import type { Http1Worker } from '../listeners/index.ts';
import { BoundSocket, type CertificateChoice } from '../listeners/index.ts';
import type { LinkedSite } from './linked-site.ts';

export interface ServedSite {
  readonly site: LinkedSite;
  /** Null for http, and for an https listener whose certificates cannot be used. */
  readonly certificates: CertificateChoice | null;
}

interface Claim {
  readonly binding: Binding;
  readonly served: ServedSite;
}

export interface SocketReport {
  /** Addresses that serve, by listener id. */
  readonly serving: ReadonlyMap<string, readonly string[]>;
  readonly failures: ReadonlyMap<string, readonly string[]>;
}

/** The listening sockets of one worker: opened and closed as snapshots come, kept open across them. */
export class Sockets {
  readonly #worker: Http1Worker;
  readonly #reusePort: boolean;
  readonly #connectionLimit: number;
  readonly #drainMs: number;
  readonly #open = new Map<string, BoundSocket>();
  readonly #closing = new Set<Promise<void>>();
  #connectionId = 0;

  constructor(settings: { readonly worker: Http1Worker; readonly reusePort: boolean; readonly connectionLimit: number; readonly drainMs: number }) {
    this.#worker = settings.worker;
    this.#reusePort = settings.reusePort;
    this.#connectionLimit = settings.connectionLimit;
    this.#drainMs = settings.drainMs;
  }

  get connections(): number {
    let sum = 0;
    for (const socket of this.#open.values()) sum += socket.connections;
    return sum;
  }

  /** Serves exactly these sites. What is open already is swapped at once, before anything new is bound. */
  async serve(sites: Iterable<ServedSite>): Promise<SocketReport> {
    const claims = new Map<string, Claim[]>();
    for (const served of sites) {
      for (const binding of served.site.listener.bindings) {
        const key = addressKey(binding);
        const others = claims.get(key);
        if (others) others.push({ binding, served });
        else claims.set(key, [{ binding, served }]);
      }
    }
    for (const [key, socket] of this.#open) {
      const wanted = claims.get(key);
      if (wanted) offer(socket, wanted);
      else this.#close(key, socket);
    }
    const serving = new Map<string, string[]>();
    const failures = new Map<string, string[]>();
    await Promise.all(
      [...claims].map(async ([key, wanted]) => {
        const why = this.#open.has(key) ? null : await this.#bind(key, { wanted, ipv6Only: claims.has(`0.0.0.0:${wanted[0]!.binding.port}`) });
        for (const { served } of wanted) add(why === null ? serving : failures, served.site.listener.id, why === null ? key : `${key}: ${why}`);
      }),
    );
    return { serving, failures };
  }

  /** Ends everything gracefully; connections that last longer than `withinMs` are cut. `handshakesMs`: `BoundSocket.drain`. */
  async drain(withinMs: number, handshakesMs: number): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all([...this.#closing, ...open.map((socket) => socket.drain(withinMs, handshakesMs))]);
  }

  async #bind(key: string, { wanted, ipv6Only }: { readonly wanted: readonly Claim[]; readonly ipv6Only: boolean }): Promise<string | null> {
    const { address, port } = wanted[0]!.binding;
    const socket = new BoundSocket({ address, port }, { worker: this.#worker, nextId: () => ++this.#connectionId, connectionLimit: this.#connectionLimit });
    offer(socket, wanted);
    try {
      await socket.listen({ reusePort: this.#reusePort, ipv6Only });
    } catch (error) {
      return explainBindError(error as NodeJS.ErrnoException);
    }
    this.#open.set(key, socket);
    return null;
  }

  #close(key: string, socket: BoundSocket): void {
    this.#open.delete(key);
    const closing = socket.drain(this.#drainMs).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function offer(socket: BoundSocket, claims: readonly Claim[]): void {
  socket.serve(
    claims
      .filter(({ served }) => served.site.listener.protocol === 'http' || served.certificates !== null)
      .map(({ binding, served }) => ({ site: served.site, hosts: binding.hosts, certificates: served.certificates })),
    claims[0]!.binding.advertisedPort,
  );
}

function addressKey({ address, port }: Binding): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function add(lists: Map<string, string[]>, id: string, entry: string): void {
  const list = lists.get(id);
  if (list) list.push(entry);
  else lists.set(id, [entry]);
}

function explainBindError(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'the address is in use by another program; stop it, or change the listener port or the addresses of the installation';
    case 'EACCES':
      return 'permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE, or the setting that moves them up by 8000';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have the address; change the addresses of the installation';
    default:
      return error.message;
  }
}
