import type { GetAccountSummaryResponse, ListAccountAliasesResponse, ListGroupsForUserCommandInput, ListGroupsForUserResponse, ListMFADevicesResponse, ListVirtualMFADevicesResponse } from '@aws-sdk/client-iam';
import type { Call } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { ATTACHED_MOST } from './attachment.ts';
import { managedPolicies } from './aws-managed.ts';
import { noSuchEntity, scopeOf, userOf } from './lookup.ts';

interface Named {
  readonly UserName?: string;
}

/** What an account as a whole says of itself. Nobody logs in here, so passwords, devices, signing certificates and groups are empty, not unknown. */
export function accountOperations({ store, limits }: Environment) {
  /** A user that is named must be there, though nothing is listed of it. */
  const exists = ({ UserName }: Named, call: Call): void => {
    if (UserName !== undefined) userOf(store.world, call, UserName);
  };

  return {
    ListAccountAliases: (): ListAccountAliasesResponse => ({ AccountAliases: [], IsTruncated: false }),

    GetAccountSummary(_input: unknown, call: Call): GetAccountSummaryResponse {
      const { world } = store;
      const scope = scopeOf(call);
      const policies = world.list('iam/policy', scope);
      return {
        SummaryMap: {
          AccessKeysPerUserQuota: 2,
          AccountAccessKeysPresent: 0,
          AccountMFAEnabled: 0,
          AccountSigningCertificatesPresent: 0,
          AssumeRolePolicySizeQuota: 2048,
          AttachedPoliciesPerGroupQuota: 10,
          AttachedPoliciesPerRoleQuota: limits.value('managed-policies-per-role', ATTACHED_MOST.role),
          AttachedPoliciesPerUserQuota: limits.value('managed-policies-per-user', ATTACHED_MOST.user),
          GlobalEndpointTokenVersion: 1,
          GroupPolicySizeQuota: 5120,
          Groups: 0,
          GroupsPerUserQuota: 10,
          GroupsQuota: 300,
          InstanceProfiles: world.list('iam/instance-profile', scope).length,
          InstanceProfilesQuota: 1000,
          MFADevices: 0,
          MFADevicesInUse: 0,
          Policies: policies.length,
          PoliciesQuota: 1500,
          PolicySizeQuota: 6144,
          PolicyVersionsInUse: policies.reduce((sum, policy) => sum + policy.versions.length, 0) + managedPolicies().length,
          PolicyVersionsInUseQuota: 10_000,
          Providers: 0,
          RolePolicySizeQuota: 10_240,
          Roles: world.list('iam/role', scope).length,
          RolesQuota: limits.value('roles-per-account', 1000),
          ServerCertificates: world.list('iam/server-certificate', scope).length,
          ServerCertificatesQuota: limits.value('server-certificates-per-account', 20),
          SigningCertificatesPerUserQuota: 2,
          UserPolicySizeQuota: 2048,
          Users: world.list('iam/user', scope).length,
          UsersQuota: 5000,
          VersionsPerPolicyQuota: 5,
        },
      };
    },

    ListGroupsForUser(input: ListGroupsForUserCommandInput, call: Call): ListGroupsForUserResponse {
      userOf(store.world, call, input.UserName);
      return { Groups: [], IsTruncated: false };
    },

    ListMFADevices: (input: Named, call: Call): ListMFADevicesResponse => (exists(input, call), { MFADevices: [], IsTruncated: false }),
    ListVirtualMFADevices: (): ListVirtualMFADevicesResponse => ({ VirtualMFADevices: [], IsTruncated: false }),
    ListSSHPublicKeys: (input: Named, call: Call) => (exists(input, call), { SSHPublicKeys: [], IsTruncated: false }),
    ListSigningCertificates: (input: Named, call: Call) => (exists(input, call), { Certificates: [], IsTruncated: false }),
    ListServiceSpecificCredentials: (input: Named, call: Call) => (exists(input, call), { ServiceSpecificCredentials: [] }),

    GetLoginProfile(input: { readonly UserName?: string }): never {
      throw noSuchEntity(`Login Profile for User ${input.UserName ?? ''} cannot be found.`);
    },
    DeleteLoginProfile(input: { readonly UserName?: string }): never {
      throw noSuchEntity(`Login Profile for User ${input.UserName ?? ''} cannot be found.`);
    },
  };
}
