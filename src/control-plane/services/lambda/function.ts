import type {
  CreateFunctionRequest, DeleteFunctionRequest, FunctionConfiguration as Shape, GetFunctionConfigurationRequest, GetFunctionRequest, GetFunctionResponse, ListFunctionsRequest,
  ListFunctionsResponse, UpdateFunctionCodeRequest, UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import { eventInvokeConfigId, type FunctionConfiguration, type LambdaFunction, provisionedConcurrencyId, runtimeManagementId } from '../../resources/lambda/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { codeLocation, takeCode } from './code.ts';
import { checkSignature, codeSigningConfigOf } from './code-signing.ts';
import { brokenConstraint, conflict, functionNotFound, invalid, revisionMismatch } from './error.ts';
import { functionOf, reference, resolve, unqualified } from './lookup.ts';
import { configurationOutput } from './output.ts';
import { page } from './page.ts';
import { defaultSettings, mergedSettings } from './settings.ts';
import { checkedTags, tagMap } from './tag.ts';
import { publish } from './version.ts';

export function functionOperations(environment: Environment) {
  const { store, clock, random } = environment;

  return {
    async CreateFunction(input: CreateFunctionRequest, call: Call): Promise<Shape> {
      const found = reference(call, input.FunctionName);
      if (found.qualifier !== null) throw invalid('A function is created without a qualifier: name it alone.');
      if (found.name.length > 64) throw invalid(brokenConstraint('functionName', found.name, 'Member must have length less than or equal to 64'));
      if (found.account !== call.account) throw invalid(`The account of FunctionName (${found.account}) is not that of the caller (${call.account}).`);
      if (input.PackageType === 'Image' && input.Code?.ImageUri === undefined) throw invalid('ImageUri is required.');
      const { Runtime: runtime, Handler: handler, Role: role = '' } = input;
      const before = { ...defaultSettings(found.name), runtime: '', handler: '', role };
      // Said before the code is looked at: what cannot be executed, cannot be with any code.
      const { account, region } = found;
      mergedSettings(before, input, { ...environment, world: store.world, account, region, unzipped: 0 });
      if (runtime === undefined || handler === undefined) throw invalid('Runtime and Handler are mandatory parameters for functions created with deployment packages.');
      const architectures = checkedArchitectures(input.Architectures);
      const tags = checkedTags(input.Tags ?? {});
      if (store.world.get('lambda/function', found.arn)) throw conflict(`Function already exist: ${found.name}`);
      const codeSigningConfig = input.CodeSigningConfigArn === undefined || input.CodeSigningConfigArn === '' ? null : codeSigningConfigOf(store.world, call, input.CodeSigningConfigArn).id;
      checkSignature(store.world, codeSigningConfig);
      const stored = await takeCode(environment, input.Code, { operation: call.operation });
      const now = clock.now();
      const revisionId = uuid(random);
      const versionRevision = uuid(random);
      const functionRevisionId = uuid(random);
      const shown = await store.transact((transaction) => {
        if (transaction.get('lambda/function', found.arn)) throw conflict(`Function already exist: ${found.name}`);
        const created: LambdaFunction = {
          id: found.arn,
          account: found.account,
          region: found.region,
          parent: null,
          createdAt: now,
          name: found.name,
          version: '$LATEST',
          ...mergedSettings(before, input, { ...environment, world: transaction, account, region, unzipped: stored.unzippedSize }),
          ...stored,
          architectures,
          lastModified: now,
          revisionId,
          tags,
          reservedConcurrency: null,
          recursiveLoop: 'Terminate',
          codeSigningConfig,
          lastVersion: 0,
        };
        transaction.put('lambda/function', created);
        return input.Publish === true ? publish(transaction, created, { now, revisionId: versionRevision, functionRevisionId, description: created.description }) : created;
      });
      await applied(environment);
      return configurationOutput(shown, found.arn);
    },

    GetFunction(input: GetFunctionRequest, call: Call): GetFunctionResponse {
      const { owner, configuration, arn } = resolve(store.world, reference(call, input.FunctionName, input.Qualifier));
      return {
        Configuration: configurationOutput(configuration, arn),
        Code: configuration.folder === null ? { RepositoryType: 'S3', Location: codeLocation(call.host, configuration.code) } : { RepositoryType: 'S3', Location: `file://${configuration.folder}` },
        ...(owner.tags.length === 0 ? {} : { Tags: tagMap(owner.tags) }),
        ...(owner.reservedConcurrency === null ? {} : { Concurrency: { ReservedConcurrentExecutions: owner.reservedConcurrency } }),
      };
    },

    GetFunctionConfiguration(input: GetFunctionConfigurationRequest, call: Call): Shape {
      const { configuration, arn } = resolve(store.world, reference(call, input.FunctionName, input.Qualifier));
      return configurationOutput(configuration, arn);
    },

    async UpdateFunctionCode(input: UpdateFunctionCodeRequest, call: Call): Promise<Shape> {
      const found = unqualified(call, input.FunctionName);
      const before = functionOf(store.world, found);
      const architectures = input.Architectures === undefined ? null : checkedArchitectures(input.Architectures);
      checkRevision(before, input.RevisionId);
      checkSignature(store.world, before.codeSigningConfig);
      const dryRun = input.DryRun === true;
      const stored = await takeCode(environment, input, { operation: call.operation, store: !dryRun });
      const now = clock.now();
      const change = { ...stored, ...(architectures === null ? {} : { architectures }), lastModified: now, revisionId: uuid(random) };
      if (dryRun) return configurationOutput({ ...before, ...change, lastModified: before.lastModified, revisionId: before.revisionId }, found.arn);
      const versionRevision = uuid(random);
      const functionRevisionId = uuid(random);
      const shown = await store.transact((transaction) => {
        const current = functionOf(transaction, found);
        checkRevision(current, input.RevisionId);
        const updated: LambdaFunction = { ...current, ...change };
        transaction.put('lambda/function', updated);
        return input.Publish === true ? publish(transaction, updated, { now, revisionId: versionRevision, functionRevisionId, description: updated.description }) : updated;
      });
      await applied(environment);
      return configurationOutput(shown, shown.id);
    },

    async UpdateFunctionConfiguration(input: UpdateFunctionConfigurationRequest, call: Call): Promise<Shape> {
      const found = unqualified(call, input.FunctionName);
      const change = { lastModified: clock.now(), revisionId: uuid(random) };
      const updated = await store.transact((transaction) => {
        const current = functionOf(transaction, found);
        checkRevision(current, input.RevisionId);
        const next: LambdaFunction = { ...current, ...mergedSettings(current, input, { ...environment, world: transaction, account: current.account, region: current.region, unzipped: current.unzippedSize }), ...change };
        transaction.put('lambda/function', next);
        return next;
      });
      await applied(environment);
      return configurationOutput(updated, found.arn);
    },

    async DeleteFunction(input: DeleteFunctionRequest, call: Call): Promise<{ StatusCode: number }> {
      const found = reference(call, input.FunctionName, input.Qualifier);
      if (found.qualifier === '$LATEST') throw invalid('$LATEST version cannot be deleted without deleting the function.');
      await store.transact((transaction) => {
        const current = transaction.get('lambda/function', found.arn);
        if (!current) throw functionNotFound(found.arn);
        if (found.qualifier === null) return deleteFunction(transaction, current);
        deleteVersion(transaction, current, found.qualifier);
      });
      return { StatusCode: 204 };
    },

    ListFunctions(input: ListFunctionsRequest, call: Call): ListFunctionsResponse {
      const functions = store.world.list('lambda/function', call);
      const all: readonly FunctionConfiguration[] = input.FunctionVersion === 'ALL' ? functions.flatMap((each) => [each, ...store.world.children('lambda/version', each.id)]) : functions;
      const { items, marker } = page(all, input);
      const arnOf = (each: FunctionConfiguration): string => (input.FunctionVersion === 'ALL' && each.version === '$LATEST' ? `${each.id}:$LATEST` : each.id);
      return { Functions: items.map((each) => configurationOutput(each, arnOf(each), 'list')), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },
  };
}

function checkRevision(current: LambdaFunction, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== current.revisionId) throw revisionMismatch();
}

/** Kept and shown: the Node of the installation runs either. */
function checkedArchitectures(given: readonly string[] | undefined): readonly string[] {
  if (given === undefined || given.length === 0) return ['x86_64'];
  if (given.length > 1) throw invalid('A function has exactly one architecture: x86_64 or arm64.');
  return [...given];
}

function deleteFunction(transaction: Transaction, current: LambdaFunction): void {
  for (const kind of ['lambda/version', 'lambda/alias', 'lambda/policy', 'lambda/event-invoke-config', 'lambda/function-url', 'lambda/provisioned-concurrency', 'lambda/runtime-management'] as const) {
    for (const { id } of transaction.children(kind, current.id)) transaction.delete(kind, id);
  }
  transaction.delete('lambda/function', current.id);
}

function deleteVersion(transaction: Transaction, current: LambdaFunction, qualifier: string): void {
  const id = `${current.id}:${qualifier}`;
  const version = transaction.get('lambda/version', id);
  if (!version) {
    if (transaction.get('lambda/alias', id)) throw invalid('Deletion of aliases is not currently supported by DeleteFunction: use DeleteAlias.');
    // AWS answers a version that is not there like one that was.
    return;
  }
  const aliases = transaction.children('lambda/alias', current.id).filter((alias) => alias.functionVersion === qualifier || alias.routing?.version === qualifier);
  if (aliases.length > 0) throw conflict(`Unable to delete version because the following aliases reference it: [${aliases.map((alias) => alias.name).join(', ')}]`);
  transaction.delete('lambda/version', id);
  transaction.delete('lambda/policy', id);
  transaction.delete('lambda/event-invoke-config', eventInvokeConfigId(id));
  transaction.delete('lambda/provisioned-concurrency', provisionedConcurrencyId(id));
  transaction.delete('lambda/runtime-management', runtimeManagementId(id));
}
