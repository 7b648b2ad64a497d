import type { InvocationRequest, InvokeAsyncRequest, InvokeWithResponseStreamRequest } from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId, uuid } from '../../../kernel/index.ts';
import { eventInvokeConfigId, isAccountAllowed, parseFunctionName, unqualifiedArn } from '../../resources/lambda/index.ts';
import type { Environment } from '../environment.ts';
import { AliasTurns } from './alias-turns.ts';
import { AsynchronousInvocations } from './asynchronous.ts';
import { destinationRecord } from './destination.ts';
import { InvocationStream, type StreamEvent } from './invocation-stream.ts';
import type { FunctionInvocation, FunctionResult } from './invoker.ts';
import { jsonFlaw } from './json-flaw.ts';
import { qualifiedArn, reference, type Resolved } from './lookup.ts';

/** Bytes of a payload: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LONGEST_PAYLOAD = 6_291_456;
const LONGEST_EVENT = 1_048_576;
/** AWS's defaults for asynchronous invocations. */
const RETRIES = 2;
const MAX_AGE_SECONDS = 21_600;

interface InvokeOutput {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  readonly LogResult?: string;
  readonly Payload?: Uint8Array;
  readonly ExecutedVersion?: string;
}

interface StreamedOutput {
  readonly StatusCode: number;
  readonly ExecutedVersion: string;
  readonly EventStream?: AsyncIterable<StreamEvent>;
}

export function invocationOperations(environment: Environment) {
  const { store, functions, clock, random } = environment;
  const turns = new AliasTurns();
  const asynchronous = new AsynchronousInvocations({
    invoker: functions, clock, journal: environment.eventJournal,
    isClosed: (functionArn) => store.world.get('lambda/function', unqualifiedArn(functionArn))?.reservedConcurrency === 0,
    ended(end) {
      const { account, region } = parseFunctionName(end.event.qualifiedArn, NOWHERE)!;
      const arn = (end.condition === 'Success' ? end.event.onSuccess : end.event.onFailure)!;
      const found = parseFunctionName(arn, { account, region })!;
      // A destination that is gone is like a queue that is gone: the record is lost.
      if (!store.world.get('lambda/function', found.arn)) return;
      const resolved = turns.resolve(store.world, found);
      void enqueue({ ...invocationOf(resolved, uuid(random), undefined), payload: destinationRecord(end, clock.now()) }, resolved).catch(() => {});
    },
  });

  const enqueue = async (invocation: FunctionInvocation, { owner, arn, configuration }: Resolved): Promise<void> => {
    const { world } = store;
    const config = world.get('lambda/event-invoke-config', eventInvokeConfigId(arn)) ?? (arn === `${owner.id}:$LATEST` ? world.get('lambda/event-invoke-config', eventInvokeConfigId(owner.id)) : undefined);
    const taken = await asynchronous.offer({
      id: invocation.requestId,
      invocation,
      qualifiedArn: arn === owner.id ? `${arn}:$LATEST` : arn,
      executedVersion: configuration.version,
      retries: config?.maximumRetryAttempts ?? RETRIES,
      maxAgeMs: (config?.maximumEventAgeInSeconds ?? MAX_AGE_SECONDS) * 1000,
      acceptedAt: clock.now(),
      onSuccess: config?.onSuccess ?? null,
      onFailure: config?.onFailure ?? null,
    });
    if (!taken) throw tooManyRequests('CallerRateLimitExceeded');
  };

  const invocationOf = (resolved: Resolved, requestId: string, payload: Uint8Array | undefined): FunctionInvocation => ({
    functionArn: resolved.configuration.id,
    invokedArn: resolved.arn,
    payload: jsonPayload(payload),
    requestId,
    clientContext: null,
    // every invocation has one on AWS, traced or not
    traceId: `Root=1-${Math.floor(clock.now() / 1000).toString(16).padStart(8, '0')}-${hexId(random, 24)};Parent=${hexId(random, 16)};Sampled=0`,
    tail: false,
    stream: null,
  });

  /** What is to be run, if the caller may. */
  const resolved = (input: { readonly FunctionName?: string | undefined; readonly Qualifier?: string | undefined }, call: Call): Resolved => {
    const found = reference(call, input.FunctionName, input.Qualifier, 'any account');
    if (found.account !== call.account && !isAccountAllowed(store.world, qualifiedArn(found), call)) {
      throw new AwsError('AccessDeniedException', `User: ${call.principal} is not authorized to perform: lambda:InvokeFunction on resource: ${qualifiedArn(found)} because no resource-based policy allows the lambda:InvokeFunction action`, { status: 403 });
    }
    // AWS looks for the version that is meant, and says so
    return turns.resolve(store.world, store.world.get('lambda/function', found.arn) ? found : { ...found, qualifier: found.qualifier ?? '$LATEST' });
  };

  return {
    async Invoke(input: InvocationRequest, call: Call): Promise<InvokeOutput> {
      const target = resolved(input, call);
      const type = input.InvocationType ?? 'RequestResponse';
      checkLength(input.Payload, type === 'Event' ? LONGEST_EVENT : LONGEST_PAYLOAD);
      const invocation: FunctionInvocation = {
        ...invocationOf(target, call.requestId, input.Payload as Uint8Array | undefined),
        clientContext: clientContextOf(input.ClientContext),
        tail: input.LogType === 'Tail' && type === 'RequestResponse',
      };
      switch (type) {
        case 'DryRun':
          return { StatusCode: 204 };
        case 'Event':
          await enqueue(invocation, target);
          return { StatusCode: 202, Payload: Buffer.alloc(0) };
        case 'RequestResponse':
          break;
      }
      const result = await functions.invoke(invocation);
      const ExecutedVersion = target.configuration.version;
      const log = (tail: string): Pick<InvokeOutput, 'LogResult'> => (invocation.tail ? { LogResult: Buffer.from(tail).toString('base64') } : {});
      switch (result.kind) {
        case 'ok':
          return { StatusCode: 200, ...log(result.logTail), Payload: result.payload, ExecutedVersion };
        case 'function-error':
          return { StatusCode: 200, FunctionError: result.error, ...log(result.logTail), Payload: result.payload, ExecutedVersion };
        case 'throttled':
        case 'unavailable':
          throw failureOf(result);
      }
    },

    async InvokeWithResponseStream(input: InvokeWithResponseStreamRequest, call: Call): Promise<StreamedOutput> {
      const target = resolved(input, call);
      checkLength(input.Payload, LONGEST_PAYLOAD);
      const tail = input.LogType === 'Tail';
      const invocation = { ...invocationOf(target, call.requestId, input.Payload as Uint8Array | undefined), clientContext: clientContextOf(input.ClientContext), tail };
      const ExecutedVersion = target.configuration.version;
      if (input.InvocationType === 'DryRun') return { StatusCode: 204, ExecutedVersion };
      const stream = new InvocationStream(tail);
      const first = await stream.run((sink) => functions.invoke({ ...invocation, stream: sink }));
      if (first !== null) throw failureOf(first);
      return { StatusCode: 200, ExecutedVersion, EventStream: stream.events() };
    },

    /** Deprecated, and Event in all but name. */
    async InvokeAsync(input: InvokeAsyncRequest, call: Call): Promise<{ readonly Status: number }> {
      const target = resolved(input, call);
      const payload = input.InvokeArgs as Uint8Array | undefined;
      checkLength(payload, LONGEST_EVENT);
      await enqueue(invocationOf(target, call.requestId, payload), target);
      return { Status: 202 };
    },
  };
}

/** Qualified ARNs say where they are. */
const NOWHERE = { account: '', region: '' };

function failureOf(result: Extract<FunctionResult, { readonly kind: 'throttled' | 'unavailable' }>): AwsError {
  if (result.kind === 'throttled') return tooManyRequests(result.reason);
  return new AwsError('ServiceException', `The function could not be run: ${result.reason}`);
}

function checkLength(payload: { readonly length?: number } | undefined, longest: number): void {
  const length = payload?.length ?? 0;
  if (length > longest) throw new AwsError('RequestTooLargeException', `${length} byte payload is too large for the invocation (limit ${longest} bytes)`);
}

/** AWS hands `{}` to the function where nothing was sent, and refuses what is not JSON. */
function jsonPayload(payload: Uint8Array | undefined): Buffer {
  if (payload === undefined || payload.length === 0) return Buffer.from('{}');
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const flaw = jsonFlaw(bytes);
  if (flaw !== null) throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: Could not parse payload into json: ${flaw}`);
  return bytes;
}

/** At most 3,583 bytes of base64. */
function clientContextOf(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  const json = Buffer.from(text, 'base64').toString('utf8');
  try {
    if (text.length > 3583) throw new Error('it is longer than 3583 bytes');
    JSON.parse(json);
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `Client context must be a valid Base64-encoded JSON object: ${(error as Error).message}`);
  }
  return json;
}

function tooManyRequests(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', { members: { Reason: reason, Type: 'User' } });
}
