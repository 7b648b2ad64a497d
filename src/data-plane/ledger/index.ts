/** See README.md. */
export { ConnectionIds, workerOfConnection } from './connection-id.ts';
export { endpointKey } from './endpoint-key.ts';
export { HEALTHY, UNCHECKED, UNHEALTHY, UNKNOWN, type HealthState } from './health-state.ts';
export { allocateLedger, allocateShare, DEFAULT_LEDGER_SIZE, FULL_WEIGHT, Ledger, type LedgerMemory, type LedgerSize } from './ledger.ts';
export { allocateBuckets, BUCKETS, TokenBuckets, type BucketShape } from './token-buckets.ts';
export { allocateUsage, UsageCounters, type UseState } from './usage-counters.ts';
export { NO_SLOT, SlotDirectory, type SlotDirectoryOptions } from './slot-directory.ts';
