import type {
  AccessKeyMetadata, CreateAccessKeyCommandInput, CreateAccessKeyResponse, CreateUserCommandInput, CreateUserResponse, DeleteAccessKeyCommandInput, DeleteUserCommandInput,
  GetAccessKeyLastUsedCommandInput, GetAccessKeyLastUsedResponse, GetUserCommandInput, GetUserResponse, ListAccessKeysCommandInput, ListAccessKeysResponse,
  ListUsersCommandInput, ListUsersResponse, UpdateAccessKeyCommandInput, UpdateUserCommandInput, User as ApiUser,
} from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import { type AccessKey, GLOBAL, iamArn, uniqueId, type User } from '../../resources/iam/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { checkedBoundary, checkedPath, isTaken, noSuchEntity, scopeOf, userOf } from './lookup.ts';
import { markerPage } from './marker.ts';
import { merged, shownTags, tagging } from './tags.ts';

const KEYS_PER_USER = 2;

export function userOperations(environment: Environment) {
  const { store, clock, random } = environment;
  const tags = tagging(environment, 'iam/user', (world, call, { UserName }: { readonly UserName: string | undefined }) => userOf(world, call, UserName));
  return {
    async CreateUser(input: CreateUserCommandInput, call: Call): Promise<CreateUserResponse> {
      const name = input.UserName!;
      const path = checkedPath(input.Path);
      const user: User = {
        id: iamArn(call.account, 'user', [path, name]),
        account: call.account,
        region: GLOBAL,
        parent: null,
        createdAt: clock.now(),
        name,
        path,
        uniqueId: uniqueId(random, 'AIDA'),
        inlinePolicies: [],
        attachedPolicyArns: [],
        permissionsBoundary: checkedBoundary(input.PermissionsBoundary),
        tags: merged([], input.Tags),
      };
      await store.transact((tx) => {
        if (isTaken(tx.list('iam/user', scopeOf(call)), name)) throw new AwsError('EntityAlreadyExists', `User with name ${name} already exists.`);
        tx.put('iam/user', user);
      });
      return { User: shown(user) };
    },

    GetUser(input: GetUserCommandInput, call: Call): GetUserResponse {
      if (input.UserName !== undefined) return { User: shown(userOf(store.world, call, input.UserName)) };
      const own = store.world.get('iam/user', call.principal);
      if (own) return { User: shown(own) };
      if (call.principal.includes(':assumed-role/')) throw new AwsError('ValidationError', 'Must specify userName when calling with non-User credentials');
      // The account itself: what AWS answers to its root user.
      return { User: { UserId: call.account, Arn: `arn:aws:iam::${call.account}:root`, CreateDate: new Date(ROOT_SINCE), Path: '/', UserName: 'root' } };
    },

    ListUsers(input: ListUsersCommandInput, call: Call): ListUsersResponse {
      const own = store.world.list('iam/user', scopeOf(call)).filter((user) => user.path.startsWith(input.PathPrefix ?? '/'));
      const { items, IsTruncated, Marker } = markerPage(own, input, (user) => user.name);
      return { Users: items.map((user) => ({ ...shown(user), Tags: undefined, PermissionsBoundary: undefined })), IsTruncated, Marker };
    },

    async UpdateUser(input: UpdateUserCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const user = userOf(tx, call, input.UserName);
        const name = input.NewUserName ?? user.name;
        const path = input.NewPath === undefined ? user.path : checkedPath(input.NewPath);
        const others = tx.list('iam/user', scopeOf(call)).filter((each) => each !== user);
        if (isTaken(others, name)) throw new AwsError('EntityAlreadyExists', `User with name ${name} already exists.`);
        const renamed: User = { ...user, name, path, id: iamArn(call.account, 'user', [path, name]) };
        if (renamed.id !== user.id) tx.delete('iam/user', user.id);
        tx.put('iam/user', renamed);
        for (const key of tx.children('iam/access-key', user.id)) tx.put('iam/access-key', { ...key, parent: renamed.id, userName: name });
      });
    },

    async DeleteUser(input: DeleteUserCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const user = userOf(tx, call, input.UserName);
        if (tx.children('iam/access-key', user.id).length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete access keys first.');
        if (user.attachedPolicyArns.length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.');
        if (user.inlinePolicies.length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.');
        tx.delete('iam/user', user.id);
      });
    },

    TagUser: tags.tag,
    UntagUser: tags.untag,
    ListUserTags: tags.list,

    async CreateAccessKey(input: CreateAccessKeyCommandInput, call: Call): Promise<CreateAccessKeyResponse> {
      const key = await store.transact((tx) => {
        const user = userOf(tx, call, input.UserName ?? callerName(tx, call));
        if (tx.children('iam/access-key', user.id).length >= KEYS_PER_USER) {
          throw new AwsError('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER}`);
        }
        const created: AccessKey = {
          id: uniqueId(random, 'AKIA'),
          account: call.account,
          region: GLOBAL,
          parent: user.id,
          createdAt: clock.now(),
          userName: user.name,
          secret: random.bytes(30).toString('base64'),
          status: 'Active',
        };
        tx.put('iam/access-key', created);
        return created;
      });
      return { AccessKey: { UserName: key.userName, AccessKeyId: key.id, Status: key.status, SecretAccessKey: key.secret, CreateDate: new Date(key.createdAt) } };
    },

    ListAccessKeys(input: ListAccessKeysCommandInput, call: Call): ListAccessKeysResponse {
      const name = input.UserName ?? callerName(store.world, call);
      // The account itself has no keys that IAM could list.
      if (name === undefined) return { AccessKeyMetadata: [], IsTruncated: false };
      const { items, IsTruncated, Marker } = markerPage(store.world.children('iam/access-key', userOf(store.world, call, name).id), input, (key) => key.id);
      return { AccessKeyMetadata: items.map(shownKey), IsTruncated, Marker };
    },

    async UpdateAccessKey(input: UpdateAccessKeyCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const key = keyOf(tx, call, input.AccessKeyId, input.UserName);
        if (input.Status !== 'Active' && input.Status !== 'Inactive') throw new AwsError('ValidationError', `Status must be Active or Inactive, not ${String(input.Status)}.`);
        tx.put('iam/access-key', { ...key, status: input.Status });
      });
    },

    async DeleteAccessKey(input: DeleteAccessKeyCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => tx.delete('iam/access-key', keyOf(tx, call, input.AccessKeyId, input.UserName).id));
    },

    GetAccessKeyLastUsed(input: GetAccessKeyLastUsedCommandInput, call: Call): GetAccessKeyLastUsedResponse {
      const key = keyOf(store.world, call, input.AccessKeyId);
      // Uses are not recorded; this is what AWS says of a key whose use is not known.
      return { UserName: key.userName, AccessKeyLastUsed: { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' } };
    },
  };
}

/** When the account was opened, for show. */
const ROOT_SINCE = Date.UTC(2026, 0, 1);

function callerName(world: World, call: Call): string | undefined {
  return world.get('iam/user', call.principal)?.name;
}

/** The key of that id; of that user, where one is named. */
function keyOf(world: World, call: Call, id: string | undefined, userName?: string): AccessKey {
  const user = userName === undefined ? null : userOf(world, call, userName);
  const key = world.get('iam/access-key', id ?? '');
  if (!key || key.account !== call.account || (user !== null && key.parent !== user.id)) throw noSuchEntity(`The Access Key with id ${id ?? ''} cannot be found.`);
  return key;
}

function shownKey(key: AccessKey): AccessKeyMetadata {
  return { UserName: key.userName, AccessKeyId: key.id, Status: key.status, CreateDate: new Date(key.createdAt) };
}

function shown(user: User): ApiUser {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.uniqueId,
    Arn: user.id,
    CreateDate: new Date(user.createdAt),
    PermissionsBoundary: user.permissionsBoundary === null ? undefined : { PermissionsBoundaryType: 'Policy' as 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: user.permissionsBoundary },
    Tags: user.tags.length > 0 ? shownTags(user.tags) : undefined,
  };
}
