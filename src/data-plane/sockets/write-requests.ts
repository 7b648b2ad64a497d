import { streamBinding, type WriteRequest } from './stream-binding.ts';

/** The thread's. */
let spare: WriteRequest | null = null;

/** For a write of libuv's, which nearly always is through when the call returns: then the next write takes the same. */
export function writeRequest(): WriteRequest {
  return (spare ??= new streamBinding!.WriteWrap());
}

/** Libuv has taken the request over, and tells `completed`. `kept`: what it points to. */
export function requestTaken(completed: (status: number) => void, kept: Buffer | null): void {
  const request = writeRequest();
  request.oncomplete = completed;
  if (kept !== null) request.buffer = kept;
  spare = null;
}

/** It may have been begun. */
export function requestFailed(): void {
  spare = null;
}
