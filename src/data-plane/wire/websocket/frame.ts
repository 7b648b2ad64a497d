/** Opcodes of RFC 6455 section 5.2. */
export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const FIN = 0x80;

/** The head of an unmasked frame, as servers send them. */
export function frameHead(opcode: number, length: number, fin: boolean): Buffer {
  const first = (fin ? FIN : 0) | opcode;
  if (length < 126) return Buffer.from([first, length]);
  if (length < 65_536) return Buffer.from([first, 126, length >> 8, length & 255]);
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = 127;
  head.writeUInt32BE(Math.floor(length / 4_294_967_296), 2);
  head.writeUInt32BE(length >>> 0, 6);
  return head;
}

/** A whole message, in frames of at most `most` octets of payload each. */
export function messageFrames(opcode: typeof TEXT | typeof BINARY, payload: Buffer, most: number): Buffer {
  if (payload.length <= most) return Buffer.concat([frameHead(opcode, payload.length, true), payload]);
  const parts: Buffer[] = [];
  for (let at = 0; at < payload.length; at += most) {
    const end = Math.min(at + most, payload.length);
    parts.push(frameHead(at === 0 ? opcode : CONTINUATION, end - at, end === payload.length), payload.subarray(at, end));
  }
  return Buffer.concat(parts);
}

/** A Close, Ping or Pong frame; `payload` is at most 125 octets. */
export function controlFrame(opcode: typeof CLOSE | typeof PING | typeof PONG, payload: Buffer): Buffer {
  return Buffer.concat([frameHead(opcode, payload.length, true), payload]);
}

/** The payload of a Close frame. */
export function closePayload(code: number, reason: string): Buffer {
  const text = Buffer.from(reason, 'utf8').subarray(0, 123);
  const payload = Buffer.allocUnsafe(2 + text.length);
  payload.writeUInt16BE(code, 0);
  text.copy(payload, 2);
  return payload;
}
