import { mkdirSync } from 'node:fs';
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../../kernel/index.ts';
import type { QueuedEvent } from './asynchronous.ts';

/** Where events that wait for their function are kept, so that a restart loses none. */
export interface EventJournal {
  /** Durable once resolved. */
  keep(event: QueuedEvent): Promise<void>;
  /** It has been run, or given up. */
  forget(id: string): void;
  /** What was left by those who came before, oldest first. */
  recover(): Promise<readonly QueuedEvent[]>;
}

/** A file an event, in a folder of the journal's own. */
export function diskJournal(folder: string): EventJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (id: string): string => join(folder, `${id}.json`);
  return {
    async keep(event) {
      const { invocation, ...rest } = event;
      const text = JSON.stringify({ ...rest, invocation: { ...invocation, payload: invocation.payload.toString('base64') } });
      const partial = join(folder, `.${event.id}`);
      const file = await open(partial, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(partial, path(event.id));
      await syncFolder(folder);
    },
    forget(id) {
      // One that stays is run once more after the next start: at least once is what is promised.
      unlink(path(id)).catch(() => {});
    },
    async recover() {
      const events: QueuedEvent[] = [];
      for (const name of await readdir(folder).catch(() => [])) {
        const file = join(folder, name);
        if (name.startsWith('.')) {
          // Cut off in the making by a crash: it was never acknowledged.
          await unlink(file).catch(() => {});
          continue;
        }
        // One that cannot be read now is there for the next start.
        const text = name.endsWith('.json') ? await readFile(file, 'utf8').catch(() => null) : null;
        if (text === null) continue;
        try {
          const { invocation, ...rest } = JSON.parse(text);
          events.push({ ...rest, invocation: { ...invocation, payload: Buffer.from(invocation.payload, 'base64') } });
        } catch {
          // Whatever it was, nobody can run it; it would be in the way at every start.
          await unlink(file).catch(() => {});
        }
      }
      return events.sort((a, b) => a.acceptedAt - b.acceptedAt);
    },
  };
}

/** Keeps nothing. */
export const noJournal: EventJournal = { keep: async () => {}, forget: () => {}, recover: async () => [] };
