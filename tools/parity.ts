/** Writes docs/parity: what is implemented, refused, kept without effect. `npm run parity`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parityPages } from './parity-pages.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'parity');
mkdirSync(folder, { recursive: true });
const pages = parityPages();
for (const [name, text] of pages) writeFileSync(join(folder, name), text);
for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
console.log(`${pages.size} pages in ${folder}`);
// services may hold timers of their own
process.exit();
