import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parityPages } from './parity-pages.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'parity');
const pages = parityPages();

test('docs/parity has exactly the pages that are generated', () => {
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort());
});

for (const [name, text] of pages) {
  test(`docs/parity/${name} is up to date`, () => {
    const file = join(folder, name);
    assert.ok(existsSync(file) && readFileSync(file, 'utf8') === text, `${name} is not what the code says: run \`npm run parity\` and commit docs/parity`);
  });
}
