import { watch } from 'node:fs';
import type { Clock, Timer } from '../kernel/index.ts';

/** Editors write a file in several steps: what follows within this time belongs to the same change. */
const QUIET_MS = 150;
/** Folders that change without being part of a template. */
const IGNORED = /(^|[\\/])(node_modules|\.git|\.turnpike|\.terraform)([\\/]|$)/;

/** Calls `changed` after files in the folder have, one call at a time. Returns the way to end that. */
export function watchFolder(folder: string, clock: Clock, changed: () => Promise<void>): () => void {
  let timer: Timer | null = null;
  let underWay = false;
  let again = false;
  const run = (): void => {
    timer = null;
    if (underWay) {
      again = true;
      return;
    }
    underWay = true;
    void changed().finally(() => {
      underWay = false;
      if (again) {
        again = false;
        run();
      }
    });
  };
  const watcher = watch(folder, { recursive: true }, (_event, file) => {
    if (file !== null && IGNORED.test(file)) return;
    timer?.cancel();
    timer = clock.after(QUIET_MS, run);
  });
  return () => {
    timer?.cancel();
    watcher.close();
  };
}
