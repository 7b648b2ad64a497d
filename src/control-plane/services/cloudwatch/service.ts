import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { CLOUDWATCH_MEMBERS, refusedMember } from './members.ts';
import { metricOperations } from './metric.ts';
import type { MetricData } from './metric-data.ts';
import { metricQueryOperations } from './metric-query.ts';

const ALARMS = 'Alarms are not served: read the metrics, or scrape them from /_admin/metrics and alert there.';
const DASHBOARDS = 'Dashboards are not served: the console shows the metrics of each resource.';

/** CloudWatch metrics: those of load balancers, measured here, and whatever else is published. */
export function cloudwatchService(environment: Environment, metrics: MetricData): Service {
  return {
    name: 'cloudwatch',
    operations: refusing(
      {
        ...metricOperations(metrics, environment.clock),
        ...metricQueryOperations(metrics),
        DescribeAlarms: () => ({ MetricAlarms: [], CompositeAlarms: [] }),
        DescribeAlarmsForMetric: () => ({ MetricAlarms: [] }),
      },
      CLOUDWATCH_MEMBERS,
      refusedMember,
    ),
    refusals: {
      PutMetricAlarm: ALARMS, PutCompositeAlarm: ALARMS, DeleteAlarms: ALARMS, SetAlarmState: ALARMS, EnableAlarmActions: ALARMS, DisableAlarmActions: ALARMS, DescribeAlarmHistory: ALARMS,
      PutDashboard: DASHBOARDS, GetDashboard: DASHBOARDS, ListDashboards: DASHBOARDS, DeleteDashboards: DASHBOARDS,
      GetMetricWidgetImage: 'Images are not drawn: the console shows the metrics of each resource.',
      PutAnomalyDetector: 'Anomaly detectors are not served: there are no alarms that would use them.',
      PutMetricStream: 'Metric streams are not served: scrape /_admin/metrics instead.',
      PutInsightRule: 'Contributor Insights are not served.',
    },
  };
}
