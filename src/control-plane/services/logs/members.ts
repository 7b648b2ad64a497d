import { AwsError } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';

const EMPTY = 'The list is always empty, because what it would list cannot be made.';

/** What the input of CloudWatch Logs' operations may hold and is not executed. */
export const LOGS_MEMBERS: readonly MemberNote[] = [
  { operations: ['DescribeSubscriptionFilters', 'DescribeMetricFilters'], members: ['filterNamePrefix', 'nextToken', 'limit'], state: 'covered', why: EMPTY },
  { operations: ['DescribeMetricFilters'], members: ['metricName', 'metricNamespace'], state: 'covered', why: EMPTY },
  { operations: ['DescribeResourcePolicies'], members: ['nextToken', 'limit', 'resourceArn', 'policyScope'], state: 'covered', why: EMPTY },
  { operations: ['DescribeDestinations'], members: ['DestinationNamePrefix', 'nextToken', 'limit'], state: 'covered', why: EMPTY },
  { operations: ['DescribeExportTasks'], members: ['taskId', 'statusCode', 'nextToken', 'limit'], state: 'covered', why: EMPTY },
  { operations: ['DescribeQueries'], members: ['logGroupName', 'status', 'maxResults', 'nextToken', 'queryLanguage'], state: 'covered', why: EMPTY },
  { operations: ['DescribeQueryDefinitions'], members: ['queryLanguage', 'queryDefinitionNamePrefix', 'maxResults', 'nextToken'], state: 'covered', why: EMPTY },
  { operations: ['DescribeLogGroups'], members: ['accountIdentifiers', 'includeLinkedAccounts'], state: 'refused', why: 'Accounts are not linked here: each sees its own log groups.' },
  { operations: ['PutLogEvents'], members: ['sequenceToken'], state: 'covered', why: 'AWS: the token is ignored, and PutLogEvents is always accepted without one.' },
  { operations: ['PutLogEvents'], members: ['entity'], state: 'kept', why: 'Related telemetry is not served.' },
  { operations: ['GetLogEvents', 'FilterLogEvents'], members: ['unmask'], state: 'covered', why: 'There are no data protection policies, so nothing is masked.' },
  { operations: ['FilterLogEvents'], members: ['interleaved'], state: 'covered', why: 'AWS: deprecated, the value is ignored.' },
];

export function refusedMember(member: string, why: string): AwsError {
  return new AwsError('InvalidParameterException', `${member} cannot be specified. ${why}`);
}
