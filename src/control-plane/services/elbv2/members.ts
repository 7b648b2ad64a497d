import type { AwsError } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';
import { invalidConfiguration } from './error.ts';

/** The version that S3 gives objects of a bucket without versioning: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html */
const UNVERSIONED = ['null'];

/** What the input of ELBv2's operations may hold and is not executed; attributes and actions have tables of their own (parity.ts). */
export const ELBV2_MEMBERS: readonly MemberNote[] = [
  { operations: ['CreateListener', 'ModifyListener'], members: ['MutualAuthentication.TrustStoreAssociationStatus'], state: 'covered', why: 'It is an answer: asking for it is refused, as AWS refuses it.' },
  { operations: ['CreateTrustStore', 'ModifyTrustStore'], members: ['CaCertificatesBundleS3ObjectVersion'], state: 'refused', allowed: UNVERSIONED, why: 'The bundle is a file of the data folder, which has no versions but "null".' },
  { operations: ['AddTrustStoreRevocations'], members: ['RevocationContents[].S3ObjectVersion'], state: 'refused', allowed: UNVERSIONED, why: 'The list is a file of the data folder, which has no versions but "null".' },
  { operations: ['RegisterTargets', 'DeregisterTargets', 'DescribeTargetHealth'], members: ['Targets[].QuicServerId'], state: 'refused', why: 'It belongs to target groups with protocol QUIC or TCP_QUIC, which are not served.' },
  { operations: ['DeregisterTargets', 'DescribeTargetHealth'], members: ['Targets[].AvailabilityZone'], state: 'covered', why: 'A target is told by its id and port: its zone says nothing more.' },
];

export function refusedMember(member: string, why: string): AwsError {
  return invalidConfiguration(`${member} cannot be specified. ${why}`);
}
