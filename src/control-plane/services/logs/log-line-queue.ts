import type { LogChunk } from '../../../snapshot/index.ts';
import type { LogEvent, StreamName } from './log-events.ts';
import { makeStream, type LogPlace } from './log-lines.ts';

export interface LogLineQueueSettings extends LogPlace {
  /** Characters that may wait for the disk, all streams together; more are dropped, and a line says how many. */
  readonly limit?: number;
  readonly failed: (name: StreamName, error: Error) => void;
}

interface Waiting {
  readonly name: StreamName;
  readonly lines: LogEvent[];
  readonly chunks: LogChunk[];
  size: number;
  dropped: number;
  lastDropped: number;
}

const DEFAULT_LIMIT = 16 * 1024 * 1024;
/** What an event costs beside its message. */
const EVENT_SIZE = 64;

/**
 * Log lines on their way to the disk. One write a stream at a time; what comes meanwhile goes together with the next, so that a function that is
 * called a thousand times a second costs some syncs a second and not a thousand, and what waits is bounded.
 */
export class LogLineQueue {
  readonly #settings: LogLineQueueSettings;
  readonly #limit: number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #writing = new Map<string, Promise<void>>();
  #size = 0;

  constructor(settings: LogLineQueueSettings) {
    this.#settings = settings;
    this.#limit = settings.limit ?? DEFAULT_LIMIT;
  }

  /** Takes lines, and returns at once. */
  add(name: StreamName, lines: readonly LogEvent[]): void {
    const key = keyOf(name);
    const waiting = this.#waitingFor(name, key);
    for (const line of lines) {
      if (this.#fits(waiting, { size: line.message.length + EVENT_SIZE, count: 1, last: line.timestamp })) waiting.lines.push(line);
    }
    this.#begin(key);
  }

  /** Takes lines that nobody has looked into, all or none of them. */
  addChunk(name: StreamName, chunk: LogChunk): void {
    const key = keyOf(name);
    const waiting = this.#waitingFor(name, key);
    if (this.#fits(waiting, { size: chunk.octets.length, count: chunk.count, last: chunk.lastTimestamp })) waiting.chunks.push(chunk);
    this.#begin(key);
  }

  /** Resolves once all that was taken is on disk, or has failed. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
  }

  #waitingFor(name: StreamName, key: string): Waiting {
    let waiting = this.#waiting.get(key);
    if (!waiting) this.#waiting.set(key, (waiting = { name, lines: [], chunks: [], size: 0, dropped: 0, lastDropped: 0 }));
    return waiting;
  }

  #fits(waiting: Waiting, { size, count, last }: { readonly size: number; readonly count: number; readonly last: number }): boolean {
    if (this.#size + size > this.#limit) {
      waiting.dropped += count;
      waiting.lastDropped = last;
      return false;
    }
    waiting.size += size;
    this.#size += size;
    return true;
  }

  #begin(key: string): void {
    if (!this.#writing.has(key)) this.#writing.set(key, this.#write(key));
  }

  async #write(key: string): Promise<void> {
    for (let next = this.#waiting.get(key); next; next = this.#waiting.get(key)) {
      this.#waiting.delete(key);
      const { name, lines, chunks, size, dropped, lastDropped } = next;
      if (dropped > 0) lines.push({ timestamp: lastDropped, message: `Turnpike dropped ${dropped} log lines here: they came faster than the disk takes them.\n` });
      try {
        const { events } = this.#settings;
        await makeStream(this.#settings, name);
        if (lines.length > 0) await events.append(name, lines);
        if (chunks.length > 0) await events.appendChunks(name, chunks);
      } catch (error) {
        this.#settings.failed(name, error as Error);
      } finally {
        this.#size -= size;
      }
    }
    this.#writing.delete(key);
  }
}

function keyOf({ account, region, group, stream }: StreamName): string {
  return JSON.stringify([account, region, group, stream]);
}
