import { faults, type FaultCode } from '../../data-plane/exchange/index.ts';
import { HISTOGRAM_BUCKETS } from './histogram.ts';

/**
 * Where each number lies in a slab. A slab is one worker's: only that worker writes it, so a plain increment is enough, and the main thread
 * reads it whenever it likes. Numbers are doubles: exact to 2^53, and never torn on the 64-bit machines that Node runs on.
 */
export interface SlabShape {
  /** Slots for load balancers and for target groups. One more of each takes what has no slot. */
  readonly balancers: number;
  readonly pools: number;
}

const BALANCER_COUNTERS = [
  'requests', 'routed', 'bytesIn', 'bytesOut', 'connectionsOpened', 'connectionsClosed', 'connectionsRejected', 'tlsErrors',
  'elb2xx', 'elb3xx', 'elb4xx', 'elb5xx', 'fixedResponses', 'redirects', 'logLinesDropped', 'logWriteErrors',
  'ruleEvaluations', 'nonCompliant', 'jwtPassed', 'jwtRefused',
  'loginSucceeded', 'loginRefreshed', 'loginFailed', 'loginErrors', 'loginClaimsTooLarge', 'loginCount', 'loginMs', 'durationSum',
] as const;

const POOL_COUNTERS = [
  'requests', 'target1xx', 'target2xx', 'target3xx', 'target4xx', 'target5xx', 'connectionErrors', 'tlsErrors', 'faults', 'responseTimeSum',
] as const;

export type BalancerCounter = (typeof BALANCER_COUNTERS)[number];
export type PoolCounter = (typeof POOL_COUNTERS)[number];

/** Codes that the balancer itself answers and that are counted one by one. */
export const elbCodes = [400, 401, 403, 404, 405, 408, 413, 414, 431, 460, 463, 464, 500, 501, 502, 503, 504, 505, 561] as const;

export const faultCodes: readonly FaultCode[] = Object.freeze(Object.keys(faults) as FaultCode[]);

function offsets<K extends string | number>(names: readonly K[], from: number): Readonly<Record<K, number>> {
  return Object.freeze(Object.fromEntries(names.map((name, index) => [name, from + index])) as Record<K, number>);
}

export const balancerOffset = offsets(BALANCER_COUNTERS, 0);
export const balancerCodeOffset: Readonly<Record<number, number | undefined>> = offsets(elbCodes, BALANCER_COUNTERS.length);
export const balancerFaultOffset = offsets(faultCodes, BALANCER_COUNTERS.length + elbCodes.length);
export const BALANCER_BUCKETS = BALANCER_COUNTERS.length + elbCodes.length + faultCodes.length;
export const BALANCER_CELLS = BALANCER_BUCKETS + HISTOGRAM_BUCKETS;

export const poolOffset = offsets(POOL_COUNTERS, 0);
export const POOL_BUCKETS = POOL_COUNTERS.length;
export const POOL_CELLS = POOL_BUCKETS + HISTOGRAM_BUCKETS;

export type Dimension = 'balancer' | 'pool';

/** First cell of a slot; a slot that the shape does not have is the spare one behind the last. */
export function firstCell(shape: SlabShape, dimension: Dimension, slot: number): number {
  const slots = dimension === 'balancer' ? shape.balancers : shape.pools;
  const index = Number.isInteger(slot) && slot >= 0 && slot < slots ? slot : slots;
  return dimension === 'balancer' ? index * BALANCER_CELLS : (shape.balancers + 1) * BALANCER_CELLS + index * POOL_CELLS;
}

export function cellCount(shape: SlabShape): number {
  return (shape.balancers + 1) * BALANCER_CELLS + (shape.pools + 1) * POOL_CELLS;
}

/** A slab of zeros, to be handed to one worker. Pages that nobody touches cost no memory. */
export function createSlab(shape: SlabShape): SharedArrayBuffer {
  return new SharedArrayBuffer(cellCount(shape) * Float64Array.BYTES_PER_ELEMENT);
}
