import type {
  AttachRolePolicyCommandInput, AttachUserPolicyCommandInput, DeleteRolePolicyCommandInput, DeleteUserPolicyCommandInput, GetRolePolicyCommandInput,
  GetRolePolicyResponse, GetUserPolicyCommandInput, GetUserPolicyResponse, ListAttachedRolePoliciesCommandInput, ListAttachedRolePoliciesResponse,
  ListAttachedUserPoliciesCommandInput, ListEntitiesForPolicyCommandInput, ListEntitiesForPolicyResponse, ListRolePoliciesCommandInput,
  ListRolePoliciesResponse, ListUserPoliciesCommandInput, PutRolePermissionsBoundaryCommandInput, PutRolePolicyCommandInput,
  PutUserPermissionsBoundaryCommandInput, PutUserPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Attachable, Role, User } from '../../resources/iam/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { isManagedPolicyArn } from './aws-managed.ts';
import { checkIdentityPolicy, encodedDocument } from './document.ts';
import { checkedBoundary, checkPartition, noSuchEntity, roleOf, scopeOf, userOf } from './lookup.ts';
import { markerPage, type MarkerRequest } from './marker.ts';

/** Inline policies may take so many characters together, white space not counted. */
/** AWS's default quotas (measured). */
export const ATTACHED_MOST = { role: 20, user: 10 } as const;
const INLINE_MOST = { role: 10_240, user: 2048 } as const;

type Owner = { readonly kind: 'role'; readonly noun: Role } | { readonly kind: 'user'; readonly noun: User };

/** Inline and managed policies of roles and users: the same for both but for the names of the operations. */
export function attachmentOperations({ store, limits }: Environment) {
  const role = (world: World, call: Call, name: string | undefined): Owner => ({ kind: 'role', noun: roleOf(world, call, name) });
  const user = (world: World, call: Call, name: string | undefined): Owner => ({ kind: 'user', noun: userOf(world, call, name) });

  function save(tx: Transaction, owner: Owner, change: Partial<Attachable>): void {
    if (owner.kind === 'role') tx.put('iam/role', { ...owner.noun, ...change });
    else tx.put('iam/user', { ...owner.noun, ...change });
  }

  function putInline(tx: Transaction, owner: Owner, { name, document }: { readonly name: string; readonly document: string }): void {
    checkIdentityPolicy(document);
    const before = owner.noun.inlinePolicies;
    const present = before.some((each) => each.name === name);
    const inlinePolicies = present ? before.map((each) => (each.name === name ? { name, document } : each)) : [...before, { name, document }];
    const size = inlinePolicies.reduce((sum, each) => sum + each.document.replace(/\s/g, '').length, 0);
    const most = INLINE_MOST[owner.kind];
    if (size > most) throw new AwsError('LimitExceeded', `Maximum policy size of ${most} bytes exceeded for ${owner.kind} ${owner.noun.name}`);
    save(tx, owner, { inlinePolicies });
  }

  function inlineOf(owner: Owner, name: string | undefined): { readonly name: string; readonly document: string } {
    const policy = owner.noun.inlinePolicies.find((each) => each.name === name);
    if (!policy) throw noSuchEntity(`The ${owner.kind} policy with name ${name ?? ''} cannot be found.`);
    return policy;
  }

  function deleteInline(tx: Transaction, owner: Owner, name: string | undefined): void {
    const gone = inlineOf(owner, name);
    save(tx, owner, { inlinePolicies: owner.noun.inlinePolicies.filter((each) => each !== gone) });
  }

  function attach(tx: Transaction, owner: Owner, arn: string): void {
    checkPartition(arn);
    if (!isManagedPolicyArn(arn) && tx.get('iam/policy', arn)?.account !== owner.noun.account) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    if (owner.noun.attachedPolicyArns.includes(arn)) return;
    const most = limits.value(`managed-policies-per-${owner.kind}`, ATTACHED_MOST[owner.kind]);
    if (owner.noun.attachedPolicyArns.length >= most) throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPer${owner.kind === 'role' ? 'Role' : 'User'}: ${most}`);
    save(tx, owner, { attachedPolicyArns: [...owner.noun.attachedPolicyArns, arn] });
  }

  function detach(tx: Transaction, owner: Owner, arn: string): void {
    if (!owner.noun.attachedPolicyArns.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    save(tx, owner, { attachedPolicyArns: owner.noun.attachedPolicyArns.filter((each) => each !== arn) });
  }

  function listAttached(owner: Owner, input: MarkerRequest & { readonly PathPrefix?: string | undefined }): ListAttachedRolePoliciesResponse {
    const own = owner.noun.attachedPolicyArns
      .map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn }))
      .filter(({ PolicyArn }) => PolicyArn.slice(PolicyArn.indexOf(':policy/') + 7).startsWith(input.PathPrefix ?? '/'));
    const { items, IsTruncated, Marker } = markerPage(own, input, (each) => each.PolicyArn);
    return { AttachedPolicies: [...items], IsTruncated, Marker };
  }

  function listInline(owner: Owner, input: MarkerRequest): ListRolePoliciesResponse {
    const { items, IsTruncated, Marker } = markerPage(owner.noun.inlinePolicies, input, (each) => each.name);
    return { PolicyNames: items.map((each) => each.name), IsTruncated, Marker };
  }

  const write = (change: (tx: Transaction) => void): Promise<void> => store.transact(change);

  return {
    PutRolePolicy: (input: PutRolePolicyCommandInput, call: Call) => write((tx) => putInline(tx, role(tx, call, input.RoleName), { name: input.PolicyName!, document: input.PolicyDocument! })),
    PutUserPolicy: (input: PutUserPolicyCommandInput, call: Call) => write((tx) => putInline(tx, user(tx, call, input.UserName), { name: input.PolicyName!, document: input.PolicyDocument! })),
    GetRolePolicy(input: GetRolePolicyCommandInput, call: Call): GetRolePolicyResponse {
      const policy = inlineOf(role(store.world, call, input.RoleName), input.PolicyName);
      return { RoleName: input.RoleName, PolicyName: policy.name, PolicyDocument: encodedDocument(policy.document) };
    },
    GetUserPolicy(input: GetUserPolicyCommandInput, call: Call): GetUserPolicyResponse {
      const policy = inlineOf(user(store.world, call, input.UserName), input.PolicyName);
      return { UserName: input.UserName, PolicyName: policy.name, PolicyDocument: encodedDocument(policy.document) };
    },
    DeleteRolePolicy: (input: DeleteRolePolicyCommandInput, call: Call) => write((tx) => deleteInline(tx, role(tx, call, input.RoleName), input.PolicyName)),
    DeleteUserPolicy: (input: DeleteUserPolicyCommandInput, call: Call) => write((tx) => deleteInline(tx, user(tx, call, input.UserName), input.PolicyName)),
    ListRolePolicies: (input: ListRolePoliciesCommandInput, call: Call) => listInline(role(store.world, call, input.RoleName), input),
    ListUserPolicies: (input: ListUserPoliciesCommandInput, call: Call) => listInline(user(store.world, call, input.UserName), input),
    AttachRolePolicy: (input: AttachRolePolicyCommandInput, call: Call) => write((tx) => attach(tx, role(tx, call, input.RoleName), input.PolicyArn!)),
    AttachUserPolicy: (input: AttachUserPolicyCommandInput, call: Call) => write((tx) => attach(tx, user(tx, call, input.UserName), input.PolicyArn!)),
    DetachRolePolicy: (input: AttachRolePolicyCommandInput, call: Call) => write((tx) => detach(tx, role(tx, call, input.RoleName), input.PolicyArn!)),
    DetachUserPolicy: (input: AttachUserPolicyCommandInput, call: Call) => write((tx) => detach(tx, user(tx, call, input.UserName), input.PolicyArn!)),
    ListAttachedRolePolicies: (input: ListAttachedRolePoliciesCommandInput, call: Call) => listAttached(role(store.world, call, input.RoleName), input),
    ListAttachedUserPolicies: (input: ListAttachedUserPoliciesCommandInput, call: Call) => listAttached(user(store.world, call, input.UserName), input),
    PutRolePermissionsBoundary: (input: PutRolePermissionsBoundaryCommandInput, call: Call) =>
      write((tx) => save(tx, role(tx, call, input.RoleName), { permissionsBoundary: checkedBoundary(input.PermissionsBoundary) })),
    PutUserPermissionsBoundary: (input: PutUserPermissionsBoundaryCommandInput, call: Call) =>
      write((tx) => save(tx, user(tx, call, input.UserName), { permissionsBoundary: checkedBoundary(input.PermissionsBoundary) })),
    DeleteRolePermissionsBoundary: (input: { RoleName?: string }, call: Call) => write((tx) => save(tx, role(tx, call, input.RoleName), { permissionsBoundary: null })),
    DeleteUserPermissionsBoundary: (input: { UserName?: string }, call: Call) => write((tx) => save(tx, user(tx, call, input.UserName), { permissionsBoundary: null })),

    ListEntitiesForPolicy(input: ListEntitiesForPolicyCommandInput, call: Call): ListEntitiesForPolicyResponse {
      const world = store.world;
      const arn = input.PolicyArn!;
      if (!isManagedPolicyArn(arn) && world.get('iam/policy', arn)?.account !== call.account) throw noSuchEntity(`Policy ${arn} was not found.`);
      const uses = (noun: Attachable): boolean =>
        noun.path.startsWith(input.PathPrefix ?? '/') && (input.PolicyUsageFilter === 'PermissionsBoundary' ? noun.permissionsBoundary === arn : noun.attachedPolicyArns.includes(arn));
      const wanted = (kind: string): boolean => input.EntityFilter === undefined || input.EntityFilter === kind;
      const roles = wanted('Role') ? world.list('iam/role', scopeOf(call)).filter(uses) : [];
      const users = wanted('User') ? world.list('iam/user', scopeOf(call)).filter(uses) : [];
      const { items, IsTruncated, Marker } = markerPage<Attachable>([...roles, ...users], input, (noun) => noun.id);
      const page = new Set(items);
      return {
        PolicyRoles: roles.filter((each) => page.has(each)).map((each) => ({ RoleName: each.name, RoleId: each.uniqueId })),
        PolicyUsers: users.filter((each) => page.has(each)).map((each) => ({ UserName: each.name, UserId: each.uniqueId })),
        PolicyGroups: [],
        IsTruncated,
        Marker,
      };
    },
  };
}
