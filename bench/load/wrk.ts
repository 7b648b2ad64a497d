import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { LOAD_CORE, which } from '../process.ts';

export interface Load {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of a POST body; 0: a GET. */
  readonly body?: number;
  /** For the script that a POST needs. */
  readonly folder: string;
}

/** Times in microseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly us: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Connect, read, write and time-out errors, and answers of 400 and more. */
  readonly errors: number;
}

const REPORT = fileURLToPath(new URL('report.lua', import.meta.url));

/** One thread of wrk on the load core. Throws when it could not run at all. */
export async function wrk(load: Load): Promise<LoadResult> {
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const options = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '--timeout', '10s', '-s', await script(load), ...headers, load.url];
  const program = which('wrk')!;
  const command = which('taskset') === null ? [program, ...options] : ['taskset', '-c', String(LOAD_CORE), program, ...options];
  const text = await new Promise<string>((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
  const line = /^RESULT (.*)$/m.exec(text)?.[1];
  if (line === undefined) throw new Error(`wrk ${options.join(' ')}: ${text.trim()}`);
  return JSON.parse(line) as LoadResult;
}

async function script(load: Load): Promise<string> {
  if (load.body === undefined || load.body === 0) return REPORT;
  const file = `${load.folder}/post-${load.body}.lua`;
  await writeFile(file, `wrk.method = "POST"\nwrk.body = string.rep("x", ${load.body})\ndofile(${JSON.stringify(REPORT)})\n`);
  return file;
}
