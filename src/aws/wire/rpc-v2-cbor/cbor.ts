import type { Limits } from '../../limits.ts';
import { Malformed } from '../malformed.ts';
import { fromEpoch } from '../timestamp.ts';
import { put } from '../scalar.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const INDEFINITE = 31;
const BREAK = 0xff;

/**
 * Decodes one CBOR item (RFC 8949) and nothing after it: definite and indefinite lengths, text keys only, tag 1 (epoch seconds) as Date, other
 * tags refused as Smithy's rpcv2Cbor asks. Bounded in depth, in items, and never allocates more than it was sent. Throws Malformed.
 */
export function decodeCbor(bytes: Uint8Array, limits: Limits): unknown {
  const decoder = new Decoder(bytes, limits);
  const value = decoder.item(0);
  decoder.end();
  return value;
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limits: Limits;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array, limits: Limits) {
    // not a Buffer, whose slice would share the request's memory with the values
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new Malformed('syntax', '', 'there are bytes after the CBOR item');
  }

  item(depth: number): unknown {
    if (depth > this.#limits.depth) throw new Malformed('size', '', `values nest deeper than ${this.#limits.depth}`);
    if (++this.#items > this.#limits.items) throw new Malformed('size', '', `there are more than ${this.#limits.items} values`);
    const initial = this.#byte();
    const info = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return this.#whole(this.#argument(info));
      case 1: {
        const argument = this.#argument(info);
        return this.#whole(typeof argument === 'bigint' ? -1n - argument : -1 - argument);
      }
      case 2:
        return this.#string(info, 2);
      case 3:
        return this.#text(this.#string(info, 3));
      case 4:
        return this.#array(info, depth);
      case 5:
        return this.#map(info, depth);
      case 6:
        return this.#tagged(info, depth);
      default:
        return this.#simple(info);
    }
  }

  #byte(): number {
    this.#need(1);
    return this.#bytes[this.#at++]!;
  }

  #need(count: number): void {
    if (this.#at + count > this.#bytes.length) throw new Malformed('syntax', '', 'the CBOR body ends too early');
  }

  /** The argument of an initial byte: up to 64 bits, a bigint only where a number would not be exact. */
  #argument(info: number): number | bigint {
    if (info < 24) return info;
    const size = info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : 0;
    if (size === 0) throw new Malformed('syntax', '', `the CBOR additional information ${info} has no meaning here`);
    this.#need(size);
    const at = this.#at;
    this.#at += size;
    switch (size) {
      case 1:
        return this.#view.getUint8(at);
      case 2:
        return this.#view.getUint16(at);
      case 4:
        return this.#view.getUint32(at);
      default: {
        const large = this.#view.getBigUint64(at);
        return large <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(large) : large;
      }
    }
  }

  /** Whole numbers are numbers everywhere else in this program: beyond 2^53 they lose their last digits, as JSON's do. */
  #whole(value: number | bigint): number {
    return Number(value);
  }

  #length(info: number): number {
    const length = this.#argument(info);
    if (typeof length === 'bigint' || length > this.#bytes.length - this.#at) throw new Malformed('syntax', '', 'a CBOR length is greater than what was sent');
    return length;
  }

  #string(info: number, major: number): Uint8Array {
    if (info !== INDEFINITE) {
      const length = this.#length(info);
      this.#at += length;
      return this.#bytes.slice(this.#at - length, this.#at);
    }
    const chunks: Uint8Array[] = [];
    for (;;) {
      const initial = this.#byte();
      if (initial === BREAK) return new Uint8Array(Buffer.concat(chunks));
      // chunks are definite strings of the same kind (RFC 8949 section 3.2.3)
      if (initial >> 5 !== major || (initial & 0x1f) === INDEFINITE) throw new Malformed('syntax', '', 'a CBOR string of indefinite length holds something else than chunks');
      if (++this.#items > this.#limits.items) throw new Malformed('size', '', `there are more than ${this.#limits.items} values`);
      chunks.push(this.#string(initial & 0x1f, major));
    }
  }

  #text(bytes: Uint8Array): string {
    try {
      return UTF8.decode(bytes);
    } catch {
      throw new Malformed('syntax', '', 'a CBOR text string is not UTF-8');
    }
  }

  #array(info: number, depth: number): unknown[] {
    const items: unknown[] = [];
    if (info === INDEFINITE) while (!this.#ends()) items.push(this.item(depth + 1));
    else for (let left = this.#length(info); left > 0; left--) items.push(this.item(depth + 1));
    return items;
  }

  #map(info: number, depth: number): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    const entry = (): void => {
      const key = this.item(depth + 1);
      if (typeof key !== 'string') throw new Malformed('syntax', '', 'a CBOR map has a key that is not text');
      put(entries, key, this.item(depth + 1));
    };
    if (info === INDEFINITE) while (!this.#ends()) entry();
    else for (let left = this.#length(info); left > 0; left--) entry();
    return entries;
  }

  #ends(): boolean {
    this.#need(1);
    if (this.#bytes[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  #tagged(info: number, depth: number): Date {
    const tag = this.#argument(info);
    const value = this.item(depth + 1);
    if (tag !== 1 || typeof value !== 'number') throw new Malformed('syntax', '', `the CBOR tag ${tag} is not read: only tag 1 on a number, a time in epoch seconds`);
    return fromEpoch(value, '');
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        this.#need(2);
        this.#at += 2;
        return this.#view.getFloat16(this.#at - 2);
      case 26:
        this.#need(4);
        this.#at += 4;
        return this.#view.getFloat32(this.#at - 4);
      case 27:
        this.#need(8);
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8);
      default:
        throw new Malformed('syntax', '', `the CBOR simple value ${info} has no meaning here`);
    }
  }
}

/** Writes CBOR with definite lengths and the shortest heads. */
export class CborWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  head(major: number, argument: number | bigint): void {
    const large = BigInt(argument);
    this.#room(9);
    if (large < 24n) this.#bytes[this.#at++] = (major << 5) | Number(large);
    else if (large < 0x100n) this.#sized(major, 24, 1, large);
    else if (large < 0x10000n) this.#sized(major, 25, 2, large);
    else if (large < 0x100000000n) this.#sized(major, 26, 4, large);
    else this.#sized(major, 27, 8, large);
  }

  whole(value: number | bigint): void {
    const large = BigInt(value);
    if (large < 0n) this.head(1, -1n - large);
    else this.head(0, large);
  }

  double(value: number): void {
    this.#room(9);
    this.#bytes[this.#at] = 0xfb;
    this.#bytes.writeDoubleBE(value, this.#at + 1);
    this.#at += 9;
  }

  float(value: number): void {
    this.#room(5);
    this.#bytes[this.#at] = 0xfa;
    this.#bytes.writeFloatBE(value, this.#at + 1);
    this.#at += 5;
  }

  simple(value: true | false | null): void {
    this.#room(1);
    this.#bytes[this.#at++] = value === null ? 0xf6 : value ? 0xf5 : 0xf4;
  }

  text(value: string): void {
    const length = Buffer.byteLength(value, 'utf8');
    this.head(3, length);
    this.#room(length);
    this.#at += this.#bytes.write(value, this.#at, 'utf8');
  }

  blob(value: Uint8Array): void {
    this.head(2, value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  #sized(major: number, info: number, size: number, value: bigint): void {
    this.#bytes[this.#at++] = (major << 5) | info;
    if (size === 8) this.#bytes.writeBigUInt64BE(value, this.#at);
    else this.#bytes.writeUIntBE(Number(value), this.#at, size);
    this.#at += size;
  }

  #room(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + count));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
