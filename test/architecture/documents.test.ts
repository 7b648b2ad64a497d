import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** Pages that are made by programs, or that tell of what was. */
const OTHERS = /^docs\/(?:parity\/|progress\.md)|^bench\/RESULTS\.md/;

test('what documents name in code is there: words of several parts, in backticks', () => {
  const sources = globSync(['{src,test,bench,tools}/**/*.{ts,cjs,mjs,py}', 'package.json', 'tsconfig.base.json'], { cwd: ROOT });
  const words = new Set(sources.flatMap((path) => read(path).match(/[A-Za-z_$][\w$]*/g) ?? []));
  const pages = globSync(['*.md', 'docs/**/*.md', 'src/**/README.md', 'bench/*.md', 'test/**/*.md'], { cwd: ROOT }).filter((path) => !OTHERS.test(path));
  assert.ok(pages.length > 40 && words.size > 10_000, `${pages.length} pages, ${words.size} words`);
  const absent = pages.flatMap((path) => [...read(path).matchAll(/`#?([A-Za-z][\w.]*)(?:\(\))?`/g)]
    .flatMap(([, name]) => name!.split('.'))
    .filter((word) => /[a-z][A-Z]/.test(word) && !words.has(word))
    .map((word) => `${path}: ${word}`));
  assert.deepEqual(absent, []);
});
