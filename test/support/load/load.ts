import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** One kind of request that is sent, in turn with the others. */
export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly chunked?: boolean;
  /** Statuses that are not a failure; 200 where nothing is said. */
  readonly expect?: readonly number[];
  /** Send an x-id of its own with each, and report what became of each. */
  readonly ids?: boolean;
}

export interface LoadSettings {
  /** Begins every x-id. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly hostHeader: string;
  readonly connections: number;
  readonly shots: readonly Shot[];
  /** Between an answer and the next request on its connection; 0: none. */
  readonly pauseMs: number;
  /** 0: as many as the server allows. */
  readonly requestsPerConnection: number;
  readonly windowMs: number;
}

export interface LoadFailure {
  readonly atMs: number;
  readonly request: string;
  readonly why: string;
}

export interface LoadWindow {
  readonly atMs: number;
  readonly count: number;
  /** ms */
  readonly p50: number;
  readonly max: number;
}

/** Latencies are ms from the write of a request to the last byte of its answer. */
export interface LoadResult {
  readonly done: number;
  readonly failed: number;
  /** The first of them. */
  readonly failures: readonly LoadFailure[];
  readonly reconnects: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Status by x-id; 0: the connection was lost before the answer. */
  readonly ids: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly windows: readonly LoadWindow[];
}

export interface Load extends AsyncDisposable {
  readonly pid: number;
  /** Lets what is under way be answered, then tells what happened. */
  end(): Promise<LoadResult>;
}

const DEFAULTS = { name: 'load', host: '127.0.0.1', hostHeader: 'localhost', connections: 64, shots: [{ method: 'GET', path: '/' }], pauseMs: 0, requestsPerConnection: 0, windowMs: 100 };

/** Starts a client process that sends one request after another on each of its connections, until it is told to end. */
export async function startLoad(settings: Partial<LoadSettings> & { readonly port: number }): Promise<Load> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load-process.ts'), JSON.stringify({ ...DEFAULTS, ...settings })], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const output = text(child.stdout);
  return {
    pid: child.pid!,
    async end() {
      child.stdin.end();
      const said = await output;
      if (said === '') throw new Error('the load client ended without a result');
      return JSON.parse(said) as LoadResult;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** For a test's diagnostics. */
export function describeLoad(result: LoadResult): string {
  const rate = Math.round(result.done / result.seconds);
  const ms = (value: number): string => value.toFixed(1);
  return `${result.done} requests in ${result.seconds.toFixed(1)} s (${rate}/s), ${result.failed} failed, p50 ${ms(result.p50)} p99 ${ms(result.p99)} p99.9 ${ms(result.p999)} max ${ms(result.max)} ms, ${result.reconnects} reconnects`;
}
