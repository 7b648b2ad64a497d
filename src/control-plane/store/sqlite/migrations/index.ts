import { resources } from './0001-resources.ts';
import type { Migration } from './migration.ts';

export { type Migration } from './migration.ts';

/** All of them, in order. */
export const migrations: readonly Migration[] = [resources];
