export { CLOUDWATCH_MEMBERS } from './members.ts';
export { MetricData, single, type Datum, type DimensionValue, type MetricName } from './metric-data.ts';
export { cloudwatchParity } from './parity.ts';
export { cloudwatchService } from './service.ts';
