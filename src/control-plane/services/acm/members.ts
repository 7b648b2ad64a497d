import type { MemberNote } from '../members.ts';
import { invalidParameter } from './error.ts';
import type { AwsError } from '../../../aws/index.ts';

/** What the input of ACM's operations may hold and is not executed. */
export const ACM_MEMBERS: readonly MemberNote[] = [
  { operations: ['RequestCertificate', 'UpdateCertificateOptions'], members: ['Options.ValidationMethod'], state: 'refused', why: 'How names are validated is said with ValidationMethod at the request, and stays.' },
  { operations: ['ResendValidationEmail'], members: ['Domain', 'ValidationDomain'], state: 'covered', why: 'Certificates are issued at once, so no mail is ever outstanding: the operation is refused as AWS refuses it then.' },
];

export function refusedMember(member: string, why: string): AwsError {
  return invalidParameter(`${member} cannot be specified. ${why}`);
}
