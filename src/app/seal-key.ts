import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEAL_KEY_BYTES } from '../kernel/index.ts';

/** The installation's key for what clients keep and must not read: made once, kept in the data folder, so that sessions outlive a restart. */
export function sealKey(folder: string): Uint8Array {
  const file = join(folder, 'seal.key');
  try {
    const key = readFileSync(file);
    if (key.length === SEAL_KEY_BYTES) return key;
  } catch {
    // there is none yet
  }
  const key = randomBytes(SEAL_KEY_BYTES);
  writeFileSync(file, key, { mode: 0o600 });
  return key;
}
