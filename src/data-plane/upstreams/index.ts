/** See README.md. */
export { NONE_TRIED, type Attempt, type ForwardOwner, type HeadText } from './connections/attempt.ts';
export type { SentBody } from './connections/sent-bodies.ts';
export { Http1Upstream } from './connections/http1.ts';
export { AnomalyDetector, type AnomalyReport } from './health/anomaly.ts';
export { HealthMonitor, type FunctionProbe, type HealthMonitorOptions, type TargetReport } from './health/monitor.ts';
export { socketProbe, type CancelCheck, type CheckAddress, type Probe } from './health/probe.ts';
export { type CheckOutcome } from './health/verdict.ts';
export { type CheckReport, type HealthWriter } from './health/watch.ts';
export { LinkedPool, type PoolContext, type PoolEndpoint } from './pool.ts';
export { ResolvedHost, ResolvedHosts, systemResolver, type HostPlace, type Resolver } from './resolved-host.ts';
export { type HealthReader, type Selectable } from './selection/eligible.ts';
export { NOTHING_TRIED, type Chooser } from './selection/selection.ts';
export { WeightedChoice, type Weighted } from './selection/weighted-choice.ts';
export { OutgoingClient, type OutgoingSettings } from './outgoing/client.ts';
export { UpstreamEndpoints, type UpstreamEndpoint } from './upstream-endpoint.ts';
export { UpstreamWorker, type TargetTrust } from './worker.ts';
