import { AwsError } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';

/** What the input of STS's operations may hold and is not executed. */
export const STS_MEMBERS: readonly MemberNote[] = [
  {
    operations: ['AssumeRole'], members: ['Policy', 'PolicyArns'], state: 'kept',
    why: 'Identity policies, session policies among them, are not evaluated on control-plane calls.',
  },
  { operations: ['AssumeRole'], members: ['Tags', 'TransitiveTagKeys'], state: 'kept', why: 'Session tags are read by policies, which are not evaluated.' },
  { operations: ['AssumeRole', 'GetSessionToken'], members: ['SerialNumber', 'TokenCode'], state: 'refused', why: 'There are no MFA devices here.' },
  { operations: ['AssumeRole'], members: ['ProvidedContexts'], state: 'refused', why: 'No identity center provides contexts here.' },
];

export function refusedMember(member: string, why: string): AwsError {
  // What AWS answers to a device that it does not know.
  if (member === 'SerialNumber' || member === 'TokenCode') return new AwsError('AccessDenied', `MultiFactorAuthentication failed with invalid MFA one time pass code. ${why}`, { status: 403 });
  return new AwsError('ValidationError', `${member} cannot be specified. ${why}`, { status: 400 });
}
