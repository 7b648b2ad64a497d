import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, type Clock, type Timer } from '../kernel/index.ts';
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

export interface LastKnownGoodSettings {
  readonly file: string;
  readonly clock: Clock;
  /** Shortest time between two writes (ms): a thousand changes in a row are a few writes. */
  readonly restMs: number;
  /** Hears about writes that did not succeed (disk full); the file of the last success is then still there. */
  readonly failed: (error: Error) => void;
}

/**
 * Keeps the newest snapshot on disk, so that a data plane can start without its control plane. One write at a time; what is
 * handed over during a write or the rest after it waits, and only the newest of it is written. The file appears whole or not at all, also when
 * the power goes, and is readable by its owner only, because it holds private keys.
 */
export class LastKnownGood {
  readonly #settings: LastKnownGoodSettings;
  #waiting: Snapshot | null = null;
  #writing: Promise<void> | null = null;
  #timer: Timer | null = null;
  #restUntil = 0;

  constructor(settings: LastKnownGoodSettings) {
    this.#settings = settings;
  }

  /** Hands a snapshot over; returns at once. */
  keep(snapshot: Snapshot): void {
    this.#waiting = snapshot;
    this.#schedule();
  }

  /** Resolves once everything that was handed over is on disk, or has failed. Does not wait for the rest: call it before the process ends. */
  async settled(): Promise<void> {
    while (this.#waiting || this.#writing) await (this.#writing ?? this.#start());
  }

  #schedule(): void {
    if (this.#timer || this.#writing) return;
    const { clock } = this.#settings;
    // Also at rest 0 a turn of its own: encoding takes milliseconds that belong to whoever waits for the change.
    this.#timer = clock.after(Math.max(0, this.#restUntil - clock.monotonic()), () => void this.#start());
  }

  #start(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#writing = this.#write();
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { file, clock, restMs, failed } = this.#settings;
    const snapshot = this.#waiting;
    this.#waiting = null;
    try {
      if (snapshot) await replaceFile(file, encode(snapshot));
    } catch (error) {
      failed(new Error(`${file} was not written: ${(error as Error).message}`, { cause: error }));
    }
    this.#writing = null;
    this.#restUntil = clock.monotonic() + restMs;
    if (this.#waiting) this.#schedule();
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
  await syncFolder(folder);
}
