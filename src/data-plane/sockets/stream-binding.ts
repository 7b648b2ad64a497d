/** What Node's sockets stand on, as far as this room uses it: libuv's stream as JavaScript sees it. */
export interface StreamHandle {
  writeLatin1String(request: WriteRequest, text: string): number;
  writeBuffer(request: WriteRequest, buffer: Buffer): number;
  readonly writeQueueSize: number;
  /** Called for each read, with the length or the error in `streamBaseState`. */
  onread?: (this: StreamHandle, buffer: ArrayBuffer | undefined) => unknown;
  reading?: boolean;
  readStop?(): number;
}

export interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Keeps the octets alive while libuv holds a pointer to them. */
  buffer?: Buffer;
}

/** A FIN on its way. */
export interface ShutdownRequest {
  oncomplete?: (this: ShutdownRequest, status: number) => void;
  socket?: object;
}

export interface StreamBinding {
  readonly ShutdownWrap?: new () => ShutdownRequest;
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
  readonly kReadBytesOrError: number;
}

/** Null where Node does not offer it (`process.binding` is deprecated): then everything goes through the stream. */
export const streamBinding: StreamBinding | null = (() => {
  try {
    const offered = (process as unknown as { binding(name: string): Partial<StreamBinding> }).binding('stream_wrap');
    const whole =
      typeof offered.WriteWrap === 'function' && offered.streamBaseState !== undefined && typeof offered.kLastWriteWasAsync === 'number' &&
      typeof offered.kReadBytesOrError === 'number';
    return whole ? (offered as StreamBinding) : null;
  } catch {
    return null;
  }
})();
