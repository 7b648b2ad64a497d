import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { signHeaders } from '../aws/sigv4/index.ts';
import type { Outgoing } from '../data-plane/exchange/index.ts';
import type { Clock } from '../kernel/index.ts';

/** An S3-compatible store that log files are sent to. */
export interface LogStore {
  /** Without a slash at its end; buckets come behind it as the first part of the path. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secret: string;
}

export interface LogDeliverySettings {
  /** Folder of all logs: its first level are the buckets. */
  readonly root: string;
  readonly clock: Clock;
  readonly outgoing: Outgoing;
  /** Null: files stay in the folder, packed. */
  readonly store: LogStore | null;
  readonly failed: (error: Error) => void;
}

const WITHIN_MS = 60_000;
const RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** Larger files are not sent (a single PUT takes no more than 5 GB, and it is read into memory): they stay where they are. */
const LARGEST = 512 * 1024 * 1024;

/**
 * What becomes of a log file when its five minutes are over: it is packed (`.log` becomes `.log.gz`) and, where there is a store, sent to it under
 * the same key and then removed. One file at a time; what fails is tried again, and holds up no other
 * bucket; what a crash has left is found at the next start.
 */
export class LogDelivery {
  readonly #settings: LogDeliverySettings;
  readonly #waiting: string[] = [];
  /** By bucket that has refused a file lately: the files that wait for it. */
  readonly #later = new Map<string, string[]>();
  #working: Promise<void> | null = null;
  #retryMs = RETRY_MS;
  #resting = false;

  constructor(settings: LogDeliverySettings) {
    this.#settings = settings;
  }

  /** Files of a run that ended before they were delivered. */
  async recover(): Promise<void> {
    const { root, store, clock } = this.#settings;
    const startedAt = clock.now();
    const names = await readdir(root, { recursive: true }).catch(() => [] as string[]);
    for (const name of names) {
      if (!name.endsWith('.log') && (store === null || !name.endsWith('.log.gz'))) continue;
      const path = join(root, name);
      // what this run has begun meanwhile is still written to
      const written = await stat(path).catch(() => null);
      if (written !== null && written.mtimeMs < startedAt) this.deliver(path);
    }
  }

  /** Nothing is written to the file any more. */
  deliver(path: string): void {
    this.#waiting.push(path);
    this.#work();
  }

  /** Resolves when all that can be delivered now is. */
  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  #work(): void {
    this.#working ??= this.#drain().then(() => {
      this.#working = null;
      // what came after the last look of the drain, and before this
      if (this.#waiting.length > 0) this.#work();
    });
  }

  async #drain(): Promise<void> {
    for (let path = this.#waiting.shift(); path !== undefined; path = this.#waiting.shift()) {
      const [bucket = ''] = relative(this.#settings.root, path).split(sep);
      const later = this.#later.get(bucket);
      if (later !== undefined) {
        later.push(path);
        continue;
      }
      try {
        const packed = path.endsWith('.gz') ? path : await pack(path);
        if (packed === null) continue;
        // packed once: what is tried again is the sending
        path = packed;
        if (this.#settings.store !== null) await this.#send(packed, this.#settings.store);
      } catch (error) {
        this.#settings.failed(new Error(`the log ${path} was not delivered and is tried again`, { cause: error }));
        this.#later.set(bucket, [path]);
      }
    }
    if (this.#later.size === 0) this.#retryMs = RETRY_MS;
    else if (!this.#resting) this.#rest();
  }

  #rest(): void {
    this.#resting = true;
    this.#settings.clock.after(this.#retryMs, () => {
      this.#resting = false;
      for (const paths of this.#later.values()) this.#waiting.push(...paths);
      this.#later.clear();
      this.#work();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  async #send(path: string, { url, accessKeyId, secret }: LogStore): Promise<void> {
    const { root, clock, outgoing } = this.#settings;
    if ((await stat(path)).size > LARGEST) return;
    const body = await readFile(path);
    const key = relative(root, path).split(sep);
    const to = new URL(`${url}/${key.map((part) => encodeURIComponent(part)).join('/')}`);
    // .../AWSLogs/ACCOUNT/elasticloadbalancing/REGION/...
    const region = key[key.lastIndexOf('elasticloadbalancing') + 1] ?? 'us-east-1';
    const host: [string, string] = ['host', to.host];
    const type: [string, string] = ['content-type', 'application/gzip'];
    const signed = signHeaders(
      { method: 'PUT', url: to.pathname, headers: [host, type], body },
      { accessKeyId, secret, region, service: 's3', now: clock.now(), keepPath: true },
    );
    const headers = Object.fromEntries([host, type, ...signed.headers]);
    const outcome = await new Promise<Parameters<Parameters<Outgoing['send']>[1]>[0]>((resolve) => outgoing.send({ method: 'PUT', url: to.href, headers, body: null, octets: body, withinMs: WITHIN_MS, maxBytes: 64 * 1024 }, resolve));
    if (outcome.kind !== 'answer') throw new Error(`${to.origin} did not take it: ${outcome.kind === 'failed' ? outcome.why : outcome.kind}`);
    if (outcome.status < 200 || outcome.status > 299) throw new Error(`${to.origin} answered ${outcome.status}: ${outcome.body.toString('utf8').slice(0, 300)}`);
    await rm(path);
  }
}

/** The path of the packed file; null where there is nothing to pack. It appears whole or not at all. */
async function pack(path: string): Promise<string | null> {
  const packed = `${path}.gz`;
  const part = `${packed}.part`;
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(part, { mode: 0o640 }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  await rename(part, packed);
  await rm(path);
  return packed;
}
