import type {
  AddLayerVersionPermissionRequest, AddLayerVersionPermissionResponse, DeleteLayerVersionRequest, GetLayerVersionByArnRequest, GetLayerVersionPolicyRequest, GetLayerVersionPolicyResponse,
  GetLayerVersionRequest, GetLayerVersionResponse, LayerVersionsListItem, ListLayersRequest, ListLayersResponse, ListLayerVersionsRequest, ListLayerVersionsResponse,
  PublishLayerVersionRequest, RemoveLayerVersionPermissionRequest,
} from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import { layerArn, type LayerStatement, type LayerVersion, mayUseLayer, parseLayerArn } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { checkArchive } from './archive.ts';
import { archiveBytes, codeLocation } from './code.ts';
import { conflict, invalid, notFound, revisionMismatch } from './error.ts';
import { base64Hash } from './output.ts';
import { page } from './page.ts';
import { checkCompatibleRuntimes, checkWantedRuntime } from './runtime.ts';

type Wanted = Pick<ListLayersRequest, 'CompatibleRuntime' | 'CompatibleArchitecture'>;

/** https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
export function layerOperations(environment: Environment) {
  const { store, blobs, clock, random } = environment;

  const versionOf = (world: World, call: Call, input: Named): LayerVersion => {
    return checkedVersion(world, call, versionId(call, input));
  };

  /** As `versionOf`, in the words that AWS has for those who ask about its policy. */
  const policyOwner = (world: World, call: Call, input: Named): LayerVersion => {
    const id = versionId(call, input);
    if (!world.get('lambda/layer-version', id)) throw notFound(`Layer version ${id} does not exist.`);
    return owned(checkedVersion(world, call, id), call);
  };

  return {
    async PublishLayerVersion(input: PublishLayerVersionRequest, call: Call): Promise<GetLayerVersionResponse> {
      const arn = nameToArn(call, input.LayerName);
      const parsed = parseLayerArn(arn)!;
      if (parsed.account !== call.account) throw new AwsError('AccessDeniedException', `Layers of account ${parsed.account} are published by that account.`, { status: 403 });
      checkCompatibleRuntimes(input.CompatibleRuntimes ?? [], environment.runtimes);
      const bytes = await archiveBytes(environment, input.Content, { operation: call.operation, missing: 'Please provide a source for layer content.' });
      const { unzippedSize } = await checkArchive(bytes, environment.limits);
      const code = await blobs.put(bytes);
      const now = clock.now();
      const revisionId = uuid(random);
      const version = await store.transact((transaction) => {
        const { account, region, name } = parsed;
        const layer = transaction.get('lambda/layer', arn) ?? { id: arn, account, region, parent: null, createdAt: now, name, lastVersion: 0 };
        const number = layer.lastVersion + 1;
        const created: LayerVersion = {
          id: `${arn}:${number}`, account, region, parent: arn, createdAt: now, name, version: number, description: input.Description ?? '', code, codeSize: bytes.length, unzippedSize,
          compatibleRuntimes: input.CompatibleRuntimes ?? null, compatibleArchitectures: input.CompatibleArchitectures ?? null, licenseInfo: input.LicenseInfo ?? '', statements: [], revisionId,
        };
        transaction.put('lambda/layer', { ...layer, lastVersion: number });
        transaction.put('lambda/layer-version', created);
        return created;
      });
      return output(version, call.host);
    },

    GetLayerVersion: (input: GetLayerVersionRequest, call: Call): GetLayerVersionResponse => output(versionOf(store.world, call, input), call.host),

    GetLayerVersionByArn(input: GetLayerVersionByArnRequest, call: Call): GetLayerVersionResponse {
      const parsed = parseLayerArn(input.Arn ?? '');
      if (!parsed || parsed.version === null) throw invalid(`${input.Arn} is no ARN of a layer version.`);
      return output(checkedVersion(store.world, call, input.Arn!), call.host);
    },

    async DeleteLayerVersion(input: DeleteLayerVersionRequest, call: Call): Promise<object> {
      const id = versionId(call, input);
      if (parseLayerArn(id)!.account !== call.account) throw denied(call, 'lambda:DeleteLayerVersion', id);
      await store.transact((transaction) => transaction.delete('lambda/layer-version', id));
      return {};
    },

    ListLayerVersions(input: ListLayerVersionsRequest, call: Call): ListLayerVersionsResponse {
      checkWantedRuntime(input.CompatibleRuntime, environment.runtimes);
      const arn = nameToArn(call, input.LayerName);
      const all = newestFirst(store.world, arn).filter((version) => fits(version, input) && mayUseLayer(version, call.account));
      const { items, marker } = page(all, input);
      return { LayerVersions: items.map(item), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },

    ListLayers(input: ListLayersRequest, call: Call): ListLayersResponse {
      checkWantedRuntime(input.CompatibleRuntime, environment.runtimes);
      const layers = store.world.list('lambda/layer', call).flatMap((layer) => {
        const latest = newestFirst(store.world, layer.id).find((version) => fits(version, input));
        return latest ? [{ id: layer.id, shown: { LayerName: layer.name, LayerArn: layer.id, LatestMatchingVersion: item(latest) } }] : [];
      });
      const { items, marker } = page(layers, input);
      return { Layers: items.map(({ shown }) => shown), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },

    async AddLayerVersionPermission(input: AddLayerVersionPermissionRequest, call: Call): Promise<AddLayerVersionPermissionResponse> {
      if (input.Action !== 'lambda:GetLayerVersion') throw invalid(`The action of a layer's permission is lambda:GetLayerVersion, got ${input.Action}.`);
      const principal = principalOf(input.Principal ?? '');
      if (input.OrganizationId !== undefined && principal !== '*') throw invalid('If organization id is specified then principal should be *');
      const revisionId = uuid(random);
      const added = await store.transact((transaction) => {
        const version = policyOwner(transaction, call, input);
        checkRevision(version, input.RevisionId);
        if (version.statements.some(({ Sid }) => Sid === input.StatementId)) throw conflict(`The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`);
        const statement: LayerStatement = {
          Sid: input.StatementId ?? '', Effect: 'Allow', Principal: principal, Action: 'lambda:GetLayerVersion', Resource: version.id,
          ...(input.OrganizationId === undefined ? {} : { Condition: { StringEquals: { 'aws:PrincipalOrgID': input.OrganizationId } } }),
        };
        transaction.put('lambda/layer-version', { ...version, statements: [...version.statements, statement], revisionId });
        return statement;
      });
      return { Statement: JSON.stringify(added), RevisionId: revisionId };
    },

    async RemoveLayerVersionPermission(input: RemoveLayerVersionPermissionRequest, call: Call): Promise<object> {
      const revisionId = uuid(random);
      await store.transact((transaction) => {
        const version = policyOwner(transaction, call, input);
        checkRevision(version, input.RevisionId);
        const statements = version.statements.filter(({ Sid }) => Sid !== input.StatementId);
        if (statements.length === version.statements.length) throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
        transaction.put('lambda/layer-version', { ...version, statements, revisionId });
      });
      return {};
    },

    GetLayerVersionPolicy(input: GetLayerVersionPolicyRequest, call: Call): GetLayerVersionPolicyResponse {
      const version = policyOwner(store.world, call, input);
      if (version.statements.length === 0) throw notFound('No policy is associated with the given resource.');
      return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: version.statements }), RevisionId: version.revisionId };
    },
  };
}

interface Named {
  readonly LayerName?: string | undefined;
  readonly VersionNumber?: number | undefined;
}

function versionId(call: Call, { LayerName, VersionNumber = 0 }: Named): string {
  if (VersionNumber < 1) throw invalid('Layer Version Cannot be less than 1');
  return `${nameToArn(call, LayerName)}:${VersionNumber}`;
}

function nameToArn(call: Call, name = ''): string {
  if (/^[a-zA-Z0-9_-]{1,140}$/.test(name)) return layerArn(call, name);
  const parsed = parseLayerArn(name);
  if (!parsed || parsed.version !== null) throw invalid(`LayerName ${name} is neither a layer's name nor its ARN.`);
  if (parsed.region !== call.region) throw invalid(`Layers from '${parsed.region}' are not reachable in this region ('${call.region}')`);
  return parsed.layer;
}

function checkedVersion(world: World, call: Call, id: string): LayerVersion {
  const version = world.get('lambda/layer-version', id);
  if (version && !mayUseLayer(version, call.account)) throw denied(call, 'lambda:GetLayerVersion', id);
  if (!version) throw notFound('The resource you requested does not exist.');
  return version;
}

function owned(version: LayerVersion, call: Call): LayerVersion {
  if (version.account !== call.account) throw denied(call, `lambda:${call.operation}`, version.id);
  return version;
}

function denied(call: Call, action: string, resource: string): AwsError {
  return new AwsError('AccessDeniedException', `User: ${call.principal} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`, { status: 403 });
}

function checkRevision(version: LayerVersion, given: string | undefined): void {
  if (given !== undefined && given !== '' && given !== version.revisionId) throw revisionMismatch('GetLayerPolicy');
}

function principalOf(given: string): LayerStatement['Principal'] {
  if (given === '*') return '*';
  if (/^\d{12}$/.test(given)) return { AWS: `arn:aws:iam::${given}:root` };
  if (/^arn:aws[a-z-]*:iam::\d{12}:root$/.test(given)) return { AWS: given };
  throw invalid('The provided principal was invalid. Please check the principal and try again.');
}

function newestFirst(world: World, layer: string): readonly LayerVersion[] {
  return [...world.children('lambda/layer-version', layer)].sort((a, b) => b.version - a.version);
}

function fits(version: LayerVersion, { CompatibleRuntime: runtime, CompatibleArchitecture: architecture }: Wanted): boolean {
  return (runtime === undefined || version.compatibleRuntimes?.includes(runtime) === true) && (architecture === undefined || version.compatibleArchitectures?.includes(architecture) === true);
}

/** The model has the date as text in AWS's own form. */
function item(version: LayerVersion): LayerVersionsListItem {
  return {
    LayerVersionArn: version.id,
    Version: version.version,
    Description: version.description,
    CreatedDate: new Date(version.createdAt).toISOString().replace('Z', '+0000'),
    ...(version.compatibleRuntimes === null ? {} : { CompatibleRuntimes: [...version.compatibleRuntimes] as NonNullable<LayerVersionsListItem['CompatibleRuntimes']> }),
    ...(version.compatibleArchitectures === null ? {} : { CompatibleArchitectures: [...version.compatibleArchitectures] as NonNullable<LayerVersionsListItem['CompatibleArchitectures']> }),
    ...(version.licenseInfo === '' ? {} : { LicenseInfo: version.licenseInfo }),
  };
}

function output(version: LayerVersion, host: string): GetLayerVersionResponse {
  return {
    Content: { Location: codeLocation(host, version.code), CodeSha256: base64Hash(version.code), CodeSize: version.codeSize },
    LayerArn: version.parent,
    ...item(version),
  };
}
