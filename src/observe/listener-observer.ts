import type { Downstream, Exchange, FailedHandshake, Fault, Observer } from '../data-plane/exchange/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Listener } from '../snapshot/index.ts';
import type { AccessLogs, LogLease } from './access-log/access-logs.ts';
import { AccessLogFormat } from './access-log/format.ts';
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
  readonly #clock: Clock;

  constructor(settings: ListenerObserverSettings) {
    const { listener, logs } = settings;
    this.#meter = settings.meter;
    this.#balancer = settings.meter.balancer(settings.balancerSlots.get(listener.ownerLabel));
    this.#poolSlots = settings.poolSlots;
    this.#clock = settings.clock;
    this.#log =
      listener.accessLog === null
        ? null
        : { lease: logs.lease(listener.accessLog, this.#balancer), format: new AccessLogFormat(listener, logs.connectionPrefix) };
  }

  exchangeEnded(exchange: Exchange): void {
    this.#balancer.ended(exchange);
    if (exchange.pool !== '') this.#pool(exchange.pool).ended(exchange);
    const log = this.#log;
    if (log !== null) log.lease.writer.write(log.format.line(exchange), exchange.startedWall + (exchange.endedAt - exchange.startedAt));
  }

  connectionOpened(_downstream: Downstream): void {
    this.#balancer.connectionOpened();
  }

  connectionClosed(_downstream: Downstream): void {
    this.#balancer.connectionClosed();
  }

  handshakeFailed(_failure: FailedHandshake): void {
    this.#balancer.connectionRefused(null);
  }

  connectionRefused(remoteAddress: string, fault: Fault | null, _why: string): void {
    this.#balancer.connectionRefused(fault);
    const log = this.#log;
    // A failed handshake is no request and not in ALB's access log; a connection over the limit is only counted, since it may come in floods.
    if (log === null || fault === null || fault.code === 'too-many-connections') return;
    const now = this.#clock.now();
    log.lease.writer.write(log.format.refused(remoteAddress, fault, now), now);
  }

  /** The generation has drained and is dropped: gives its log back. Lines of exchanges that end later are dropped and counted. */
  async release(): Promise<void> {
    await this.#log?.lease.release();
  }

  #pool(label: string): PoolMeter {
    let meter = this.#pools.get(label);
    if (meter === undefined) {
      meter = this.#meter.pool(this.#poolSlots.get(label));
      this.#pools.set(label, meter);
    }
    return meter;
  }
}
