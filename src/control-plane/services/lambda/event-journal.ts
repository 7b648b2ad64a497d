import { mkdirSync } from 'node:fs';
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
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
    },
    forget(id) {
      // One that stays is run once more after the next start: at least once is what is promised.
      unlink(path(id)).catch(() => {});
    },
    async recover() {
      const events: QueuedEvent[] = [];
      for (const name of await readdir(folder).catch(() => [])) {
        if (name.startsWith('.') || !name.endsWith('.json')) continue;
        try {
          const { invocation, ...rest } = JSON.parse(await readFile(join(folder, name), 'utf8'));
          events.push({ ...rest, invocation: { ...invocation, payload: Buffer.from(invocation.payload, 'base64') } });
        } catch {
          // Cut off in the making by a crash: it was never acknowledged.
          await unlink(join(folder, name)).catch(() => {});
        }
      }
      return events.sort((a, b) => a.acceptedAt - b.acceptedAt);
    },
  };
}

/** Keeps nothing. */
export const noJournal: EventJournal = { keep: async () => {}, forget: () => {}, recover: async () => [] };
