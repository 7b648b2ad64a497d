import { failureDocument } from './invocation.ts';
import { NoBootstrap, type ProcessEnd } from './runtime-process.ts';

/** What AWS says of a process that ended without answering. */
export function exitMessage(requestId: string, end: ProcessEnd): string {
  return `RequestId: ${requestId} Error: ${reason(end)}`;
}

/** What AWS tells the caller of an invocation that took too long (seen since 2025; before it was the line of the log). */
export function timeoutDocument(requestId: string, timeoutMs: number): Buffer {
  return failureDocument('Sandbox.Timedout', `RequestId: ${requestId} Error: ${timeoutText(timeoutMs)}`);
}

/** What it writes to the log. */
export function timeoutMessage(now: number, requestId: string, timeoutMs: number): string {
  return `${new Date(now).toISOString()} ${requestId} ${timeoutText(timeoutMs)}`;
}

function timeoutText(timeoutMs: number): string {
  return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}

function reason(end: ProcessEnd): string {
  switch (end.kind) {
    case 'status':
      return end.status === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${end.status}`;
    case 'signal':
      return `Runtime exited with error: signal: ${SIGNALS[end.signal] ?? end.signal}`;
    case 'failed':
      return end.error instanceof NoBootstrap ? end.error.message : `Runtime could not be started: ${end.error.message}`;
  }
}

/** Signals as AWS's messages name them. */
const SIGNALS: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};
