import type {
  AliasConfiguration, AliasRoutingConfiguration, CreateAliasRequest, DeleteAliasRequest, GetAliasRequest, ListAliasesRequest, ListAliasesResponse, UpdateAliasRequest,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import { eventInvokeConfigId, type FunctionAlias, functionUrlId, type LambdaFunction, provisionedConcurrencyId } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { conflict, functionNotFound, invalid, notFound, outOfRange, revisionMismatch } from './error.ts';
import { functionOf, unqualified } from './lookup.ts';
import { page } from './page.ts';

export function aliasOperations(environment: Environment) {
  const { store, clock, random } = environment;

  return {
    async CreateAlias(input: CreateAliasRequest, call: Call): Promise<AliasConfiguration> {
      const found = unqualified(call, input.FunctionName);
      const name = checkedName(input.Name);
      const createdAt = clock.now();
      const revisionId = uuid(random);
      const alias = await store.transact((transaction) => {
        const current = functionOf(transaction, { ...found, qualifier: input.FunctionVersion ?? null });
        const id = `${current.id}:${name}`;
        if (transaction.get('lambda/alias', id)) throw conflict(`Alias already exists: ${id}`);
        const functionVersion = checkedVersion(transaction, current, input.FunctionVersion);
        const routing = checkedRouting(transaction, { current, functionVersion }, input.RoutingConfig);
        const { account, region } = current;
        const created: FunctionAlias = { id, account, region, parent: current.id, createdAt, name, functionVersion, description: input.Description ?? '', routing, revisionId };
        transaction.put('lambda/alias', created);
        return created;
      });
      await applied(environment);
      return output(alias);
    },

    GetAlias: (input: GetAliasRequest, call: Call): AliasConfiguration => output(aliasOf(store.world, functionOf(store.world, unqualified(call, input.FunctionName)), input.Name)),

    async UpdateAlias(input: UpdateAliasRequest, call: Call): Promise<AliasConfiguration> {
      const found = unqualified(call, input.FunctionName);
      const revisionId = uuid(random);
      const alias = await store.transact((transaction) => {
        const current = functionOf(transaction, found);
        const before = aliasOf(transaction, current, input.Name);
        if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId) throw revisionMismatch();
        const functionVersion = input.FunctionVersion === undefined ? before.functionVersion : checkedVersion(transaction, current, input.FunctionVersion);
        const routing = input.RoutingConfig === undefined ? before.routing : checkedRouting(transaction, { current, functionVersion }, input.RoutingConfig);
        const updated: FunctionAlias = { ...before, functionVersion, description: input.Description ?? before.description, routing, revisionId };
        transaction.put('lambda/alias', updated);
        return updated;
      });
      await applied(environment);
      return output(alias);
    },

    async DeleteAlias(input: DeleteAliasRequest, call: Call): Promise<object> {
      const found = unqualified(call, input.FunctionName);
      await store.transact((transaction) => {
        const current = functionOf(transaction, found);
        const id = `${current.id}:${input.Name}`;
        transaction.delete('lambda/alias', id);
        transaction.delete('lambda/policy', id);
        transaction.delete('lambda/event-invoke-config', eventInvokeConfigId(id));
        transaction.delete('lambda/function-url', functionUrlId(id));
        transaction.delete('lambda/provisioned-concurrency', provisionedConcurrencyId(id));
      });
      return {};
    },

    ListAliases(input: ListAliasesRequest, call: Call): ListAliasesResponse {
      const current = functionOf(store.world, unqualified(call, input.FunctionName));
      const { FunctionVersion: version } = input;
      const all = store.world.children('lambda/alias', current.id).filter((alias) => version === undefined || alias.functionVersion === version || alias.routing?.version === version);
      // AWS lists aliases by name, in whatever order they were made
      const { items, marker } = page([...all].sort((a, b) => (a.name < b.name ? -1 : 1)), input);
      return { Aliases: items.map(output), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },
  };
}

function output(alias: FunctionAlias): AliasConfiguration {
  return {
    AliasArn: alias.id,
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    ...(alias.routing === null ? {} : { RoutingConfig: { AdditionalVersionWeights: { [alias.routing.version]: alias.routing.weight } } }),
    RevisionId: alias.revisionId,
  };
}

function checkedName(name = ''): string {
  // A name of digits only would be taken for a version.
  if (!/^(?!\d+$)[a-zA-Z0-9_-]{1,128}$/.test(name)) throw outOfRange('name', name, 'Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)');
  return name;
}

function aliasOf(world: World, current: LambdaFunction, name: string | undefined): FunctionAlias {
  const id = `${current.id}:${name ?? ''}`;
  const alias = world.get('lambda/alias', id);
  if (!alias) throw notFound(`Cannot find alias arn: ${id}`);
  return alias;
}

function checkedVersion(world: World, current: LambdaFunction, version = ''): string {
  if (version !== '$LATEST' && !world.get('lambda/version', `${current.id}:${version}`)) throw functionNotFound(`${current.id}:${version}`);
  return version;
}

function checkedRouting(world: World, alias: { readonly current: LambdaFunction; readonly functionVersion: string }, given: AliasRoutingConfiguration | undefined): FunctionAlias['routing'] {
  const weights = Object.entries(given?.AdditionalVersionWeights ?? {});
  if (weights.length === 0) return null;
  if (weights.length > 1) throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
  const [version, weight] = weights[0]!;
  if (alias.functionVersion === '$LATEST' || version === '$LATEST') throw invalid('$LATEST is not supported for an alias pointing to more than 1 version');
  if (version === alias.functionVersion) throw invalid(`Invalid function version ${version}. Function version ${version} is already included in routing configuration.`);
  if (!(weight >= 0 && weight <= 1)) throw outOfRange('routingConfig.additionalVersionWeights', weight, 'Member must have value between 0.0 and 1.0');
  checkedVersion(world, alias.current, version);
  return { version, weight };
}
