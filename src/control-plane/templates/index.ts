/** See README.md. */
export type { Kind } from '../resources/index.ts';
