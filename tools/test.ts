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

/** Terraform's provider sleeps for minutes: its tests run beside one another. Other system tests measure, and bind real ports: one at a time. */
const SLEEPS = /terraform|alb-lambda/;
const batches =
  kind === 'unit' ? [{ files, concurrency: 2, timeout: 120_000 }]
  : [
    { files: files.filter((file) => SLEEPS.test(file)), concurrency: 3, timeout: 900_000 },
    { files: files.filter((file) => !SLEEPS.test(file)), concurrency: 1, timeout: 900_000 },
  ];

let failed = false;
for (const batch of batches) {
  if (batch.files.length === 0) continue;
  const run = spawnSync(
    process.execPath,
    [
      '--enable-experimental-regexp-engine-on-excessive-backtracks', '--test', `--test-timeout=${batch.timeout}`, `--test-concurrency=${batch.concurrency}`,
      '--test-reporter=spec', ...batch.files,
    ],
    { stdio: 'inherit' },
  );
  failed ||= run.status !== 0;
}
process.exit(failed ? 1 : 0);
