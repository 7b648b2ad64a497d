import type { Exchange, Fault, FaultCode, LinkedRoute } from '../../data-plane/exchange/index.ts';
import type { LogLosses } from '../access-log/log-writer.ts';
import { ApiMeter } from './api-meter.ts';
import { bucketOf } from './histogram.ts';
import {
  BALANCER_BUCKETS, POOL_BUCKETS, balancerCodeOffset, balancerFaultOffset, balancerOffset as balancer, cellCount, firstCell, poolOffset as pool,
  type SlabShape,
} from './layout.ts';

/** A worker's hand on its slab. Gives out meters for slots; a slot is a number that the main thread chose for a key. */
export class Meter {
  readonly #cells: Float64Array;
  readonly #shape: SlabShape;

  /** Throws a RangeError when the slab was made for another shape. */
  constructor(slab: SharedArrayBuffer, shape: SlabShape) {
    this.#cells = new Float64Array(slab);
    this.#shape = shape;
    if (this.#cells.length !== cellCount(shape)) {
      throw new RangeError(`the slab of metrics has ${this.#cells.length} cells, its shape asks for ${cellCount(shape)}: make it with createSlab of the same shape`);
    }
  }

  /** `slot` undefined (or past the shape): counts in the spare slot, so that nothing is lost and nothing needs a check. */
  balancer(slot: number | undefined): BalancerMeter {
    return new BalancerMeter(this.#cells, firstCell(this.#shape, 'balancer', slot ?? -1));
  }

  api(slot: number | undefined): ApiMeter {
    return new ApiMeter(this.#cells, firstCell(this.#shape, 'api', slot ?? -1));
  }

  pool(slot: number | undefined): PoolMeter {
    return new PoolMeter(this.#cells, firstCell(this.#shape, 'pool', slot ?? -1));
  }
}

/** RequestCount "is only incremented for requests where the load balancer node was able to choose a target" (load-balancer-cloudwatch-metrics.html). */
const NO_TARGET: ReadonlySet<FaultCode> = new Set(['no-healthy-target', 'protocol-mismatch', 'too-many-forwarded']);

/** Counts for one load balancer. */
export class BalancerMeter implements LogLosses {
  readonly #cells: Float64Array;
  readonly #base: number;

  constructor(cells: Float64Array, base: number) {
    this.#cells = cells;
    this.#base = base;
  }

  /** `evaluations`: rules that were looked at before that of the exchange was found. */
  ended(exchange: Exchange, evaluations = 0): void {
    const cells = this.#cells;
    const base = this.#base;
    cells[base + balancer.requests]!++;
    cells[base + balancer.bytesIn]! += exchange.bytesIn;
    cells[base + balancer.bytesOut]! += exchange.bytesOut;
    if (exchange.pool !== '' && (exchange.fault === null || !NO_TARGET.has(exchange.fault.code))) cells[base + balancer.routed]!++;
    const { route } = exchange;
    if (route !== null) {
      cells[base + balancer.ruleEvaluations]! += evaluations;
      if (route.steps.length > 0) this.#stepped(exchange, route);
    }
    if (exchange.classification !== '') cells[base + balancer.nonCompliant]!++;
    const ms = exchange.endedAt - exchange.startedAt;
    cells[base + BALANCER_BUCKETS + bucketOf(ms)]!++;
    if (ms > 0) cells[base + balancer.durationSum]! += ms / 1000;
    if (exchange.status !== exchange.targetStatus) this.#answeredHere(exchange.status);
    if (exchange.fault !== null) cells[base + balancerFaultOffset[exchange.fault.code]]!++;
    else if (exchange.targetStatus === 0 && exchange.route !== null && exchange.actions === '') this.#acted(exchange.route.target.word);
  }

  connectionOpened(): void {
    this.#cells[this.#base + balancer.connectionsOpened]!++;
  }

  connectionClosed(): void {
    this.#cells[this.#base + balancer.connectionsClosed]!++;
  }

  /** A connection that never became an exchange. Without a fault it failed in its TLS handshake. */
  connectionRefused(fault: Fault | null): void {
    if (fault === null) {
      this.#cells[this.#base + balancer.tlsErrors]!++;
      return;
    }
    this.#cells[this.#base + balancerFaultOffset[fault.code]]!++;
    if (fault.code === 'too-many-connections') this.#cells[this.#base + balancer.connectionsRejected]!++;
    else this.#answeredHere(fault.status);
  }

  linesDropped(lines: number): void {
    this.#cells[this.#base + balancer.logLinesDropped]! += lines;
  }

  writeFailed(): void {
    this.#cells[this.#base + balancer.logWriteErrors]!++;
  }

  /** A status that no target gave. */
  #answeredHere(status: number): void {
    const cells = this.#cells;
    if (status >= 500) cells[this.#base + balancer.elb5xx]!++;
    else if (status >= 400) cells[this.#base + balancer.elb4xx]!++;
    else if (status >= 300) cells[this.#base + balancer.elb3xx]!++;
    else if (status >= 200) cells[this.#base + balancer.elb2xx]!++;
    const code = balancerCodeOffset[status];
    if (code !== undefined) cells[this.#base + code]!++;
  }

  /** What came of tokens and logins. */
  #stepped(exchange: Exchange, route: LinkedRoute): void {
    const cells = this.#cells;
    const base = this.#base;
    const { fault, errorReason, loginEvent, loginMs } = exchange;
    for (const { word } of route.steps) {
      if (word === 'jwt-validation') cells[base + (fault?.code === 'token-refused' || fault?.code === 'token-keys-unavailable' ? balancer.jwtRefused : balancer.jwtPassed)]!++;
    }
    if (loginMs > 0) {
      cells[base + balancer.loginCount]!++;
      cells[base + balancer.loginMs]! += loginMs;
    }
    if (loginEvent === 'success') cells[base + balancer.loginSucceeded]!++;
    else if (loginEvent === 'refreshed') cells[base + balancer.loginRefreshed]!++;
    else if (loginEvent === 'claims-too-large') cells[base + balancer.loginClaimsTooLarge]!++;
    // "ELBAuthError": misconfigured, no connection, or an internal error; "ELBAuthFailure": access denied, a code used twice
    if (fault?.code === 'login-failed' || errorReason === 'AuthMissingHostHeader') cells[base + balancer.loginErrors]!++;
    else if (fault?.code === 'login-denied' || (fault?.code === 'login-refused' && errorReason !== '')) cells[base + balancer.loginFailed]!++;
  }

  #acted(word: string): void {
    if (word === 'fixed-response') this.#cells[this.#base + balancer.fixedResponses]!++;
    else if (word === 'redirect') this.#cells[this.#base + balancer.redirects]!++;
  }
}

/** Counts for one target group. */
export class PoolMeter {
  readonly #cells: Float64Array;
  readonly #base: number;

  constructor(cells: Float64Array, base: number) {
    this.#cells = cells;
    this.#base = base;
  }

  ended(exchange: Exchange): void {
    const cells = this.#cells;
    const base = this.#base;
    cells[base + pool.requests]!++;
    const { targetStatus, sentAt, answeredAt, fault } = exchange;
    if (targetStatus >= 500) cells[base + pool.target5xx]!++;
    else if (targetStatus >= 400) cells[base + pool.target4xx]!++;
    else if (targetStatus >= 300) cells[base + pool.target3xx]!++;
    else if (targetStatus >= 200) cells[base + pool.target2xx]!++;
    else if (targetStatus >= 100) cells[base + pool.target1xx]!++;
    if (answeredAt !== 0 && sentAt !== 0) {
      const ms = answeredAt - sentAt;
      cells[base + POOL_BUCKETS + bucketOf(ms)]!++;
      if (ms > 0) cells[base + pool.responseTimeSum]! += ms / 1000;
    }
    if (fault !== null && fault.origin === 'upstream') this.#failed(fault);
  }

  #failed(fault: Fault): void {
    this.#cells[this.#base + pool.faults]!++;
    switch (fault.code) {
      case 'connect-refused':
      case 'connect-timeout':
      case 'connect-failed':
        this.#cells[this.#base + pool.connectionErrors]!++;
        break;
      case 'connect-tls':
        this.#cells[this.#base + pool.tlsErrors]!++;
        break;
      default:
        break;
    }
  }
}
