import { memberParity } from '../members.ts';
import type { ParityNote } from '../elbv2/index.ts';
import { CLOUDWATCH_MEMBERS } from './members.ts';

export const cloudwatchParity: readonly ParityNote[] = [
  ...memberParity(CLOUDWATCH_MEMBERS),
  { setting: 'Metrics', state: 'different', why: 'They are kept in memory, for 15 days or half a million points, and are gone when the program ends; what is published can be read at once.' },
  { setting: 'AWS/ApplicationELB dimension AvailabilityZone', state: 'different', why: 'Traffic is not divided by zone here: metrics have the dimensions LoadBalancer, and TargetGroup with LoadBalancer.' },
  {
    setting: 'AWS/ApplicationELB metrics', state: 'different',
    why: 'Measured are RequestCount, RequestCountPerTarget, NewConnectionCount, ActiveConnectionCount (clients only), RejectedConnectionCount, ClientTLSNegotiationErrorCount, ProcessedBytes, RuleEvaluations, ConsumedLCUs (an estimate by the published rates), HTTPCode_ELB_3XX, 4XX, 5XX, 500, 502, 503, 504_Count, HTTPCode_Target_2XX to 5XX_Count, HTTP_Fixed_Response_Count, HTTP_Redirect_Count, TargetResponseTime, TargetConnectionErrorCount, TargetTLSNegotiationErrorCount, HealthyHostCount, UnHealthyHostCount, DesyncMitigationMode_NonCompliant_Request_Count, ELBAuth..., JWTValidationSuccessCount and -FailureCount; the others have no data.',
  },
  { setting: 'Statistics trimmed count, trimmed sum, winsorized mean, IQM, PR', state: 'refused', why: 'SampleCount, Sum, Average, Minimum, Maximum, pNN and tmNN are served. Percentiles are exact to an eighth of the value for what load balancers measure.' },
  { setting: 'Metric math', state: 'different', why: 'Served are numbers, ids, + - * / ^, parentheses and ABS, AVG, CEIL, DIFF, FILL, FLOOR, MAX, METRICS, MIN, PERIOD, RATE, RUNNING_SUM, STDDEV, SUM; comparisons, logic, IF, SEARCH and the rest are refused by name.' },
];
