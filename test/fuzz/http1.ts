/**
 * Fuzzes the HTTP/1.1 codec: `node test/fuzz/http1.ts [--cases N] [--seed S]`. Case i has the seed S + i and nothing else: a failure is repeated
 * with `--cases 1 --seed` and its number. Its octets (the message shows them) belong into corpus.json, so that every later run begins with them.
 */
import { parseArgs } from 'node:util';
import { check, checkAgain, type Reach } from './checks.ts';
import corpus from './corpus.json' with { type: 'json' };

export interface FuzzRun {
  readonly cases: number;
  readonly reached: ReadonlyMap<Reach, number>;
  readonly failures: readonly { readonly seed: number; readonly error: Error }[];
}

/** Runs the corpus, then `cases` cases; stops at the tenth failure. */
export function fuzz(options: { readonly cases: number; readonly seed: number }): FuzzRun {
  const failures: { seed: number; error: Error }[] = [];
  const reached = new Map<Reach, number>();
  let cases = 0;
  const run = (seed: number): void => {
    cases++;
    try {
      const reach = check(seed);
      reached.set(reach, (reached.get(reach) ?? 0) + 1);
    } catch (error) {
      failures.push({ seed, error: error as Error });
    }
  };
  for (const entry of corpus) {
    try {
      checkAgain(entry);
    } catch (error) {
      failures.push({ seed: -1, error: error as Error });
    }
  }
  for (let i = 0; i < options.cases && failures.length < 10; i++) run(options.seed + i);
  return { cases, reached, failures };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } } });
  const begun = performance.now();
  const { cases, reached, failures } = fuzz({ cases: Number(values.cases), seed: Number(values.seed) });
  for (const { seed, error } of failures) console.error(`seed ${seed}: ${error.stack}\n`);
  console.log([...reached].sort().map(([reach, count]) => `${reach} ${count}`).join(', '));
  console.log(`${cases} cases, ${failures.length} failures, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
