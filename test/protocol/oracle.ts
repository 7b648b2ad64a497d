import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A request as botocore sends it. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface Oracle {
  /** Answers in the order of asking; asks are written without waiting. */
  ask(task: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Why botocore cannot be asked here, or null if it can. */
export function oracleAbsence(): string | null {
  const probe = spawnSync('python3', ['-c', 'import botocore'], { stdio: 'ignore' });
  if (probe.error) return 'python3 is not on the path';
  return probe.status === 0 ? null : 'python3 has no botocore';
}

/** One python process for a whole test file. */
export function startOracle(): Oracle {
  const child = spawn('python3', [join(import.meta.dirname, 'oracle.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (answer: Record<string, unknown>) => void; reject: (error: Error) => void }[] = [];
  let over = false;
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      over = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('the oracle ended before it answered'));
      resolve();
    });
  });
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line) as Record<string, unknown>));
  return {
    ask(task) {
      if (over) return Promise.reject(new Error('the oracle has ended'));
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(task)}\n`);
      });
    },
    close() {
      child.stdin.end();
      return ended;
    },
  };
}

/** Dates, blobs and odd numbers as the oracle spells them. */
export function tag(value: unknown): unknown {
  if (value instanceof Date) return { $time: value.getTime() };
  if (value instanceof Uint8Array) return { $blob: Buffer.from(value).toString('base64') };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (Array.isArray(value)) return value.map(tag);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, tag(item)]));
  return value;
}

export async function readAll(body: Buffer | AsyncIterable<Buffer>): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
