/**
 * Runs the tests of one kind; the kind is the file's suffix.
 *   node tools/test.ts unit [part of a path ...]     *.test.ts    needs nothing but npm
 *   node tools/test.ts system [part of a path ...]   *.system.ts  needs programs of the machine (nginx, terraform, boto3, ...)
 * Of the latter `sleeping` are those that wait more than they work, and `waking` the others.
 */
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const SUFFIX: Readonly<Record<string, string>> = { unit: '.test.ts', system: '.system.ts', sleeping: '.system.ts', waking: '.system.ts' };

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

const NODE = ['--enable-experimental-regexp-engine-on-excessive-backtracks', '--test', '--test-reporter=spec'];

/**
 * Terraform's provider sleeps for minutes: its tests run beside one another, each in a network of its own where that can be had, since they serve on
 * the real ports, which two would share without a word. Other system tests measure too: one at a time.
 */
const SLEEPS = /terraform|alb-lambda|chat/;
/** Begins first: it takes as long as three others. */
const LONGEST = /balancer/;
const OWN_NETWORK = ['-n', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];

function run(batch: readonly string[], { concurrency, timeout }: { readonly concurrency: number; readonly timeout: number }): boolean {
  if (batch.length === 0) return true;
  return spawnSync(process.execPath, [...NODE, `--test-timeout=${timeout}`, `--test-concurrency=${concurrency}`, ...batch], { stdio: 'inherit' }).status === 0;
}

/** Several at a time, each in a network of its own; what one prints comes out when it has ended. */
async function runApart(batch: readonly string[], { concurrency, timeout }: { readonly concurrency: number; readonly timeout: number }): Promise<boolean> {
  const waiting = [...batch];
  let passed = true;
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const child = spawn('unshare', [...OWN_NETWORK, process.execPath, ...NODE, `--test-timeout=${timeout}`, file], { stdio: ['ignore', 'pipe', 'pipe'] });
      const parts: Buffer[] = [];
      child.stdout.on('data', (part: Buffer) => void parts.push(part));
      child.stderr.on('data', (part: Buffer) => void parts.push(part));
      const status = await new Promise<number | null>((resolve) => void child.once('close', resolve));
      process.stdout.write(`${file}\n${Buffer.concat(parts).toString()}`);
      passed &&= status === 0;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return passed;
}

let passed: boolean;
if (kind === 'unit') passed = run(files, { concurrency: 2, timeout: 300_000 });
else {
  const sleeping = kind === 'waking' ? [] : files.filter((file) => SLEEPS.test(file));
  sleeping.sort((a, b) => Number(LONGEST.test(b)) - Number(LONGEST.test(a)));
  const waking = kind === 'sleeping' ? [] : files.filter((file) => !SLEEPS.test(file));
  const apart = spawnSync('unshare', [...OWN_NETWORK, 'true'], { stdio: 'ignore' }).status === 0;
  passed = apart ? await runApart(sleeping, { concurrency: 3, timeout: 900_000 }) : run(sleeping, { concurrency: 1, timeout: 900_000 });
  passed = run(waking, { concurrency: 1, timeout: 900_000 }) && passed;
}
process.exit(passed ? 0 : 1);
