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
  /** Slots for stages of APIs; absent: none but the one that takes what has no slot. */
  readonly apis?: number;
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

/** By AWS's names: Count, 4xx, 5xx, DataProcessed; of those that reached an integration, how many. */
const API_COUNTERS = ['count', 'status4xx', 'status5xx', 'dataProcessed', 'integrated', 'latencySum', 'integrationLatencySum', 'logLinesDropped', 'connectCount', 'messageCount', 'integrationError', 'clientError', 'executionError'] as const;

export type ApiCounter = (typeof API_COUNTERS)[number];
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

export const apiOffset = offsets(API_COUNTERS, 0);
export const API_LATENCY = API_COUNTERS.length;
export const API_INTEGRATION_LATENCY = API_LATENCY + HISTOGRAM_BUCKETS;
export const API_CELLS = API_INTEGRATION_LATENCY + HISTOGRAM_BUCKETS;

export type Dimension = 'balancer' | 'pool' | 'api';

/** First cell of a slot; a slot that the shape does not have is the spare one behind the last. */
export function firstCell(shape: SlabShape, dimension: Dimension, slot: number): number {
  const { balancers, pools, apis = 0 } = shape;
  switch (dimension) {
    case 'balancer':
      return within(slot, balancers) * BALANCER_CELLS;
    case 'pool':
      return (balancers + 1) * BALANCER_CELLS + within(slot, pools) * POOL_CELLS;
    case 'api':
      return (balancers + 1) * BALANCER_CELLS + (pools + 1) * POOL_CELLS + within(slot, apis) * API_CELLS;
  }
}

function within(slot: number, slots: number): number {
  return Number.isInteger(slot) && slot >= 0 && slot < slots ? slot : slots;
}

export function cellsOf(dimension: Dimension): number {
  return dimension === 'balancer' ? BALANCER_CELLS : dimension === 'pool' ? POOL_CELLS : API_CELLS;
}

export function cellCount({ balancers, pools, apis = 0 }: SlabShape): number {
  return (balancers + 1) * BALANCER_CELLS + (pools + 1) * POOL_CELLS + (apis + 1) * API_CELLS;
}

/** A slab of zeros, to be handed to one worker. Pages that nobody touches cost no memory. */
export function createSlab(shape: SlabShape): SharedArrayBuffer {
  return new SharedArrayBuffer(cellCount(shape) * Float64Array.BYTES_PER_ELEMENT);
}
