import type {
  DeleteFunctionEventInvokeConfigRequest, DestinationConfig, FunctionEventInvokeConfig, GetFunctionEventInvokeConfigRequest, ListFunctionEventInvokeConfigsRequest,
  ListFunctionEventInvokeConfigsResponse, PutFunctionEventInvokeConfigRequest, UpdateFunctionEventInvokeConfigRequest,
} from '@aws-sdk/client-lambda';
import { type Call, parseArn } from '../../../aws/index.ts';
import { type EventInvokeConfig, eventInvokeConfigId, type FunctionReference, type LambdaFunction, parseFunctionName } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { invalid, notFound } from './error.ts';
import { qualifiedArn, reference, unqualified } from './lookup.ts';
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
      const owner = functionOf(transaction, found);
      const arn = plainArn(found);
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
        if (destination === null) continue;
        const { arn: target } = parseFunctionName(destination, call)!;
        if (target === owner.id) throw invalid("You can't specify the function as a destination for itself.");
        if (!transaction.get('lambda/function', target)) throw invalid(`The destination ARN ${destination} is invalid.`);
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
      const found = reference(call, input.FunctionName, input.Qualifier);
      const config = store.world.get('lambda/event-invoke-config', eventInvokeConfigId(plainArn(found)));
      if (!config) throw missing(shownArn(plainArn(found), found.arn));
      return output(config);
    },

    async DeleteFunctionEventInvokeConfig(input: DeleteFunctionEventInvokeConfigRequest, call: Call): Promise<object> {
      const found = reference(call, input.FunctionName, input.Qualifier);
      await store.transact((transaction) => {
        const id = eventInvokeConfigId(plainArn(found));
        if (!transaction.get('lambda/event-invoke-config', id)) throw missing(shownArn(plainArn(found), found.arn));
        transaction.delete('lambda/event-invoke-config', id);
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
    if (!isDestination(destination, member, call.region)) throw wrongConfig(given);
    if (!/^arn:[^:]+:lambda:/.test(destination)) throw invalid(`The ${member} destination ${destination} is not served here: destinations are functions.`);
    if (!parseFunctionName(destination, call)) throw wrongConfig(given);
    return destination;
  };
  return { onSuccess: checked(given.OnSuccess?.Destination, 'OnSuccess'), onFailure: checked(given.OnFailure?.Destination, 'OnFailure') };
}

/** Queues and topics are of the function's region, and not first-in-first-out ones; buckets are for failures (observed). */
function isDestination(destination: string, member: string, region: string): boolean {
  const arn = parseArn(destination);
  switch (arn?.service) {
    case 'sqs':
    case 'sns':
      return arn.region === region && !arn.resource.endsWith('.fifo');
    case 's3':
      return member === 'OnFailure';
    case 'lambda':
    case 'events':
      return true;
    default:
      return false;
  }
}

/** As Java prints it. */
function wrongConfig({ OnSuccess, OnFailure }: DestinationConfig) {
  const success = OnSuccess?.Destination === undefined ? 'null' : `OnSuccess(destination=${OnSuccess.Destination})`;
  const failure = OnFailure?.Destination === undefined ? 'null' : `OnFailure(destination=${OnFailure.Destination})`;
  return invalid(`The provided destination config DestinationConfig(onSuccess=${success}, onFailure=${failure}) is invalid.`);
}

/** The function of a reference to it, to a version or to an alias. */
function functionOf(world: World, found: FunctionReference): LambdaFunction {
  const owner = world.get('lambda/function', found.arn);
  const arn = plainArn(found);
  if (!owner || (arn !== found.arn && !world.get('lambda/version', arn) && !world.get('lambda/alias', arn))) throw notFound("The function doesn't exist.");
  return owner;
}

/** `$LATEST` and no qualifier are one configuration. */
function plainArn(found: FunctionReference): string {
  return found.qualifier === '$LATEST' ? found.arn : qualifiedArn(found);
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
