import { hexId, type Clock, type Random } from '../../kernel/index.ts';
import type { AccessLog } from '../../snapshot/index.ts';
import { LogWriter, type LogDisk, type LogLosses } from './log-writer.ts';

export interface AccessLogsSettings {
  readonly root: string;
  readonly address: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk?: LogDisk;
  /** Hears of files that nothing is written to any more. */
  readonly finished?: (path: string) => void;
  /** Bytes that one log holds at most while the disk is slow; see `LogWriter`. */
  readonly maxBytes?: number;
}

interface Entry {
  readonly writer: LogWriter;
  users: number;
}

/** A log in use: give it back when the listener that writes it is dropped. */
export interface LogLease {
  readonly writer: LogWriter;
  /** Closes the log when nobody else writes it. */
  release(): Promise<void>;
}

/**
 * The access logs of one worker. They outlive generations: a new one leases its logs before the old one returns them, so a change of
 * configuration does not start a new file.
 */
export class AccessLogs {
  readonly #settings: AccessLogsSettings;
  readonly #entries = new Map<string, Entry>();
  /** First 20 digits of every `conn_trace_id` that this worker writes. */
  readonly connectionPrefix: string;

  constructor(settings: AccessLogsSettings) {
    this.#settings = settings;
    this.connectionPrefix = hexId(settings.random, 20);
  }

  /** `losses` hears of this log as long as it is open, whoever leases it later. */
  lease(log: AccessLog, losses: LogLosses): LogLease {
    const key = `${log.path}\n${log.file}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { writer: new LogWriter({ ...this.#settings, log, losses }), users: 0 };
      this.#entries.set(key, entry);
    }
    const held = entry;
    held.users++;
    let released = false;
    return {
      writer: held.writer,
      release: async () => {
        if (released) return;
        released = true;
        held.users--;
        if (held.users > 0) return;
        this.#entries.delete(key);
        await held.writer.close();
      },
    };
  }

  /** Writes what is held; for reload and tests. */
  async flush(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.writer.flush()));
  }

  /** Closes every log, leased or not: the worker stops. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map((entry) => entry.writer.close()));
  }
}
