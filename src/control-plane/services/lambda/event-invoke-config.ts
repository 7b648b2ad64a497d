import type {
  DeleteFunctionEventInvokeConfigRequest, DestinationConfig, FunctionEventInvokeConfig, GetFunctionEventInvokeConfigRequest, ListFunctionEventInvokeConfigsRequest,
  ListFunctionEventInvokeConfigsResponse, PutFunctionEventInvokeConfigRequest, UpdateFunctionEventInvokeConfigRequest,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import { type EventInvokeConfig, eventInvokeConfigId, type FunctionReference } from '../../resources/lambda/index.ts';
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
    refuseDestinations(input.DestinationConfig);
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
        lastModified: now,
      };
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

function refuseDestinations(given: DestinationConfig | undefined): void {
  const target = given?.OnSuccess?.Destination ?? given?.OnFailure?.Destination;
  if (target !== undefined && target !== '') throw invalid(`Destinations of asynchronous invocations are not served here: leave DestinationConfig out (${target}).`);
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
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
  };
}
