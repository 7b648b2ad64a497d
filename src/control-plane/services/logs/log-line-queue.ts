import type { Clock } from '../../../kernel/index.ts';
import type { Store } from '../../store/index.ts';
import type { LogEvent, LogEvents, StreamName } from './log-events.ts';
import { writeLogLines } from './log-lines.ts';

export interface LogLineQueueSettings {
  readonly store: Store;
  readonly events: LogEvents;
  readonly clock: Clock;
  /** Characters that may wait for the disk, all streams together; more are dropped, and a line says how many. */
  readonly limit?: number;
  readonly failed: (name: StreamName, error: Error) => void;
}

interface Waiting {
  readonly name: StreamName;
  lines: LogEvent[];
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
    const key = JSON.stringify([name.account, name.region, name.group, name.stream]);
    let waiting = this.#waiting.get(key);
    if (!waiting) this.#waiting.set(key, (waiting = { name, lines: [], size: 0, dropped: 0, lastDropped: 0 }));
    for (const line of lines) {
      const size = line.message.length + EVENT_SIZE;
      if (this.#size + size > this.#limit) {
        waiting.dropped++;
        waiting.lastDropped = line.timestamp;
        continue;
      }
      waiting.lines.push(line);
      waiting.size += size;
      this.#size += size;
    }
    if (!this.#writing.has(key)) this.#writing.set(key, this.#write(key));
  }

  /** Resolves once all that was taken is on disk, or has failed. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
  }

  async #write(key: string): Promise<void> {
    for (let next = this.#waiting.get(key); next; next = this.#waiting.get(key)) {
      this.#waiting.delete(key);
      const { name, lines, size, dropped, lastDropped } = next;
      if (dropped > 0) lines.push({ timestamp: lastDropped, message: `Turnpike dropped ${dropped} log lines here: they came faster than the disk takes them.\n` });
      try {
        await writeLogLines(this.#settings, name, lines);
      } catch (error) {
        this.#settings.failed(name, error as Error);
      } finally {
        this.#size -= size;
      }
    }
    this.#writing.delete(key);
  }
}
