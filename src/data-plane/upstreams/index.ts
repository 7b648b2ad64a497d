/** See README.md. */
export { Http1Upstream, NONE_TRIED, type ForwardOwner } from './connections/http1.ts';
export { LinkedPool, type PoolEndpoint } from './pool.ts';
export { WeightedChoice, type Weighted } from './selection/weighted-choice.ts';
export { UpstreamEndpoints, type UpstreamEndpoint } from './upstream-endpoint.ts';
export { UpstreamWorker } from './worker.ts';
