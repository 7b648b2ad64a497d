/** See README.md. */
export type { Snapshot } from '../../snapshot/index.ts';
