export { AccessLogs, type AccessLogsSettings, type LogLease } from './access-log/access-logs.ts';
export { AccessLogFormat, accessLogFields } from './access-log/format.ts';
export { fileDisk, LogWriter, type LogDisk, type LogHandle, type LogLosses, type LogWriterSettings } from './access-log/log-writer.ts';
export { ListenerObserver, type ListenerObserverSettings } from './listener-observer.ts';
export { exposition, type MetricsOwners } from './metrics/exposition.ts';
export { lowerBound, percentile, type Histogram } from './metrics/histogram.ts';
export { createSlab, type Dimension, type SlabShape } from './metrics/layout.ts';
export { Meter, type BalancerMeter, type PoolMeter } from './metrics/meter.ts';
export { MetricsReader, type BalancerMetrics, type PoolMetrics } from './metrics/metrics-reader.ts';
