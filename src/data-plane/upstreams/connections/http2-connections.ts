import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { UpstreamPlace } from '../upstream-endpoint.ts';
import type { UpstreamWorker } from '../worker.ts';
import type { Attempt } from './attempt.ts';
import { faults } from '../../exchange/index.ts';
import { Http2Upstream, STREAMS_FIRST, type Http2Origin } from './http2.ts';
import { Http2Request } from './http2-request.ts';

/** Connections that a request comes to without being sent. More: the target takes none. */
const MOVES_MOST = 3;

/** The HTTP/2 connections of one worker to one address: as few as carry what is under way. */
export class Http2Connections implements Http2Origin {
  readonly #address: string;
  readonly #port: number;
  readonly secure: boolean;
  readonly trailers: boolean;
  readonly worker: UpstreamWorker;
  expected = STREAMS_FIRST;
  /** Those that take new exchanges; the first is filled first, so that the others fall idle. */
  #connections: Http2Upstream[] = [];
  /** Those that do not, but have exchanges under way. */
  readonly #leaving = new Set<Http2Upstream>();

  constructor(at: UpstreamPlace, worker: UpstreamWorker) {
    this.#address = at.address;
    this.#port = at.port;
    this.secure = at.secure;
    this.trailers = at.version === 'grpc';
    this.worker = worker;
  }

  get inFlight(): number {
    let sum = 0;
    for (const connection of this.#connections) sum += connection.inFlight;
    for (const connection of this.#leaving) sum += connection.inFlight;
    return sum;
  }

  /** A stream of a connection that takes one more. `fresh`: never one that has carried any, which may be about to be closed by its peer. */
  acquire(fresh: boolean): Attempt {
    return new Http2Request(fresh ? this.#unused() : this.#free());
  }

  move(request: Http2Request): void {
    if (++request.moves > MOVES_MOST) return request.failed(faults['upstream-refused'], null);
    request.connection = this.#free();
    request.connection.begin(request);
  }

  #free(): Http2Upstream {
    return this.#connections.find((connection) => connection.free) ?? this.#another();
  }

  /** All that a connection has had to give up may go to one. */
  #unused(): Http2Upstream {
    return this.#connections.find((connection) => connection.free && connection.unused) ?? this.#another();
  }

  #another(): Http2Upstream {
    const made = new Http2Upstream(this);
    this.#connections.push(made);
    return made;
  }

  dial(onread: OnReadOpts): Socket {
    const options = { host: this.#address, port: this.#port, noDelay: true, onread };
    // verified where the installation says so, as for HTTP/1.1
    return this.secure ? connectTls({ ...options, ...this.worker.targetTls, ALPNProtocols: ['h2'] } as ConnectionOptions) : connect(options);
  }

  leaving(connection: Http2Upstream): void {
    if (!this.#connections.includes(connection)) return;
    this.#connections = this.#connections.filter((other) => other !== connection);
    this.#leaving.add(connection);
  }

  closed(connection: Http2Upstream): void {
    this.#connections = this.#connections.filter((other) => other !== connection);
    this.#leaving.delete(connection);
  }

  /** Closes what is idle; what is busy ends by itself, or after `graceMs`. */
  retire(graceMs: number): void {
    for (const connection of this.#connections) {
      this.leaving(connection);
      connection.retire();
    }
    if (this.#leaving.size > 0) {
      this.worker.clock.after(graceMs, () => {
        for (const connection of this.#leaving) connection.destroy();
      });
    }
  }
}
