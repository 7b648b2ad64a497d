import type {
  AddRoleToInstanceProfileCommandInput, CreateInstanceProfileCommandInput, CreateInstanceProfileResponse, DeleteInstanceProfileCommandInput, GetInstanceProfileCommandInput,
  GetInstanceProfileResponse, InstanceProfile as ApiInstanceProfile, ListInstanceProfilesCommandInput, ListInstanceProfilesForRoleCommandInput, ListInstanceProfilesResponse,
} from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import { GLOBAL, iamArn, type InstanceProfile, uniqueId } from '../../resources/iam/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { checkedPath, isTaken, noSuchEntity, profileOf, roleOf, scopeOf } from './lookup.ts';
import { markerPage } from './marker.ts';
import { shownRole } from './role.ts';
import { merged, shownTags, tagging } from './tags.ts';

export function instanceProfileOperations(environment: Environment) {
  const { store, clock, random } = environment;
  const tags = tagging(environment, 'iam/instance-profile', (world, call, { InstanceProfileName }: { readonly InstanceProfileName: string | undefined }) => profileOf(world, call, InstanceProfileName));
  return {
    async CreateInstanceProfile(input: CreateInstanceProfileCommandInput, call: Call): Promise<CreateInstanceProfileResponse> {
      const name = input.InstanceProfileName!;
      const path = checkedPath(input.Path);
      const profile: InstanceProfile = {
        id: iamArn(call.account, 'instance-profile', [path, name]),
        account: call.account,
        region: GLOBAL,
        parent: null,
        createdAt: clock.now(),
        name,
        path,
        uniqueId: uniqueId(random, 'AIPA'),
        roleArn: null,
        tags: merged([], input.Tags),
      };
      await store.transact((tx) => {
        if (isTaken(tx.list('iam/instance-profile', scopeOf(call)), name)) throw new AwsError('EntityAlreadyExists', `Instance Profile ${name} already exists.`);
        tx.put('iam/instance-profile', profile);
      });
      return { InstanceProfile: shown(profile, store.world) };
    },

    GetInstanceProfile(input: GetInstanceProfileCommandInput, call: Call): GetInstanceProfileResponse {
      return { InstanceProfile: shown(profileOf(store.world, call, input.InstanceProfileName), store.world) };
    },

    ListInstanceProfiles(input: ListInstanceProfilesCommandInput, call: Call): ListInstanceProfilesResponse {
      const own = store.world.list('iam/instance-profile', scopeOf(call)).filter((profile) => profile.path.startsWith(input.PathPrefix ?? '/'));
      const { items, IsTruncated, Marker } = markerPage(own, input, (profile) => profile.name);
      return { InstanceProfiles: items.map((profile) => ({ ...shown(profile, store.world), Tags: undefined })), IsTruncated, Marker };
    },

    ListInstanceProfilesForRole(input: ListInstanceProfilesForRoleCommandInput, call: Call): ListInstanceProfilesResponse {
      const role = roleOf(store.world, call, input.RoleName);
      const own = store.world.list('iam/instance-profile', scopeOf(call)).filter((profile) => profile.roleArn === role.id);
      const { items, IsTruncated, Marker } = markerPage(own, input, (profile) => profile.name);
      return { InstanceProfiles: items.map((profile) => shown(profile, store.world)), IsTruncated, Marker };
    },

    async DeleteInstanceProfile(input: DeleteInstanceProfileCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const profile = profileOf(tx, call, input.InstanceProfileName);
        if (profile.roleArn !== null) throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.');
        tx.delete('iam/instance-profile', profile.id);
      });
    },

    async AddRoleToInstanceProfile(input: AddRoleToInstanceProfileCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const profile = profileOf(tx, call, input.InstanceProfileName);
        const role = roleOf(tx, call, input.RoleName);
        if (profile.roleArn !== null) throw new AwsError('LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1');
        tx.put('iam/instance-profile', { ...profile, roleArn: role.id });
      });
    },

    async RemoveRoleFromInstanceProfile(input: AddRoleToInstanceProfileCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const profile = profileOf(tx, call, input.InstanceProfileName);
        const role = roleOf(tx, call, input.RoleName);
        if (profile.roleArn !== role.id) throw noSuchEntity(`Role ${role.name} in Instance Profile ${profile.name} cannot be found.`);
        tx.put('iam/instance-profile', { ...profile, roleArn: null });
      });
    },

    TagInstanceProfile: tags.tag,
    UntagInstanceProfile: tags.untag,
    ListInstanceProfileTags: tags.list,
  };
}

function shown(profile: InstanceProfile, world: World): ApiInstanceProfile {
  const role = profile.roleArn === null ? undefined : world.get('iam/role', profile.roleArn);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.uniqueId,
    Arn: profile.id,
    CreateDate: new Date(profile.createdAt),
    Roles: role ? [shownRole(role)] : [],
    Tags: profile.tags.length > 0 ? shownTags(profile.tags) : undefined,
  };
}
