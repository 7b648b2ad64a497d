import type {
  CreatePolicyCommandInput, CreatePolicyResponse, CreatePolicyVersionCommandInput, CreatePolicyVersionResponse, DeletePolicyCommandInput, DeletePolicyVersionCommandInput,
  GetPolicyCommandInput, GetPolicyResponse, GetPolicyVersionCommandInput, GetPolicyVersionResponse, ListPoliciesCommandInput, ListPoliciesResponse, ListPolicyTagsCommandInput,
  ListPolicyTagsResponse, ListPolicyVersionsCommandInput, ListPolicyVersionsResponse, Policy as ApiPolicy, PolicyVersion as ApiPolicyVersion,
  SetDefaultPolicyVersionCommandInput,
} from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import { type Attachable, GLOBAL, iamArn, type Policy, type PolicyVersion, uniqueId } from '../../resources/iam/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { managedPolicies, type ManagedPolicy, managedPolicy } from './aws-managed.ts';
import { checkIdentityPolicy, encodedDocument } from './document.ts';
import { checkedPath, isTaken, noSuchEntity, policyOf, scopeOf } from './lookup.ts';
import { markerPage } from './marker.ts';
import { merged, shownTags, tagging } from './tags.ts';

const VERSIONS = 5;
const SIZE = 6144;
/** When AWS's own policies were made, for show. */
const LONG_AGO = new Date('2015-02-06T18:40:58Z');

export function policyOperations(environment: Environment) {
  const { store, clock, random } = environment;
  const tags = tagging(environment, 'iam/policy', (world, call, { PolicyArn }: { readonly PolicyArn: string | undefined }) => policyOf(world, call, PolicyArn));
  return {
    async CreatePolicy(input: CreatePolicyCommandInput, call: Call): Promise<CreatePolicyResponse> {
      const name = input.PolicyName!;
      const path = checkedPath(input.Path);
      const document = checkedDocument(input.PolicyDocument!);
      const now = clock.now();
      const policy: Policy = {
        id: iamArn(call.account, 'policy', [path, name]),
        account: call.account,
        region: GLOBAL,
        parent: null,
        createdAt: now,
        name,
        path,
        uniqueId: uniqueId(random, 'ANPA'),
        description: input.Description ?? null,
        defaultVersionId: 'v1',
        versions: [{ versionId: 'v1', document, createdAt: now }],
        nextVersion: 2,
        updatedAt: now,
        tags: merged([], input.Tags),
      };
      await store.transact((tx) => {
        if (isTaken(tx.list('iam/policy', scopeOf(call)), name)) {
          throw new AwsError('EntityAlreadyExists', `A policy called ${name} already exists. Duplicate names are not allowed.`);
        }
        tx.put('iam/policy', policy);
      });
      return { Policy: { ...shown(policy, store.world), Description: undefined } };
    },

    GetPolicy(input: GetPolicyCommandInput, call: Call): GetPolicyResponse {
      const managed = managedPolicy(input.PolicyArn!);
      if (managed) return { Policy: shownManaged(managed, store.world, call) };
      return { Policy: shown(policyOf(store.world, call, input.PolicyArn), store.world) };
    },

    ListPolicies(input: ListPoliciesCommandInput, call: Call): ListPoliciesResponse {
      const world = store.world;
      const own = input.Scope === 'AWS' ? [] : world.list('iam/policy', scopeOf(call)).map((policy) => ({ ...shown(policy, world), Tags: undefined, Description: undefined }));
      const aws = input.Scope === 'Local' ? [] : managedPolicies().map((policy) => ({ ...shownManaged(policy, world, call), Description: undefined }));
      const matching = [...own, ...aws].filter(
        (policy) =>
          policy.Path!.startsWith(input.PathPrefix ?? '/') &&
          (!input.OnlyAttached || policy.AttachmentCount! > 0) &&
          (input.PolicyUsageFilter !== 'PermissionsBoundary' || policy.PermissionsBoundaryUsageCount! > 0),
      );
      const { items, IsTruncated, Marker } = markerPage(matching, input, (policy) => policy.Arn!);
      return { Policies: [...items], IsTruncated, Marker };
    },

    async DeletePolicy(input: DeletePolicyCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const policy = policyOf(tx, call, input.PolicyArn);
        if (uses(tx, call, policy.id).attached > 0) throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.');
        if (policy.versions.length > 1) throw new AwsError('DeleteConflict', 'This policy has more than one version. Before you delete a policy, you must delete the policy\'s versions. The default version is deleted with the policy.');
        tx.delete('iam/policy', policy.id);
      });
    },

    async CreatePolicyVersion(input: CreatePolicyVersionCommandInput, call: Call): Promise<CreatePolicyVersionResponse> {
      const document = checkedDocument(input.PolicyDocument!);
      return store.transact((tx) => {
        const policy = policyOf(tx, call, input.PolicyArn);
        if (policy.versions.length >= VERSIONS) {
          throw new AwsError('LimitExceeded', 'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.');
        }
        const version: PolicyVersion = { versionId: `v${policy.nextVersion}`, document, createdAt: clock.now() };
        const changed: Policy = {
          ...policy,
          versions: [...policy.versions, version],
          nextVersion: policy.nextVersion + 1,
          defaultVersionId: input.SetAsDefault ? version.versionId : policy.defaultVersionId,
          updatedAt: clock.now(),
        };
        tx.put('iam/policy', changed);
        return { PolicyVersion: { ...shownVersion(version, changed), Document: undefined } };
      });
    },

    GetPolicyVersion(input: GetPolicyVersionCommandInput, call: Call): GetPolicyVersionResponse {
      const managed = managedPolicy(input.PolicyArn!);
      if (managed) {
        if (input.VersionId !== 'v1') throw noSuchVersion(input.PolicyArn!, input.VersionId);
        return { PolicyVersion: { VersionId: 'v1', IsDefaultVersion: true, CreateDate: LONG_AGO, Document: encodedDocument(managed.document) } };
      }
      const policy = policyOf(store.world, call, input.PolicyArn);
      return { PolicyVersion: shownVersion(versionOf(policy, input.VersionId), policy) };
    },

    ListPolicyVersions(input: ListPolicyVersionsCommandInput, call: Call): ListPolicyVersionsResponse {
      if (managedPolicy(input.PolicyArn!)) return { Versions: [{ VersionId: 'v1', IsDefaultVersion: true, CreateDate: LONG_AGO }], IsTruncated: false };
      const policy = policyOf(store.world, call, input.PolicyArn);
      const number = (version: PolicyVersion): string => version.versionId.slice(1).padStart(9, '0');
      const { items, IsTruncated, Marker } = markerPage(policy.versions, input, number);
      return { Versions: items.toReversed().map((version) => ({ ...shownVersion(version, policy), Document: undefined })), IsTruncated, Marker };
    },

    async DeletePolicyVersion(input: DeletePolicyVersionCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const policy = policyOf(tx, call, input.PolicyArn);
        const version = versionOf(policy, input.VersionId);
        if (version.versionId === policy.defaultVersionId) throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.');
        tx.put('iam/policy', { ...policy, versions: policy.versions.filter((each) => each !== version), updatedAt: clock.now() });
      });
    },

    async SetDefaultPolicyVersion(input: SetDefaultPolicyVersionCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const policy = policyOf(tx, call, input.PolicyArn);
        tx.put('iam/policy', { ...policy, defaultVersionId: versionOf(policy, input.VersionId).versionId, updatedAt: clock.now() });
      });
    },

    TagPolicy: tags.tag,
    UntagPolicy: tags.untag,
    ListPolicyTags: (input: ListPolicyTagsCommandInput, call: Call): ListPolicyTagsResponse => (managedPolicy(input.PolicyArn!) ? { Tags: [], IsTruncated: false } : tags.list(input, call)),
  };
}

function checkedDocument(document: string): string {
  checkIdentityPolicy(document);
  if (document.replace(/\s/g, '').length > SIZE) throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${SIZE}`);
  return document;
}

function versionOf(policy: Policy, versionId: string | undefined): PolicyVersion {
  const version = policy.versions.find((each) => each.versionId === versionId);
  if (!version) throw noSuchVersion(policy.id, versionId);
  return version;
}

function noSuchVersion(arn: string, versionId: string | undefined): AwsError {
  return noSuchEntity(`Policy ${arn} version ${versionId ?? ''} does not exist or is not attachable.`);
}

function uses(world: World, call: Call, arn: string): { readonly attached: number; readonly boundary: number } {
  const owners: readonly Attachable[] = [...world.list('iam/role', scopeOf(call)), ...world.list('iam/user', scopeOf(call))];
  return {
    attached: owners.filter((owner) => owner.attachedPolicyArns.includes(arn)).length,
    boundary: owners.filter((owner) => owner.permissionsBoundary === arn).length,
  };
}

function shown(policy: Policy, world: World): ApiPolicy {
  const { attached, boundary } = uses(world, { account: policy.account } as Call, policy.id);
  return {
    PolicyName: policy.name,
    PolicyId: policy.uniqueId,
    Arn: policy.id,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: boundary,
    IsAttachable: true,
    Description: policy.description ?? undefined,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
    Tags: policy.tags.length > 0 ? shownTags(policy.tags) : undefined,
  };
}

function shownManaged(policy: ManagedPolicy, world: World, call: Call): ApiPolicy {
  const { attached, boundary } = uses(world, call, policy.arn);
  return {
    PolicyName: policy.name,
    PolicyId: policy.uniqueId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: boundary,
    IsAttachable: true,
    Description: policy.description,
    CreateDate: LONG_AGO,
    UpdateDate: LONG_AGO,
  };
}

function shownVersion(version: PolicyVersion, policy: Policy): ApiPolicyVersion {
  return {
    VersionId: version.versionId,
    IsDefaultVersion: version.versionId === policy.defaultVersionId,
    CreateDate: new Date(version.createdAt),
    Document: encodedDocument(version.document),
  };
}
