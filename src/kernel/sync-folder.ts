import { open } from 'node:fs/promises';

/** Makes what was created, renamed or removed in a folder outlive a power failure: flushing a file says nothing of its name (fsync(2)). */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
