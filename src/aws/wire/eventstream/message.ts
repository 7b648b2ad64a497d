import { crc32 } from 'node:zlib';

export type EventHeader =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'timestamp'; readonly value: Date };

export interface EventMessage {
  readonly headers: readonly (readonly [string, EventHeader])[];
  readonly payload: Uint8Array;
}

/**
 * One message of `application/vnd.amazon.eventstream`: total length, header length, their CRC, headers, payload, CRC of everything
 * (Amazon Transcribe Developer Guide, "Event stream encoding"; all numbers big endian).
 */
export function encodeMessage(message: EventMessage): Buffer {
  const headers = Buffer.concat(message.headers.map(([name, header]) => encodeHeader(name, header)));
  const total = 12 + headers.length + message.payload.length + 4;
  const out = Buffer.allocUnsafe(total);
  out.writeUInt32BE(total, 0);
  out.writeUInt32BE(headers.length, 4);
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8);
  headers.copy(out, 12);
  out.set(message.payload, 12 + headers.length);
  out.writeUInt32BE(crc32(out.subarray(0, total - 4)), total - 4);
  return out;
}

function encodeHeader(name: string, header: EventHeader): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, encodeValue(header)]);
}

function encodeValue(header: EventHeader): Buffer {
  switch (header.type) {
    case 'boolean':
      return Buffer.from([header.value ? 0 : 1]);
    case 'integer': {
      const out = Buffer.alloc(5, 4);
      out.writeInt32BE(header.value, 1);
      return out;
    }
    case 'long':
      return long(5, header.value);
    case 'bytes':
      return sized(6, header.value);
    case 'string':
      return sized(7, Buffer.from(header.value, 'utf8'));
    case 'timestamp':
      return long(8, BigInt(header.value.getTime()));
  }
}

function long(type: number, value: bigint): Buffer {
  const out = Buffer.alloc(9, type);
  out.writeBigInt64BE(value, 1);
  return out;
}

function sized(type: number, value: Uint8Array): Buffer {
  if (value.length > 32_767) throw new RangeError(`an event header holds at most 32767 bytes, got ${value.length}`);
  const out = Buffer.allocUnsafe(3 + value.length);
  out[0] = type;
  out.writeUInt16BE(value.length, 1);
  out.set(value, 3);
  return out;
}
