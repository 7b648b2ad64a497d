import { AwsError } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';

/** What the input of CloudWatch Logs' operations may hold and is not executed. */
export const LOGS_MEMBERS: readonly MemberNote[] = [
  { operations: ['DescribeLogGroups'], members: ['accountIdentifiers', 'includeLinkedAccounts'], state: 'refused', why: 'Accounts are not linked here: each sees its own log groups.' },
  { operations: ['PutLogEvents'], members: ['sequenceToken'], state: 'covered', why: 'AWS: the token is ignored, and PutLogEvents is always accepted without one.' },
  { operations: ['PutLogEvents'], members: ['entity'], state: 'kept', why: 'Related telemetry is not served.' },
  { operations: ['GetLogEvents', 'FilterLogEvents'], members: ['unmask'], state: 'covered', why: 'There are no data protection policies, so nothing is masked.' },
  { operations: ['FilterLogEvents'], members: ['interleaved'], state: 'covered', why: 'AWS: deprecated, the value is ignored.' },
];

export function refusedMember(member: string, why: string): AwsError {
  return new AwsError('InvalidParameterException', `${member} cannot be specified. ${why}`);
}
