import type { Downstream, Exchange, FailedHandshake, Fault, LinkedRoute, Observer } from '../data-plane/exchange/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Listener, Route } from '../snapshot/index.ts';
import type { AccessLogs, LogLease } from './access-log/access-logs.ts';
import { AccessLogFormat } from './access-log/format.ts';
import type { TraceExporter } from './traces/trace-exporter.ts';
import { connectionLogLine, type LoggedConnection } from './connection-log/format.ts';
import { failedConnection, openedConnection } from './connection-log/told.ts';
import type { BalancerMeter, Meter, PoolMeter } from './metrics/meter.ts';

export interface ListenerObserverSettings {
  readonly listener: Listener;
  readonly meter: Meter;
  /** Slots by `Listener.ownerLabel`. */
  readonly balancerSlots: ReadonlyMap<string, number>;
  /** Slots by `Pool.label`. */
  readonly poolSlots: ReadonlyMap<string, number>;
  /** The worker's logs; used only when the listener has an access log. */
  readonly logs: AccessLogs;
  readonly clock: Clock;
  /** Null: no traces are asked for. */
  readonly traces: TraceExporter | null;
}

interface Log {
  readonly lease: LogLease;
  readonly format: AccessLogFormat;
}

/** Metrics and the access log of one listener of one generation. What is off costs one comparison. */
export class ListenerObserver implements Observer {
  readonly #balancer: BalancerMeter;
  readonly #meter: Meter;
  readonly #poolSlots: ReadonlyMap<string, number>;
  /** By label; at most one a target group of the generation. */
  readonly #pools = new Map<string, PoolMeter>();
  readonly #log: Log | null;
  readonly #connections: LogLease | null;
  readonly #connectionPrefix: string;
  readonly #listener: Listener;
  readonly #traces: TraceExporter | null;
  readonly #routes: readonly Route[];
  readonly #evaluations = new Map<LinkedRoute, number>();
  // requests that follow one another mostly take the same way
  #lastRoute: LinkedRoute | null = null;
  #lastEvaluations = 0;
  #lastLabel = '';
  #lastPool: PoolMeter | null = null;
  readonly #clock: Clock;

  constructor(settings: ListenerObserverSettings) {
    const { listener, logs } = settings;
    this.#meter = settings.meter;
    this.#balancer = settings.meter.balancer(settings.balancerSlots.get(listener.ownerLabel));
    this.#poolSlots = settings.poolSlots;
    this.#connections = listener.connectionLog === undefined ? null : logs.lease(listener.connectionLog, this.#balancer);
    this.#connectionPrefix = logs.connectionPrefix;
    this.#listener = listener;
    this.#traces = settings.traces;
    this.#routes = listener.routes;
    this.#clock = settings.clock;
    this.#log =
      listener.accessLog === null
        ? null
        : { lease: logs.lease(listener.accessLog, this.#balancer), format: new AccessLogFormat(listener, logs.connectionPrefix) };
  }

  exchangeEnded(exchange: Exchange): void {
    this.#balancer.ended(exchange, exchange.route === null ? 0 : this.#evaluationsOf(exchange.route));
    if (exchange.pool !== '') this.#pool(exchange.pool).ended(exchange);
    const log = this.#log;
    if (this.#traces !== null) this.#traces.ended(exchange, this.#listener);
    if (log !== null) log.lease.writer.write(log.format.line(exchange), exchange.startedWall + (exchange.endedAt - exchange.startedAt));
  }

  connectionOpened(downstream: Downstream): void {
    this.#balancer.connectionOpened();
    if (this.#connections !== null) this.#logConnection(openedConnection(downstream, this.#clock.now()));
  }

  connectionClosed(_downstream: Downstream): void {
    this.#balancer.connectionClosed();
  }

  handshakeFailed(failure: FailedHandshake): void {
    this.#balancer.connectionRefused(null);
    if (this.#connections !== null) this.#logConnection(failedConnection(failure, this.#clock.now()));
  }

  connectionRefused(remoteAddress: string, fault: Fault | null, _why: string): void {
    this.#balancer.connectionRefused(fault);
    const log = this.#log;
    // A failed handshake is no request and not in ALB's access log; a connection over the limit is only counted, since it may come in floods.
    if (log === null || fault === null || fault.code === 'too-many-connections') return;
    const now = this.#clock.now();
    log.lease.writer.write(log.format.refused(remoteAddress, fault, now), now);
  }

  #logConnection(connection: LoggedConnection): void {
    this.#connections?.writer.write(connectionLogLine(connection, this.#connectionPrefix), connection.at);
  }

  /** The generation has drained and is dropped: gives its log back. Lines of exchanges that end later are dropped and counted. */
  async release(): Promise<void> {
    await Promise.all([this.#log?.lease.release(), this.#connections?.release()]);
  }

  /** "The default rule isn't counted": rules up to the one that matches, or all of them. */
  #evaluationsOf(route: LinkedRoute): number {
    if (route === this.#lastRoute) return this.#lastEvaluations;
    let known = this.#evaluations.get(route);
    if (known === undefined) {
      const at = this.#routes.indexOf(route.route);
      known = at === -1 ? this.#routes.length : at + 1;
      this.#evaluations.set(route, known);
    }
    this.#lastRoute = route;
    this.#lastEvaluations = known;
    return known;
  }

  #pool(label: string): PoolMeter {
    if (label === this.#lastLabel && this.#lastPool !== null) return this.#lastPool;
    let meter = this.#pools.get(label);
    if (meter === undefined) {
      meter = this.#meter.pool(this.#poolSlots.get(label));
      this.#pools.set(label, meter);
    }
    this.#lastLabel = label;
    this.#lastPool = meter;
    return meter;
  }
}
