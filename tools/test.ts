/**
 * Runs the tests of one kind; the kind is the file's suffix.
 *   node tools/test.ts unit [part of a path ...]     *.test.ts    needs nothing but npm
 *   node tools/test.ts system [part of a path ...]   *.system.ts  needs programs of the machine (nginx, terraform, boto3, ...)
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const SUFFIX: Readonly<Record<string, string>> = { unit: '.test.ts', system: '.system.ts' };

const [kind = 'unit', ...parts] = process.argv.slice(2);
const suffix = SUFFIX[kind];
if (!suffix) {
  console.error(`unknown kind of test "${kind}": one of ${Object.keys(SUFFIX).join(', ')}`);
  process.exit(2);
}

const files = globSync(`{src,test,tools,bench,examples}/**/*${suffix}`, { exclude: ['**/node_modules/**'] })
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`no test file ends in ${suffix}${parts.length > 0 ? ` and has ${parts.join(' or ')} in its path` : ''}`);
  process.exit(2);
}

// System tests measure and bind real ports: one file at a time.
const concurrency = kind === 'unit' ? 2 : 1;
const run = spawnSync(
  process.execPath,
  ['--enable-experimental-regexp-engine-on-excessive-backtracks', '--test', `--test-timeout=${kind === 'unit' ? 120_000 : 900_000}`, `--test-concurrency=${concurrency}`, '--test-reporter=spec', ...files],
  { stdio: 'inherit' },
);
process.exit(run.status ?? 1);
