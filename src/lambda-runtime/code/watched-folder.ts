import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../kernel/index.ts';

/** It is looked at no more often than this. */
const REST_MS = 100;
/** Files that are looked at; more belong into a zip. */
const MOST = 5000;

/**
 * A folder of code that its author is working on. It is looked at when the function is called, so that the call meets what is there now: what a notification
 * would tell comes a moment later. Packages (`node_modules`) and hidden files are not looked at.
 */
export class WatchedFolder {
  readonly #folder: string;
  readonly #clock: Clock;
  #lookedAt: number;
  /** Differs when a file does. */
  fingerprint: string;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#lookedAt = clock.monotonic();
    this.fingerprint = fingerprintOf(folder);
  }

  /** Whether anything has changed since the last answer. */
  changed(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt < REST_MS) return false;
    this.#lookedAt = now;
    const fingerprint = fingerprintOf(this.#folder);
    if (fingerprint === this.fingerprint) return false;
    this.fingerprint = fingerprint;
    return true;
  }
}

function fingerprintOf(folder: string): string {
  let files = 0;
  let newest = 0;
  let sum = 0;
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === '__pycache__' || files >= MOST) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else {
        // A link to nothing is nothing to look at.
        const found = statSync(path, { throwIfNoEntry: false });
        if (!found) continue;
        const { mtimeMs, size, ino } = found;
        files++;
        newest = Math.max(newest, mtimeMs);
        // A file that was renamed, or put back as it was earlier, is another folder too.
        for (const part of [size, ino, Math.floor(mtimeMs * 1000), ...Buffer.from(entry.name)]) sum = (sum * 31 + part) % 2 ** 40;
      }
    }
  };
  try {
    walk(folder);
  } catch {
    // Half-way through a change of its author's: the next look tells.
  }
  return `${files}-${newest}-${sum}`;
}
