import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { UpstreamEndpoint, UpstreamEndpoints } from './upstream-endpoint.ts';
import type { Clock } from '../../kernel/index.ts';

/** Finds the addresses of a name; an empty list where there are none. */
export type Resolver = (host: string, done: (addresses: readonly string[]) => void) => void;

/** The machine's own: hosts file, then DNS. Names under `localhost` are this machine whatever DNS says (RFC 6761 section 6.3). */
export const systemResolver: Resolver = (host, done) => {
  if (host === 'localhost' || host.endsWith('.localhost')) return done(['127.0.0.1']);
  lookup(host, { all: true, verbatim: true }, (error, found) => done(error === null ? found.map(({ address }) => address) : []));
};

/** Names are asked for again after so long while they are used: getaddrinfo does not say how long an answer holds. */
const FRESH_MS = 30_000;
/** After a failure, sooner. */
const FAILED_MS = 2_000;

export interface HostPlace {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** The name that the certificate must have, and that is asked for; null: not verified. */
  readonly serverName: string | null;
}

/**
 * A host that requests are sent to by its name. Resolved in the background: requests go on to the addresses that are known while newer ones
 * are asked for, and only the first ever has to wait.
 */
export class ResolvedHost {
  readonly place: HostPlace;
  readonly #context: ResolvedHostsContext;
  #endpoints: readonly UpstreamEndpoint[] = [];
  #next = 0;
  #askAt = 0;
  #asking = false;
  #waiting: ((endpoint: UpstreamEndpoint | null) => void)[] = [];

  constructor(place: HostPlace, context: ResolvedHostsContext) {
    this.place = place;
    this.#context = context;
    if (isIP(place.host) !== 0) {
      this.#take([place.host]);
      this.#askAt = Infinity;
    }
  }

  /** Every endpoint that it has connections to. */
  get endpoints(): readonly UpstreamEndpoint[] {
    return this.#endpoints;
  }

  /** The endpoint whose turn it is, where the name is known and need not be asked for again; null: `pick`. `now`: monotonic. */
  ready(now: number): UpstreamEndpoint | null {
    return now < this.#askAt ? this.#turn() : null;
  }

  /** Calls back with the endpoint whose turn it is, at once where the name has been resolved; null where it cannot be. */
  pick(done: (endpoint: UpstreamEndpoint | null) => void): void {
    const now = this.#context.clock.monotonic();
    if (now >= this.#askAt && !this.#asking) this.#ask();
    if (this.#endpoints.length > 0) return done(this.#turn());
    if (this.#asking) this.#waiting.push(done);
    else done(null);
  }

  #turn(): UpstreamEndpoint | null {
    const { length } = this.#endpoints;
    if (length === 0) return null;
    this.#next = (this.#next + 1) % length;
    return this.#endpoints[this.#next]!;
  }

  #ask(): void {
    this.#asking = true;
    this.#context.resolve(this.place.host, (addresses) => {
      this.#asking = false;
      this.#askAt = this.#context.clock.monotonic() + (addresses.length === 0 ? FAILED_MS : FRESH_MS);
      // a name that cannot be resolved now keeps the addresses that it had
      if (addresses.length > 0) this.#take(addresses);
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const done of waiting) done(this.#turn());
    });
  }

  #take(addresses: readonly string[]): void {
    const { port, secure, serverName } = this.place;
    this.#endpoints = [...new Set(addresses)].map((address) => this.#context.endpoints.get({ address, port, secure, serverName }));
  }
}

export interface ResolvedHostsContext {
  readonly clock: Clock;
  readonly resolve: Resolver;
  readonly endpoints: UpstreamEndpoints;
}

/** The hosts of one worker, kept across generations with their connections. */
export class ResolvedHosts {
  readonly #context: ResolvedHostsContext;
  readonly #hosts = new Map<string, ResolvedHost>();

  constructor(context: ResolvedHostsContext) {
    this.#context = context;
  }

  get(place: HostPlace): ResolvedHost {
    const key = JSON.stringify([place.host, place.port, place.secure, place.serverName]);
    let host = this.#hosts.get(key);
    if (host === undefined) this.#hosts.set(key, (host = new ResolvedHost(place, this.#context)));
    return host;
  }

  /** Lets go of the hosts that are not in `used`, and of connections to addresses that no name stands for any more. */
  prune(used: ReadonlySet<ResolvedHost>, graceMs: number): void {
    const endpoints = new Set<UpstreamEndpoint>();
    for (const [key, host] of this.#hosts) {
      if (!used.has(host)) this.#hosts.delete(key);
      else for (const endpoint of host.endpoints) endpoints.add(endpoint);
    }
    this.#context.endpoints.prune(endpoints, () => graceMs);
  }
}
