import type {
  CreateRoleCommandInput, CreateRoleResponse, CreateServiceLinkedRoleCommandInput, CreateServiceLinkedRoleResponse, DeleteRoleCommandInput,
  DeleteServiceLinkedRoleCommandInput, DeleteServiceLinkedRoleResponse, GetRoleCommandInput, GetRoleResponse, GetServiceLinkedRoleDeletionStatusCommandInput,
  GetServiceLinkedRoleDeletionStatusResponse, ListRolesCommandInput, ListRolesResponse, Role as ApiRole, UpdateAssumeRolePolicyCommandInput, UpdateRoleCommandInput,
  UpdateRoleDescriptionCommandInput, UpdateRoleDescriptionResponse,
} from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import { GLOBAL, iamArn, type Role, uniqueId } from '../../resources/iam/index.ts';
import type { Environment } from '../environment.ts';
import { checkTrustPolicy, encodedDocument } from './document.ts';
import { checkedBoundary, checkedPath, isTaken, noSuchEntity, roleOf, scopeOf } from './lookup.ts';
import { markerPage } from './marker.ts';
import { merged, shownTags, tagging } from './tags.ts';

/** Services whose linked role has another name than their host name gives. */
const LINKED_NAMES: Readonly<Record<string, string>> = {
  'elasticloadbalancing.amazonaws.com': 'AWSServiceRoleForElasticLoadBalancing',
  'autoscaling.amazonaws.com': 'AWSServiceRoleForAutoScaling',
  'ops.apigateway.amazonaws.com': 'AWSServiceRoleForAPIGateway',
  'ecs.amazonaws.com': 'AWSServiceRoleForECS',
  'rds.amazonaws.com': 'AWSServiceRoleForRDS',
  'replicator.lambda.amazonaws.com': 'AWSServiceRoleForLambdaReplicator',
  'logger.cloudfront.amazonaws.com': 'AWSServiceRoleForCloudFrontLogger',
  'wafv2.amazonaws.com': 'AWSServiceRoleForWAFV2Logging',
};

export function roleOperations(environment: Environment) {
  const { store, clock, random, limits } = environment;
  const tags = tagging(environment, 'iam/role', (world, call, { RoleName }: { readonly RoleName: string | undefined }) => roleOf(world, call, RoleName));
  return {
    async CreateRole(input: CreateRoleCommandInput, call: Call): Promise<CreateRoleResponse> {
      const name = input.RoleName!;
      const path = checkedPath(input.Path);
      checkTrustPolicy(input.AssumeRolePolicyDocument!);
      const role: Role = {
        id: iamArn(call.account, 'role', [path, name]),
        account: call.account,
        region: GLOBAL,
        parent: null,
        createdAt: clock.now(),
        name,
        path,
        uniqueId: uniqueId(random, 'AROA'),
        assumeRolePolicy: input.AssumeRolePolicyDocument!,
        description: input.Description ?? null,
        maxSessionDuration: input.MaxSessionDuration ?? 3600,
        linkedService: null,
        inlinePolicies: [],
        attachedPolicyArns: [],
        permissionsBoundary: checkedBoundary(input.PermissionsBoundary),
        tags: merged([], input.Tags),
      };
      await store.transact((tx) => {
        const roles = tx.list('iam/role', scopeOf(call));
        if (isTaken(roles, name)) throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`);
        const most = limits.value('roles-per-account', 1000);
        if (roles.length >= most) throw new AwsError('LimitExceeded', `Cannot exceed quota for RolesPerAccount: ${most}`);
        tx.put('iam/role', role);
      });
      return { Role: shownRole(role) };
    },

    GetRole(input: GetRoleCommandInput, call: Call): GetRoleResponse {
      const role = roleOf(store.world, call, input.RoleName);
      return { Role: { ...shownRole(role), RoleLastUsed: {} } };
    },

    ListRoles(input: ListRolesCommandInput, call: Call): ListRolesResponse {
      const own = store.world.list('iam/role', scopeOf(call)).filter((role) => role.path.startsWith(input.PathPrefix ?? '/'));
      const { items, IsTruncated, Marker } = markerPage(own, input, (role) => role.name);
      // Tags and boundaries are left out of lists: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
      const Roles = items.map((role) => ({ ...shownRole(role), Tags: undefined, PermissionsBoundary: undefined }));
      return { Roles, IsTruncated, Marker };
    },

    async DeleteRole(input: DeleteRoleCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const role = roleOf(tx, call, input.RoleName);
        refuseLinked(role);
        if (tx.list('iam/instance-profile', scopeOf(call)).some((profile) => profile.roleArn === role.id)) {
          throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.');
        }
        if (role.attachedPolicyArns.length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.');
        if (role.inlinePolicies.length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.');
        tx.delete('iam/role', role.id);
      });
    },

    async UpdateRole(input: UpdateRoleCommandInput, call: Call): Promise<object> {
      await store.transact((tx) => {
        const role = roleOf(tx, call, input.RoleName);
        // What is left out goes back to its default, which is how a description is removed.
        tx.put('iam/role', { ...role, description: input.Description ?? null, maxSessionDuration: input.MaxSessionDuration ?? 3600 });
      });
      return {};
    },

    async UpdateRoleDescription(input: UpdateRoleDescriptionCommandInput, call: Call): Promise<UpdateRoleDescriptionResponse> {
      const role = await store.transact((tx) => {
        const changed = { ...roleOf(tx, call, input.RoleName), description: input.Description ?? null };
        tx.put('iam/role', changed);
        return changed;
      });
      return { Role: shownRole(role) };
    },

    async UpdateAssumeRolePolicy(input: UpdateAssumeRolePolicyCommandInput, call: Call): Promise<void> {
      checkTrustPolicy(input.PolicyDocument!);
      await store.transact((tx) => {
        const role = roleOf(tx, call, input.RoleName);
        refuseLinked(role);
        tx.put('iam/role', { ...role, assumeRolePolicy: input.PolicyDocument! });
      });
    },

    TagRole: tags.tag,
    UntagRole: tags.untag,
    ListRoleTags: tags.list,

    async CreateServiceLinkedRole(input: CreateServiceLinkedRoleCommandInput, call: Call): Promise<CreateServiceLinkedRoleResponse> {
      const service = input.AWSServiceName!;
      if (!/^[a-z0-9.-]+\.amazonaws\.com$/.test(service)) throw new AwsError('InvalidInput', `Service principal ${service} is not valid`);
      const base = LINKED_NAMES[service] ?? `AWSServiceRoleFor${service.split('.').slice(0, -2).map((part) => part[0]!.toUpperCase() + part.slice(1)).toReversed().join('')}`;
      const name = input.CustomSuffix === undefined ? base : `${base}_${input.CustomSuffix}`;
      const path = `/aws-service-role/${service}/`;
      const role: Role = {
        id: iamArn(call.account, 'role', [path, name]),
        account: call.account,
        region: GLOBAL,
        parent: null,
        createdAt: clock.now(),
        name,
        path,
        uniqueId: uniqueId(random, 'AROA'),
        assumeRolePolicy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] }),
        description: input.Description ?? null,
        maxSessionDuration: 3600,
        linkedService: service,
        inlinePolicies: [],
        attachedPolicyArns: service === 'elasticloadbalancing.amazonaws.com' ? ['arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy'] : [],
        permissionsBoundary: null,
        tags: [],
      };
      await store.transact((tx) => {
        if (isTaken(tx.list('iam/role', scopeOf(call)), name)) {
          throw new AwsError('InvalidInput', `Service role name ${name} has been taken in this account, please try a different suffix.`);
        }
        tx.put('iam/role', role);
      });
      return { Role: shownRole(role) };
    },

    async DeleteServiceLinkedRole(input: DeleteServiceLinkedRoleCommandInput, call: Call): Promise<DeleteServiceLinkedRoleResponse> {
      const role = await store.transact((tx) => {
        const linked = roleOf(tx, call, input.RoleName);
        if (linked.linkedService === null) throw noSuchEntity(`The role with name ${linked.name} is not a service-linked role.`);
        tx.delete('iam/role', linked.id);
        return linked;
      });
      return { DeletionTaskId: `task${role.path}${role.name}/${uuid(random)}` };
    },

    GetServiceLinkedRoleDeletionStatus(input: GetServiceLinkedRoleDeletionStatusCommandInput): GetServiceLinkedRoleDeletionStatusResponse {
      if (!/^task\/aws-service-role\/[^/]+\/[^/]+\/[0-9a-f-]{36}$/.test(input.DeletionTaskId ?? '')) {
        throw noSuchEntity(`The deletion task ${input.DeletionTaskId ?? ''} cannot be found.`);
      }
      // The role goes in the call that asks for it.
      return { Status: 'SUCCEEDED' };
    },
  };
}

function refuseLinked(role: Role): void {
  if (role.linkedService === null) return;
  throw new AwsError('UnmodifiableEntity', `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`);
}

export function shownRole(role: Role): ApiRole {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.uniqueId,
    Arn: role.id,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodedDocument(role.assumeRolePolicy),
    Description: role.description ?? undefined,
    MaxSessionDuration: role.maxSessionDuration,
    PermissionsBoundary: role.permissionsBoundary === null ? undefined : { PermissionsBoundaryType: 'Policy' as 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: role.permissionsBoundary },
    Tags: role.tags.length > 0 ? shownTags(role.tags) : undefined,
  };
}
