// Zips a folder's files, without compression and always the same bytes for the same files: node zip.mjs FOLDER ARCHIVE.zip
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, archive] = process.argv.slice(2);
if (archive === undefined) {
  console.error('node zip.mjs FOLDER ARCHIVE.zip');
  process.exit(2);
}

/** CRC-32 as zips have it; older Nodes have none. */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Little-endian fields: [value, bytes], ... */
function fields(...pairs) {
  const out = Buffer.alloc(pairs.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [value, width] of pairs) at = out.writeUIntLE(value, at, width);
  return out;
}

const JANUARY_1980 = (1 << 5) | 1;
const files = [];
const directory = [];
let offset = 0;
for (const name of readdirSync(folder).sort()) {
  const bytes = readFileSync(join(folder, name));
  const path = Buffer.from(name);
  // what a local header and the directory have in common
  const facts = fields([20, 2], [0, 2], [0, 2], [0, 2], [JANUARY_1980, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [path.length, 2], [0, 2]);
  files.push(fields([0x04034b50, 4]), facts, path, bytes);
  directory.push(fields([0x02014b50, 4], [(3 << 8) | 20, 2]), facts, fields([0, 2], [0, 2], [0, 2], [0, 2], [0o100644, 2], [offset, 4]), path);
  offset += 4 + facts.length + path.length + bytes.length;
}
const central = Buffer.concat(directory);
const entries = directory.length / 4;
const end = fields([0x06054b50, 4], [0, 2], [0, 2], [entries, 2], [entries, 2], [central.length, 4], [offset, 4], [0, 2]);
writeFileSync(archive, Buffer.concat([...files, central, end]));
