import type { MemberNote } from '../members.ts';

const EMPTY = 'The list is always empty: there are no sign-in pages, devices, signing certificates or groups here.';

/** What the input of IAM's operations may hold and has no effect. */
export const IAM_MEMBERS: readonly MemberNote[] = [
  {
    operations: ['ListAccountAliases', 'ListGroupsForUser', 'ListMFADevices', 'ListVirtualMFADevices', 'ListSSHPublicKeys', 'ListSigningCertificates', 'ListServiceSpecificCredentials', 'ListGroups', 'GetGroup'],
    members: ['Marker', 'MaxItems'], state: 'covered', why: EMPTY,
  },
  { operations: ['ListGroups'], members: ['PathPrefix'], state: 'covered', why: EMPTY },
  { operations: ['ListVirtualMFADevices'], members: ['AssignmentStatus'], state: 'covered', why: EMPTY },
  { operations: ['ListServiceSpecificCredentials'], members: ['ServiceName', 'AllUsers'], state: 'covered', why: EMPTY },
];
