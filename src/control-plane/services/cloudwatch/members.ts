import type { MemberNote } from '../members.ts';
import { invalid } from './metric.ts';

const LINKED = 'Accounts are not linked here: each sees its own metrics.';
const NO_ALARMS = 'The list is always empty, because alarms cannot be made.';

/** What the input of CloudWatch's operations may hold and is not executed. */
export const CLOUDWATCH_MEMBERS: readonly MemberNote[] = [
  { operations: ['PutMetricData'], members: ['EntityMetricData'], state: 'refused', why: 'Entities of related telemetry are not served: publish the data as MetricData.' },
  { operations: ['PutMetricData'], members: ['StrictEntityValidation'], state: 'covered', why: 'There are no entities to be validated.' },
  { operations: ['ListMetrics'], members: ['IncludeLinkedAccounts', 'OwningAccount'], state: 'refused', why: LINKED },
  { operations: ['GetMetricData'], members: ['MetricDataQueries[].AccountId'], state: 'refused', why: LINKED },
  { operations: ['GetMetricData'], members: ['LabelOptions'], state: 'kept', why: 'Labels have no dynamic parts, so no time zone shows in them.' },
  { operations: ['DescribeAlarms'], members: ['AlarmNames', 'AlarmNamePrefix', 'AlarmTypes', 'ChildrenOfAlarmName', 'ParentsOfAlarmName', 'StateValue', 'ActionPrefix', 'MaxRecords', 'NextToken'], state: 'covered', why: NO_ALARMS },
  { operations: ['DescribeAlarmsForMetric'], members: ['MetricName', 'Namespace', 'Statistic', 'ExtendedStatistic', 'Dimensions', 'Period', 'Unit'], state: 'covered', why: NO_ALARMS },
];

export function refusedMember(member: string, why: string): ReturnType<typeof invalid> {
  return invalid(`${member} cannot be specified. ${why}`);
}
