import { exitMessage } from './failure.ts';
import { type FailureCause, failureDocument } from './invocation.ts';
import type { ProcessEnd } from './runtime-process.ts';

/** Why an environment never became ready. */
export type InitFailure =
  | { readonly kind: 'timeout'; readonly limitMs: number }
  /** `message` null: the runtime has written its own account to the log. */
  | {
      readonly kind: 'error';
      readonly cause: FailureCause;
      readonly errorType: string;
      readonly document: (requestId: string) => Buffer;
      readonly message: ((requestId: string) => string) | null;
    };

/** Its process ended before it was ready. */
export function exitFailure(end: ProcessEnd, outOfMemory: boolean): InitFailure {
  const errorType = outOfMemory ? 'Runtime.OutOfMemory' : end.kind === 'failed' ? 'Runtime.InvalidEntrypoint' : 'Runtime.ExitError';
  const message = (requestId: string): string => exitMessage(requestId, end);
  const document = (requestId: string): Buffer => failureDocument(errorType, message(requestId));
  return { kind: 'error', cause: outOfMemory ? 'out-of-memory' : 'init', errorType, document, message };
}

/** An extension has said that it cannot start, or has ended. */
export function extensionFailure(errorType: string, what: string): InitFailure {
  return { kind: 'error', cause: 'init', errorType, document: (requestId) => failureDocument(errorType, `RequestId: ${requestId} Error: ${what}`), message: null };
}
