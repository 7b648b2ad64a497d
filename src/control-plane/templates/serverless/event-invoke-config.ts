import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import { around, checked, type Declared, type Expansion, some } from './expansion.ts';
import type { Published } from './published-alias.ts';

const DESTINATIONS = ['OnFailure', 'OnSuccess'] as const;

/**
 * EventInvokeConfig of a function: how often and how long asynchronous invocations are tried, and where they go then.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventinvokeconfiguration.html
 */
export function expandEventInvokeConfig(functionId: string, config: Plain | undefined, { declared, problems, resources, published: { target, alias } }: Expansion & { readonly declared: Declared; readonly published: Published }): void {
  if (config === undefined) return;
  const path = `Resources.${functionId}.Properties.EventInvokeConfig`;
  const { DestinationConfig: destinations, ...retries } = checked(config, { path, problems }, { served: ['DestinationConfig', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts'] });
  const both = checked(destinations, { path: `${path}.DestinationConfig`, problems }, { served: DESTINATIONS });
  const destinationOf = (name: (typeof DESTINATIONS)[number]): PlainMap | undefined => {
    if (both[name] === undefined) return undefined;
    const at = `${path}.DestinationConfig.${name}`;
    const { Destination: destination, Type: type } = checked(both[name], { path: at, problems }, { served: ['Destination', 'Type'] });
    if (type !== undefined && type !== 'Lambda') problems.add(`${at}.Type`, type, 'allowed: Lambda; there are no queues, topics, buses and buckets to deliver to here');
    if (destination === undefined) problems.add(`${at}.Destination`, destination, 'required: the ARN of a function');
    return destination === undefined ? undefined : { Destination: destination };
  };
  const delivered = some({ OnFailure: destinationOf('OnFailure'), OnSuccess: destinationOf('OnSuccess') });
  resources.set(`${functionId}EventInvokeConfig`, {
    ...around(declared, ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy']),
    Type: 'AWS::Lambda::EventInvokeConfig',
    ...(alias !== null && { DependsOn: String(target['Ref']) }),
    Properties: some({ FunctionName: { Ref: functionId }, Qualifier: alias ?? '$LATEST', ...retries, DestinationConfig: Object.keys(delivered).length === 0 ? undefined : delivered }),
  });
}

/** The functions that a function's asynchronous invocations are told to: its role must allow it. */
export function destinationsOf(config: Plain | undefined): readonly Plain[] {
  const destinations = isPlainMap(config) && isPlainMap(config['DestinationConfig']) ? config['DestinationConfig'] : {};
  return DESTINATIONS.flatMap((name) => {
    const each = destinations[name];
    return isPlainMap(each) && each['Destination'] !== undefined ? [each['Destination']] : [];
  });
}
