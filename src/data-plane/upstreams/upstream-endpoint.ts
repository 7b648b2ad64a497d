import type { Attempt } from './connections/attempt.ts';
import { Http1Upstream } from './connections/http1.ts';
import { Http2Connections } from './connections/http2-connections.ts';
import type { UpstreamWorker } from './worker.ts';

/** Idle connections kept to one address by one worker. */
const IDLE_LIMIT = 256;

/** What tells endpoints apart. */
export interface UpstreamPlace {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
  readonly serverName?: string | null;
  /** Absent: HTTP/1.1. `grpc`: HTTP/2 whose requests say that trailers are welcome. */
  readonly version?: 'http1' | 'http2' | 'grpc';
}

/**
 * One address that requests are sent to, with its connections. Lives in the worker across generations, so that a change of configuration
 * costs no connection.
 */
export class UpstreamEndpoint {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
  /** With TLS: the name that its certificate must have; null: it is not verified, as ALB does not. */
  readonly serverName: string | null;
  /** `10.0.0.1:80`, as access logs write it. */
  readonly label: string;
  readonly worker: UpstreamWorker;
  /** The last to fall idle is the first to be used: the rest may time out. */
  readonly #idle: Http1Upstream[] = [];
  /** All of HTTP/1.1, idle or not. */
  readonly #connections = new Set<Http1Upstream>();
  #busy = 0;
  /** Instead of the two above, where HTTP/2 is spoken. */
  readonly #http2: Http2Connections | null;

  constructor(at: UpstreamPlace, worker: UpstreamWorker) {
    this.address = at.address;
    this.port = at.port;
    this.secure = at.secure;
    this.serverName = at.serverName ?? null;
    this.label = at.address.includes(':') ? `[${at.address}]:${at.port}` : `${at.address}:${at.port}`;
    this.worker = worker;
    this.#http2 = at.version === 'http2' || at.version === 'grpc' ? new Http2Connections(at, worker) : null;
  }

  /** Exchanges under way. */
  get inFlight(): number {
    return this.#http2 === null ? this.#busy : this.#http2.inFlight;
  }

  get idleConnections(): number {
    return this.#idle.length;
  }

  /** An idle connection, or a new one that is still connecting. `fresh`: never an idle one, which may be about to be closed by its peer. */
  acquire(fresh: boolean): Attempt {
    if (this.#http2 !== null) return this.#http2.acquire(fresh);
    const idle = fresh ? undefined : this.#idleOne();
    if (idle !== undefined) {
      this.#busy++;
      idle.busy = true;
      return idle;
    }
    const connection = new Http1Upstream(this);
    this.#busy++;
    this.#connections.add(connection);
    return connection;
  }

  /** The last that fell idle. Those that have heard their peer's FIN leave the list when they are closed, which is later in the turn. */
  #idleOne(): Http1Upstream | undefined {
    let idle = this.#idle.pop();
    while (idle?.leaving) idle = this.#idle.pop();
    return idle;
  }

  /** A connection that is ready for another request. */
  release(connection: Http1Upstream): void {
    this.#busy--;
    connection.busy = false;
    if (this.#idle.length < IDLE_LIMIT) this.#idle.push(connection);
    else connection.destroy();
  }

  /** A connection that is closed. */
  forget(connection: Http1Upstream): void {
    this.#connections.delete(connection);
    if (connection.busy) {
      this.#busy--;
      connection.busy = false;
      return;
    }
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
  }

  /** Closes what is idle; what is busy ends by itself, or after `graceMs`. */
  retire(graceMs: number): void {
    this.#http2?.retire(graceMs);
    for (const connection of this.#idle.splice(0)) connection.destroy();
    if (this.#connections.size > 0) {
      this.worker.clock.after(graceMs, () => {
        for (const connection of this.#connections) connection.destroy();
      });
    }
  }
}

/** The worker's endpoints, by protocol, address and port. */
export class UpstreamEndpoints {
  readonly #worker: UpstreamWorker;
  readonly #byKey = new Map<string, UpstreamEndpoint>();

  constructor(worker: UpstreamWorker) {
    this.#worker = worker;
  }

  get(at: UpstreamPlace): UpstreamEndpoint {
    const key = `${at.version ?? 'http1'} ${at.secure ? 'https' : 'http'} ${at.address} ${at.port} ${at.serverName ?? ''}`;
    let endpoint = this.#byKey.get(key);
    if (!endpoint) this.#byKey.set(key, (endpoint = new UpstreamEndpoint(at, this.#worker)));
    return endpoint;
  }

  /** Lets go of every endpoint that is not in `used`; what is under way there may last as long as `graceMs` says. */
  prune(used: ReadonlySet<UpstreamEndpoint>, graceMs: (endpoint: UpstreamEndpoint) => number): void {
    for (const [key, endpoint] of this.#byKey) {
      if (used.has(endpoint)) continue;
      this.#byKey.delete(key);
      endpoint.retire(graceMs(endpoint));
    }
  }
}
