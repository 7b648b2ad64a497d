import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { alphanumericId, type Clock, type Random, type Timer } from '../../kernel/index.ts';
import type { AccessLog } from '../../snapshot/index.ts';
import { intervalEnd, logFileName } from './log-file.ts';
import type { LogLine } from './log-line.ts';

/** Hears what a log lost or could not write. */
export interface LogLosses {
  linesDropped(lines: number): void;
  writeFailed(): void;
}

/** Where log files live. Replaced in tests by a disk that is full. */
export interface LogDisk {
  /** Opens for appending; makes the folders on the way. */
  open(path: string): Promise<LogHandle>;
}

export interface LogHandle {
  /** Number of bytes written, at least one; rejects when none could be. */
  write(buffer: Buffer, offset: number, length: number): Promise<number>;
  close(): Promise<void>;
}

export interface LogWriterSettings {
  readonly log: AccessLog;
  /** Folder under which all log files lie. */
  readonly root: string;
  /** Address of this node, for file names. */
  readonly address: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly losses: LogLosses;
  readonly disk?: LogDisk;
  /** Hears of files that nothing is written to any more. */
  readonly finished?: (path: string) => void;
  /** Bytes held at most while the disk is slow or full; lines beyond are dropped and counted. */
  readonly maxBytes?: number;
}

interface Chunk {
  readonly buffer: Buffer;
  readonly path: string;
  used: number;
  written: number;
  lines: number;
}

/** Chunks begin so small, and double while they are full before a second is over: each costs a promise and a wake-up of the thread that writes. */
const CHUNK_BYTES = 64 * 1024;
const CHUNK_BYTES_MOST = 512 * 1024;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
const FLUSH_MS = 1000;
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;

/**
 * One access log of one worker: lines are copied into chunks, chunks are appended to the file of their interval in the background. Never
 * blocks and never throws: past `maxBytes` lines are dropped and counted; what the disk refuses is counted and tried again.
 */
export class LogWriter {
  readonly #settings: LogWriterSettings;
  readonly #disk: LogDisk;
  readonly #maxBytes: number;
  readonly #timer: Timer;
  readonly #queue: Chunk[] = [];
  readonly #spare: Buffer[] = [];
  #retry: Timer | null = null;
  #retryMs = RETRY_MS;
  #current: Chunk | null = null;
  #chunkBytes = CHUNK_BYTES;
  #intervalEnd = 0;
  #path = '';
  /** Bytes of all chunks that are held, the current one included. */
  #held = 0;
  #handle: { readonly path: string; readonly file: LogHandle } | null = null;
  #writing: Promise<void> | null = null;
  #closed = false;
  /** The newest refusal of the disk, for people; null after a success. */
  lastError: string | null = null;

  constructor(settings: LogWriterSettings) {
    this.#settings = settings;
    this.#disk = settings.disk ?? fileDisk;
    this.#maxBytes = settings.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#timer = settings.clock.every(FLUSH_MS, () => this.#tick());
  }

  /** Copies a line of ASCII that ends with a line feed; `wall` (ms) says whose interval it belongs to. False: dropped. */
  write(line: LogLine | string, wall: number): boolean {
    // A wall clock that is set back keeps writing to the newer interval: files never reopen.
    if (wall >= this.#intervalEnd) this.#roll(wall);
    let chunk = this.#current;
    if (chunk === null || chunk.used + line.length > chunk.buffer.length) {
      if (chunk !== null) this.#chunkBytes = Math.min(2 * this.#chunkBytes, CHUNK_BYTES_MOST);
      this.#seal();
      chunk = this.#fresh(line.length);
      if (chunk === null) {
        this.#settings.losses.linesDropped(1);
        return false;
      }
    }
    if (typeof line === 'string') chunk.buffer.write(line, chunk.used, 'latin1');
    else line.copyTo(chunk.buffer, chunk.used);
    chunk.used += line.length;
    chunk.lines++;
    return true;
  }

  /** Everything taken so far is on disk, or has been refused by it once more. */
  async flush(): Promise<void> {
    this.#retry?.cancel();
    this.#retry = null;
    this.#seal();
    this.#pump();
    while (this.#writing !== null) await this.#writing;
  }

  /** Flushes and closes; what the disk still refuses is counted as dropped. Takes no line afterwards. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer.cancel();
    await this.flush();
    this.#retry?.cancel();
    const lost = this.#queue.splice(0).reduce((sum, chunk) => sum + chunk.lines, 0);
    this.#held = 0;
    if (lost > 0) this.#settings.losses.linesDropped(lost);
    await this.#closeHandle();
  }

  #tick(): void {
    if (this.#current === null || this.#current.used < CHUNK_BYTES) this.#chunkBytes = CHUNK_BYTES;
    this.#seal();
    // a log that nobody writes any more gives its file back when the interval is over
    if (this.#writing === null && this.#queue.length === 0 && this.#handle !== null && this.#settings.clock.now() >= this.#intervalEnd) {
      this.#writing = this.#closeHandle().then(() => this.#wrote(true));
    }
  }

  #roll(wall: number): void {
    this.#seal();
    this.#intervalEnd = intervalEnd(wall);
    const { log, root, address, random } = this.#settings;
    this.#path = join(root, logFileName(log, this.#intervalEnd, { address, random: alphanumericId(random, 8) }));
  }

  #fresh(atLeast: number): Chunk | null {
    if (this.#closed) return null;
    // near the limit of memory a small one has to do
    const wanted = this.#held + this.#chunkBytes > this.#maxBytes ? CHUNK_BYTES : this.#chunkBytes;
    const size = Math.max(wanted, atLeast);
    if (this.#held + size > this.#maxBytes) return null;
    const at = this.#spare.findIndex((buffer) => buffer.length === size);
    const buffer = at < 0 ? Buffer.allocUnsafeSlow(size) : this.#spare.splice(at, 1)[0]!;
    this.#held += size;
    this.#current = { buffer, path: this.#path, used: 0, written: 0, lines: 0 };
    return this.#current;
  }

  /** Hands the current chunk over to be written. */
  #seal(): void {
    const chunk = this.#current;
    if (chunk === null || chunk.used === 0) return;
    this.#current = null;
    this.#queue.push(chunk);
    if (this.#retry === null) this.#pump();
  }

  #pump(): void {
    if (this.#writing !== null || this.#queue.length === 0) return;
    this.#writing = this.#drain().then((drained) => this.#wrote(drained));
  }

  #wrote(drained: boolean): void {
    this.#writing = null;
    if (drained) this.#pump();
  }

  /** Writes the queue; false when the disk refused. */
  async #drain(): Promise<boolean> {
    for (let chunk = this.#queue[0]; chunk !== undefined; chunk = this.#queue[0]) {
      try {
        const file = await this.#fileFor(chunk.path);
        // `written` is kept over a failure, so that a line half written before the disk was full is completed and never doubled
        while (chunk.written < chunk.used) chunk.written += await file.write(chunk.buffer, chunk.written, chunk.used - chunk.written);
      } catch (error) {
        this.#failed(error);
        return false;
      }
      this.lastError = null;
      this.#retryMs = RETRY_MS;
      this.#queue.shift();
      this.#held -= chunk.buffer.length;
      if (chunk.buffer.length === this.#chunkBytes) {
        if (this.#spare.length === 2) this.#spare.shift();
        this.#spare.push(chunk.buffer);
      }
    }
    return true;
  }

  #failed(error: unknown): void {
    this.lastError = error instanceof Error ? error.message : String(error);
    this.#settings.losses.writeFailed();
    if (this.#closed) return;
    this.#retry = this.#settings.clock.after(this.#retryMs, () => {
      this.#retry = null;
      this.#pump();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }

  async #fileFor(path: string): Promise<LogHandle> {
    if (this.#handle?.path === path) return this.#handle.file;
    await this.#closeHandle();
    const file = await this.#disk.open(path);
    this.#handle = { path, file };
    return file;
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    try {
      await handle?.file.close();
      if (handle !== null) this.#settings.finished?.(handle.path);
    } catch (error) {
      this.lastError = error instanceof Error ? error.message : String(error);
      this.#settings.losses.writeFailed();
    }
  }
}

/** The disk itself. Logs are readable by their owner and group only: they hold addresses and URLs of people. */
export const fileDisk: LogDisk = {
  async open(path) {
    await mkdir(dirname(path), { recursive: true });
    return new OpenLog(await open(path, 'a', 0o640));
  },
};

class OpenLog implements LogHandle {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(buffer: Buffer, offset: number, length: number): Promise<number> {
    const { bytesWritten } = await this.#file.write(buffer, offset, length, null);
    return bytesWritten;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
