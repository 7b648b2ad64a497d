import type { ConnectionCommand, ConnectionRequest } from '../../snapshot/index.ts';
import { arrived, carried, type CarriedBytes } from './carried-bytes.ts';

/** A `ConnectionRequest` as it crosses from thread to thread. */
export interface CarriedConnectionRequest extends Omit<ConnectionRequest, 'command'> {
  readonly command: Exclude<ConnectionCommand, { readonly kind: 'post' }> | { readonly kind: 'post'; readonly data: CarriedBytes };
}

export function carriedRequest(request: ConnectionRequest): CarriedConnectionRequest {
  const { command } = request;
  if (command.kind !== 'post') return { ...request, command };
  const { buffer, byteOffset, byteLength } = command.data;
  return { ...request, command: { kind: 'post', data: carried(Buffer.from(buffer, byteOffset, byteLength)) } };
}

export function arrivedRequest(request: CarriedConnectionRequest): ConnectionRequest {
  const { command } = request;
  return { ...request, command: command.kind === 'post' ? { kind: 'post', data: arrived(command.data) } : command };
}
