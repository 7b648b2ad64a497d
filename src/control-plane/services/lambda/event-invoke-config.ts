import type {
  DeleteFunctionEventInvokeConfigRequest, DestinationConfig, FunctionEventInvokeConfig, GetFunctionEventInvokeConfigRequest, ListFunctionEventInvokeConfigsRequest,
  ListFunctionEventInvokeConfigsResponse, PutFunctionEventInvokeConfigRequest, UpdateFunctionEventInvokeConfigRequest,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import { type EventInvokeConfig, eventInvokeConfigId, type FunctionReference, parseFunctionName } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { invalid, notFound } from './error.ts';
import { functionOf, reference, resolve as resolveReference, type Resolved, unqualified } from './lookup.ts';
import { page } from './page.ts';

type Change = PutFunctionEventInvokeConfigRequest | UpdateFunctionEventInvokeConfigRequest;

export function eventInvokeConfigOperations(environment: Environment) {
  const { store, clock } = environment;

  /** `keep`: members that the request leaves out stay as they are (Update), instead of going back to their defaults (Put). */
  const write = async (input: Change, call: Call, keep: boolean): Promise<FunctionEventInvokeConfig> => {
    const destinations = checkedDestinations(input.DestinationConfig, call);
    const found = reference(call, input.FunctionName, input.Qualifier);
    const now = clock.now();
    if (input.MaximumRetryAttempts === undefined && input.MaximumEventAgeInSeconds === undefined && input.DestinationConfig === undefined) {
      throw invalid('You must specify at least one of error handling or destination setting.');
    }
    const written = await store.transact((transaction) => {
      const { owner, arn } = resolve(transaction, found);
      const before = transaction.get('lambda/event-invoke-config', eventInvokeConfigId(arn));
      if (keep && !before) throw missing(shownArn(arn, owner.id));
      const { account, region } = owner;
      const config: EventInvokeConfig = {
        id: eventInvokeConfigId(arn),
        account,
        region,
        parent: owner.id,
        createdAt: before?.createdAt ?? now,
        functionArn: shownArn(arn, owner.id),
        maximumRetryAttempts: input.MaximumRetryAttempts ?? (keep ? before!.maximumRetryAttempts : null),
        maximumEventAgeInSeconds: input.MaximumEventAgeInSeconds ?? (keep ? before!.maximumEventAgeInSeconds : null),
        onSuccess: destinations?.onSuccess ?? (keep && destinations === null ? before!.onSuccess : null),
        onFailure: destinations?.onFailure ?? (keep && destinations === null ? before!.onFailure : null),
        lastModified: now,
      };
      for (const destination of [config.onSuccess, config.onFailure]) {
        if (destination !== null && parseFunctionName(destination, call)!.arn === owner.id) throw invalid(`The function ${owner.name} cannot be its own destination.`);
      }
      transaction.put('lambda/event-invoke-config', config);
      return config;
    });
    return output(written);
  };

  return {
    PutFunctionEventInvokeConfig: (input: PutFunctionEventInvokeConfigRequest, call: Call) => write(input, call, false),
    UpdateFunctionEventInvokeConfig: (input: UpdateFunctionEventInvokeConfigRequest, call: Call) => write(input, call, true),

    GetFunctionEventInvokeConfig(input: GetFunctionEventInvokeConfigRequest, call: Call): FunctionEventInvokeConfig {
      const { owner, arn } = resolve(store.world, reference(call, input.FunctionName, input.Qualifier));
      const config = store.world.get('lambda/event-invoke-config', eventInvokeConfigId(arn));
      if (!config) throw missing(shownArn(arn, owner.id));
      return output(config);
    },

    async DeleteFunctionEventInvokeConfig(input: DeleteFunctionEventInvokeConfigRequest, call: Call): Promise<object> {
      const found = reference(call, input.FunctionName, input.Qualifier);
      await store.transact((transaction) => {
        const { owner, arn } = resolve(transaction, found);
        if (!transaction.get('lambda/event-invoke-config', eventInvokeConfigId(arn))) throw missing(shownArn(arn, owner.id));
        transaction.delete('lambda/event-invoke-config', eventInvokeConfigId(arn));
      });
      return {};
    },

    ListFunctionEventInvokeConfigs(input: ListFunctionEventInvokeConfigsRequest, call: Call): ListFunctionEventInvokeConfigsResponse {
      const current = functionOf(store.world, unqualified(call, input.FunctionName));
      const { items, marker } = page(store.world.children('lambda/event-invoke-config', current.id), input);
      return { FunctionEventInvokeConfigs: items.map(output), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },
  };
}

interface Destinations {
  readonly onSuccess: string | null;
  readonly onFailure: string | null;
}

/** Functions only: there are no queues, topics, buses and buckets here to deliver to. Null: nothing was said. */
function checkedDestinations(given: DestinationConfig | undefined, call: Call): Destinations | null {
  if (given === undefined) return null;
  const checked = (destination: string | undefined, member: string): string | null => {
    if (destination === undefined || destination === '') return null;
    if (!/^arn:[^:]+:lambda:/.test(destination)) throw invalid(`The ${member} destination ${destination} is not served here: destinations are functions.`);
    if (!parseFunctionName(destination, call)) throw invalid(`The provided destination config DestinationConfig(${member}: ${destination}) is invalid: it is no function's ARN.`);
    return destination;
  };
  return { onSuccess: checked(given.OnSuccess?.Destination, 'OnSuccess'), onFailure: checked(given.OnFailure?.Destination, 'OnFailure') };
}

/** `$LATEST` and no qualifier are one configuration. */
function resolve(world: World, found: FunctionReference): Resolved {
  return resolveReference(world, found.qualifier === '$LATEST' ? { ...found, qualifier: null } : found);
}

/** The ARN is shown with a qualifier always. */
function shownArn(arn: string, owner: string): string {
  return arn === owner ? `${owner}:$LATEST` : arn;
}

function missing(arn: string) {
  return notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
}

function output(config: EventInvokeConfig): FunctionEventInvokeConfig {
  return {
    LastModified: new Date(config.lastModified),
    FunctionArn: config.functionArn,
    ...(config.maximumRetryAttempts === null ? {} : { MaximumRetryAttempts: config.maximumRetryAttempts }),
    ...(config.maximumEventAgeInSeconds === null ? {} : { MaximumEventAgeInSeconds: config.maximumEventAgeInSeconds }),
    DestinationConfig: { OnSuccess: config.onSuccess === null ? {} : { Destination: config.onSuccess }, OnFailure: config.onFailure === null ? {} : { Destination: config.onFailure } },
  };
}
