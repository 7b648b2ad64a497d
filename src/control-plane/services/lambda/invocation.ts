import type { InvocationRequest, InvokeAsyncRequest } from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../../../aws/index.ts';
import { eventInvokeConfigId } from '../../resources/lambda/index.ts';
import type { Environment } from '../environment.ts';
import { AsynchronousInvocations } from './asynchronous.ts';
import { reference, resolve, type Resolved } from './lookup.ts';
import type { FunctionInvocation } from './invoker.ts';

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

export function invocationOperations(environment: Environment) {
  const { store, functions, clock, random } = environment;
  const asynchronous = new AsynchronousInvocations(functions, clock);

  const enqueue = (invocation: FunctionInvocation, { owner, arn }: Resolved): void => {
    const { world } = store;
    const config = world.get('lambda/event-invoke-config', eventInvokeConfigId(arn)) ?? (arn === `${owner.id}:$LATEST` ? world.get('lambda/event-invoke-config', eventInvokeConfigId(owner.id)) : undefined);
    const retries = config?.maximumRetryAttempts ?? RETRIES;
    const maxAgeMs = (config?.maximumEventAgeInSeconds ?? MAX_AGE_SECONDS) * 1000;
    if (!asynchronous.offer({ invocation, retries, maxAgeMs })) throw tooManyRequests('CallerRateLimitExceeded');
  };

  const invocationOf = (resolved: Resolved, call: Call, payload: Uint8Array | undefined): FunctionInvocation => ({
    functionArn: resolved.configuration.id,
    invokedArn: resolved.arn,
    payload: jsonPayload(payload),
    requestId: call.requestId,
    clientContext: null,
    traceId: null,
    tail: false,
  });

  return {
    async Invoke(input: InvocationRequest, call: Call): Promise<InvokeOutput> {
      const resolved = resolve(store.world, reference(call, input.FunctionName, input.Qualifier), random.number());
      const type = input.InvocationType ?? 'RequestResponse';
      checkLength(input.Payload, type === 'Event' ? LONGEST_EVENT : LONGEST_PAYLOAD);
      const invocation: FunctionInvocation = {
        ...invocationOf(resolved, call, input.Payload as Uint8Array | undefined),
        clientContext: clientContextOf(input.ClientContext),
        tail: input.LogType === 'Tail' && type === 'RequestResponse',
      };
      switch (type) {
        case 'DryRun':
          return { StatusCode: 204 };
        case 'Event':
          enqueue(invocation, resolved);
          return { StatusCode: 202, Payload: Buffer.alloc(0) };
        case 'RequestResponse':
          break;
      }
      const result = await functions.invoke(invocation);
      const ExecutedVersion = resolved.configuration.version;
      const log = (tail: string): Pick<InvokeOutput, 'LogResult'> => (invocation.tail ? { LogResult: Buffer.from(tail).toString('base64') } : {});
      switch (result.kind) {
        case 'ok':
          return { StatusCode: 200, ...log(result.logTail), Payload: result.payload, ExecutedVersion };
        case 'function-error':
          return { StatusCode: 200, FunctionError: result.error, ...log(result.logTail), Payload: result.payload, ExecutedVersion };
        case 'throttled':
          throw tooManyRequests(result.reason);
        case 'unavailable':
          throw new AwsError('ServiceException', `The function could not be run: ${result.reason}`);
      }
    },

    /** Deprecated, and Event in all but name. */
    InvokeAsync(input: InvokeAsyncRequest, call: Call): { readonly Status: number } {
      const resolved = resolve(store.world, reference(call, input.FunctionName), random.number());
      const payload = input.InvokeArgs as Uint8Array | undefined;
      checkLength(payload, LONGEST_EVENT);
      enqueue(invocationOf(resolved, call, payload), resolved);
      return { Status: 202 };
    },
  };
}

function checkLength(payload: { readonly length?: number } | undefined, longest: number): void {
  const length = payload?.length ?? 0;
  if (length > longest) throw new AwsError('RequestTooLargeException', `${length} byte payload is too large for the invocation (limit ${longest} bytes)`);
}

/** AWS hands `{}` to the function where nothing was sent, and refuses what is not JSON. */
function jsonPayload(payload: Uint8Array | undefined): Buffer {
  if (payload === undefined || payload.length === 0) return Buffer.from('{}');
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  try {
    JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: Could not parse payload into json: ${(error as Error).message}`);
  }
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
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', { members: { Reason: reason } });
}
