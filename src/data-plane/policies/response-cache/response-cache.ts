import type { Recording } from '../../exchange/index.ts';

/** "The maximum size of a response that can be cached is 1048576 bytes" (api-gateway-caching.html). */
export const LONGEST_KEPT = 1_048_576;
/** Octets of all that one worker keeps. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What an entry costs beside its text. */
const OVERHEAD = 200;

interface Entry {
  readonly recording: Recording;
  readonly until: number;
  readonly bytes: number;
}

/** Answers of integrations that may be given again. A worker has its own. The oldest make room for new ones. */
export class ResponseCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** `now`: wall clock (ms). */
  get(key: string, now: number): Recording | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.until > now) return entry.recording;
    this.#drop(key, entry);
    return null;
  }

  put(key: string, recording: Recording, until: number): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = key.length + recording.headers.length + recording.body.length + OVERHEAD;
    this.#entries.set(key, { recording, until, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#drop(oldest, entry);
    }
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
