import type { InstanceProfile } from './instance-profile.ts';
import type { Policy } from './policy.ts';
import type { Role } from './role.ts';
import type { ServerCertificate } from './server-certificate.ts';
import type { Session } from './session.ts';
import type { AccessKey, User } from './user.ts';

/** The nouns of iam, by kind. Each has a file of its own in this folder. */
export interface IamResources {
  'iam/role': Role;
  'iam/user': User;
  'iam/access-key': AccessKey;
  'iam/policy': Policy;
  'iam/instance-profile': InstanceProfile;
  'iam/server-certificate': ServerCertificate;
  'iam/session': Session;
}

export { type Attachable, type InlinePolicy } from './attachable.ts';
export { GLOBAL, iamArn, uniqueId, type IdPrefix } from './identity.ts';
export { type InstanceProfile } from './instance-profile.ts';
export { type Policy, type PolicyVersion } from './policy.ts';
export { type Role } from './role.ts';
export { isServerCertificateArn, type ServerCertificate } from './server-certificate.ts';
export { type Session } from './session.ts';
export { type AccessKey, type User } from './user.ts';
