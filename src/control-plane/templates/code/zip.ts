import { crc32, deflateRaw } from 'node:zlib';
import { promisify } from 'node:util';

export interface ZipEntry {
  /** With forward slashes, relative. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

const deflated = promisify<Uint8Array, Buffer>(deflateRaw);

// APPNOTE.TXT 6.3.10: section 4.3.7 local header, 4.3.12 central directory, 4.3.16 end of it.
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 2.0: deflate. */
const NEEDED = 20;
/** Made by UNIX, so that modes count. */
const MADE_BY = (3 << 8) | NEEDED;
const UTF8_NAMES = 1 << 11;
const DEFLATE = 8;
/** 1980-01-01, the earliest that the format knows: the same files always give the same bytes. */
const DATE = (1 << 5) | 1;
/** More needs ZIP64, which no function's code comes near. */
export const MOST_ENTRIES = 65_535;

/** A zip of the entries in the order given; the same entries always give the same bytes. */
export async function zip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, executable } of entries) {
    const path = Buffer.from(name);
    const packed = await deflated(bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(NEEDED, 0);
    facts.writeUInt16LE(UTF8_NAMES, 2);
    facts.writeUInt16LE(DEFLATE, 4);
    facts.writeUInt16LE(DATE, 8);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(path.length, 22);
    parts.push(word(LOCAL), facts, path, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((executable ? 0o100755 : 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(word(CENTRAL), half(MADE_BY), facts, tail, path);
    offset += 4 + facts.length + path.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, word(END), end]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function half(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
