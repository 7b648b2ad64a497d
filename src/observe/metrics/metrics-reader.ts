import type { FaultCode } from '../../data-plane/exchange/index.ts';
import { HISTOGRAM_BUCKETS, type Histogram } from './histogram.ts';
import {
  API_INTEGRATION_LATENCY, API_LATENCY, apiOffset, BALANCER_BUCKETS, POOL_BUCKETS, balancerCodeOffset, balancerFaultOffset, balancerOffset, cellCount, cellsOf, elbCodes,
  faultCodes, firstCell, poolOffset, type ApiCounter, type BalancerCounter, type Dimension, type PoolCounter, type SlabShape,
} from './layout.ts';

export type BalancerMetrics = { readonly [K in Exclude<BalancerCounter, 'durationSum'>]: number } & {
  /** Open now. */
  readonly connectionsActive: number;
  /** Answers of the balancer's own by exact status; zeros left out. */
  readonly elbCodes: ReadonlyMap<number, number>;
  readonly faults: ReadonlyMap<FaultCode, number>;
  /** From the first byte of a request to the end of its exchange. */
  readonly duration: Histogram;
};

export type PoolMetrics = { readonly [K in Exclude<PoolCounter, 'responseTimeSum'>]: number } & {
  /** TargetResponseTime: from the request sent to the first byte of the answer. */
  readonly responseTime: Histogram;
};

export type ApiMetrics = { readonly [K in Exclude<ApiCounter, 'latencySum' | 'integrationLatencySum'>]: number } & {
  /** Latency: from the first byte of a request to the end of its exchange. */
  readonly latency: Histogram;
  /** IntegrationLatency, of the requests that reached an integration. */
  readonly integrationLatency: Histogram;
};

/**
 * The main thread's view: sums over the slabs of all workers. What a worker counted stays counted after it is gone, so the numbers never go
 * back; only its open connections go with it.
 */
export class MetricsReader {
  readonly #shape: SlabShape;
  readonly #slabs = new Map<number, Float64Array>();
  /** Sum of the slabs of workers that are gone, less what slots counted for owners that are gone. */
  readonly #past: Float64Array;

  constructor(shape: SlabShape) {
    this.#shape = shape;
    this.#past = new Float64Array(cellCount(shape));
  }

  /** Reads `slab` from now on. A worker of that number that was there before is retired first. */
  attach(worker: number, slab: SharedArrayBuffer): void {
    this.retire(worker);
    const cells = new Float64Array(slab);
    if (cells.length !== this.#past.length) {
      throw new RangeError(`the slab of worker ${worker} has ${cells.length} cells instead of ${this.#past.length}: make it with createSlab of the reader's shape`);
    }
    this.#slabs.set(worker, cells);
  }

  /** The worker is gone: keeps what it counted. Call it when the thread has ended, not before. */
  retire(worker: number): void {
    const cells = this.#slabs.get(worker);
    if (cells === undefined) return;
    this.#slabs.delete(worker);
    for (let cell = 0; cell < cells.length; cell++) this.#past[cell]! += cells[cell]!;
    for (let slot = 0; slot <= this.#shape.balancers; slot++) {
      const base = firstCell(this.#shape, 'balancer', slot);
      const open = cells[base + balancerOffset.connectionsOpened]! - cells[base + balancerOffset.connectionsClosed]!;
      this.#past[base + balancerOffset.connectionsClosed]! += open;
    }
  }

  /** The slot gets a new owner, which starts at zero (but for connections that are still open). */
  forget(dimension: Dimension, slot: number): void {
    const base = firstCell(this.#shape, dimension, slot);
    const cells = cellsOf(dimension);
    const active = dimension === 'balancer' ? this.balancer(slot).connectionsActive : 0;
    for (let cell = base; cell < base + cells; cell++) this.#past[cell]! -= this.#sum(cell);
    if (dimension === 'balancer') this.#past[base + balancerOffset.connectionsOpened]! += active;
  }

  /** A slot past the shape reads the spare one: what was counted without a slot. */
  balancer(slot: number): BalancerMetrics {
    const base = firstCell(this.#shape, 'balancer', slot);
    const { durationSum, ...counters } = this.#counters(base, balancerOffset);
    return {
      ...counters,
      connectionsActive: Math.max(counters.connectionsOpened - counters.connectionsClosed, 0),
      elbCodes: this.#nonZero(base, elbCodes, balancerCodeOffset as Readonly<Record<number, number>>),
      faults: this.#nonZero(base, faultCodes, balancerFaultOffset),
      duration: this.#histogram(base + BALANCER_BUCKETS, durationSum),
    };
  }

  pool(slot: number): PoolMetrics {
    const base = firstCell(this.#shape, 'pool', slot);
    const { responseTimeSum, ...counters } = this.#counters(base, poolOffset);
    return { ...counters, responseTime: this.#histogram(base + POOL_BUCKETS, responseTimeSum) };
  }

  api(slot: number): ApiMetrics {
    const base = firstCell(this.#shape, 'api', slot);
    const { latencySum, integrationLatencySum, ...counters } = this.#counters(base, apiOffset);
    return { ...counters, latency: this.#histogram(base + API_LATENCY, latencySum), integrationLatency: this.#histogram(base + API_INTEGRATION_LATENCY, integrationLatencySum) };
  }

  /** True when something was counted for which there was no slot. */
  get overflowed(): boolean {
    return this.balancer(this.#shape.balancers).requests > 0 || this.pool(this.#shape.pools).requests > 0;
  }

  #sum(cell: number): number {
    let sum = this.#past[cell]!;
    for (const cells of this.#slabs.values()) sum += cells[cell]!;
    return sum;
  }

  #counters<K extends string>(base: number, offset: Readonly<Record<K, number>>): Record<K, number> {
    const names = Object.keys(offset) as K[];
    return Object.fromEntries(names.map((name) => [name, this.#sum(base + offset[name])])) as Record<K, number>;
  }

  #nonZero<K extends string | number>(base: number, names: readonly K[], offset: Readonly<Record<K, number>>): ReadonlyMap<K, number> {
    return new Map(names.map((name) => [name, this.#sum(base + offset[name])] as const).filter(([, count]) => count !== 0));
  }

  #histogram(base: number, sum: number): Histogram {
    const buckets = Array.from({ length: HISTOGRAM_BUCKETS }, (_, bucket) => this.#sum(base + bucket));
    return { buckets, count: buckets.reduce((total, count) => total + count, 0), sum };
  }
}
