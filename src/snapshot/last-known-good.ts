import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { decode, encode } from './codec.ts';
import type { Snapshot } from './snapshot.ts';

export type Recovered =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** There is no file: a first start. */
  | { readonly kind: 'absent' }
  /** There is one that must not be served; `why` is a sentence for the log. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads what `LastKnownGood` wrote. Never throws. */
export async function recover(file: string): Promise<Recovered> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    return { kind: 'unreadable', why: `${file} cannot be read: ${(error as Error).message}` };
  }
  const decoded = decode(bytes);
  return decoded.kind === 'snapshot' ? decoded : { kind: 'unreadable', why: `${file} is not used: ${decoded.why}` };
}

/**
 * Keeps the newest snapshot that was served on disk, so that a data plane can start without its control plane. One write at a time; what is
 * handed over during a write waits, and only the newest of it is written. The file appears whole or not at all, also when the power goes, and
 * is readable by its owner only, because it holds private keys.
 */
export class LastKnownGood {
  readonly #file: string;
  readonly #failed: (error: Error) => void;
  #waiting: Snapshot | null = null;
  #writing: Promise<void> | null = null;

  /** `failed` hears about writes that did not succeed (disk full); the file of the last success is then still there. */
  constructor(file: string, failed: (error: Error) => void) {
    this.#file = file;
    this.#failed = failed;
  }

  /** Hands a snapshot over; returns at once. */
  keep(snapshot: Snapshot): void {
    this.#waiting = snapshot;
    this.#writing ??= this.#drain();
  }

  /** Resolves once everything that was handed over is on disk, or has failed. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #drain(): Promise<void> {
    // Leaves the caller's turn: encoding a large snapshot takes milliseconds that belong to whoever waits for the change.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    while (this.#waiting) {
      const snapshot = this.#waiting;
      this.#waiting = null;
      try {
        await replaceFile(this.#file, encode(snapshot));
      } catch (error) {
        this.#failed(new Error(`${this.#file} was not written: ${(error as Error).message}`, { cause: error }));
      }
    }
    this.#writing = null;
  }
}

/** Write beside, flush, rename, flush the folder: POSIX promises that a reader sees the old file or the new one. */
async function replaceFile(file: string, bytes: Buffer): Promise<void> {
  const folder = dirname(file);
  const beside = `${file}.new`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rm(beside, { force: true });
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
