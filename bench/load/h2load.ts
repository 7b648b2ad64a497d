import { spawn } from 'node:child_process';
import { LOAD_CORE, which } from '../process.ts';

export interface Http2Load {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requests at once on each. */
  readonly streams: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** File that is posted; null: a GET. */
  readonly body?: string | null;
}

export interface Http2LoadResult {
  readonly requests: number;
  readonly us: number;
  readonly errors: number;
  /** Mean, microseconds: h2load tells no percentiles. */
  readonly mean: number;
}

/** One thread of h2load on the load core. Throws when it could not run at all. */
export async function h2load(load: Http2Load): Promise<Http2LoadResult> {
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const body = load.body == null ? [] : ['-d', load.body];
  const options = ['-t1', `-c${load.connections}`, `-m${load.streams}`, `-D${load.seconds}`, '--npn-list=h2', ...headers, ...body, load.url];
  const program = which('h2load')!;
  const command = which('taskset') === null ? [program, ...options] : ['taskset', '-c', String(LOAD_CORE), program, ...options];
  const text = await new Promise<string>((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
  const counts = /requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded/.exec(text);
  const statuses = /status codes: (\d+) 2xx/.exec(text);
  const mean = /time for request:\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)/.exec(text);
  if (counts === null || statuses === null || Number(statuses[1]) === 0) throw new Error(`h2load ${options.join(' ')}: ${text.trim()}`);
  const scale = { us: 1, ms: 1e3, s: 1e6 } as const;
  return {
    // at the end heads of answers may have come that are not whole
    requests: Number(statuses[1]), us: load.seconds * 1e6, errors: Math.max(0, Number(counts[2]) - Number(statuses[1])),
    mean: mean === null ? 0 : Number(mean[1]) * scale[mean[2] as keyof typeof scale],
  };
}
