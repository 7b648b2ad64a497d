import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { absentOperations } from './absent.ts';
import { accountOperations } from './account.ts';
import { attachmentOperations } from './attachment.ts';
import { instanceProfileOperations } from './instance-profile.ts';
import { policyOperations } from './policy.ts';
import { roleOperations } from './role.ts';
import { serverCertificateOperations } from './server-certificate.ts';
import { userOperations } from './user.ts';

/** IAM: roles, users and their keys, policies, server certificates. Policies are kept and checked for form; they are not evaluated on control-plane calls. */
export function iamService(environment: Environment): Service {
  return {
    name: 'iam',
    operations: {
      ...roleOperations(environment),
      ...userOperations(environment),
      ...attachmentOperations(environment),
      ...policyOperations(environment),
      ...instanceProfileOperations(environment),
      ...serverCertificateOperations(environment),
      ...accountOperations(environment),
      ...absentOperations,
    },
    refusals: {
      SimulatePrincipalPolicy: 'Identity policies are stored but not evaluated here, so a simulation would promise what is not enforced.',
      SimulateCustomPolicy: 'Identity policies are stored but not evaluated here, so a simulation would promise what is not enforced.',
      CreateGroup: 'Groups are not kept: attach policies to the user or to a role.',
      CreateLoginProfile: 'Nobody logs in with an IAM password here: give the user an access key with CreateAccessKey.',
      CreateAccountAlias: 'There is no sign-in page that an alias could name.',
      CreateOpenIDConnectProvider: 'AssumeRoleWithWebIdentity is not served, so an identity provider would have no effect.',
      CreateSAMLProvider: 'AssumeRoleWithSAML is not served, so an identity provider would have no effect.',
    },
  };
}
