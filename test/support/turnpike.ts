import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The repository. */
export const ROOT = join(import.meta.dirname, '..', '..');
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 40_000;

export interface RunningTurnpike {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly pid: number;
  /** Everything that was printed. */
  readonly printed: () => string;
  /** JSON lines of standard output: the first is `ready`. */
  readonly line: (event: string) => Promise<Readonly<Record<string, unknown>>>;
  /** SIGTERM, and SIGKILL if it does not end. */
  stop(): Promise<void>;
  /** Sends a signal, and tells how it ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Runs `turnpike serve` (or another command that serves) as a process of its own, on a free port, and waits until it answers. */
export async function startTurnpike(settings: {
  readonly dataFolder: string;
  readonly command?: readonly string[];
  readonly options?: readonly string[];
  /** Options of Node.js itself. */
  readonly nodeOptions?: readonly string[];
}): Promise<RunningTurnpike> {
  const { dataFolder, command = ['serve'], options = [], nodeOptions = [] } = settings;
  const args = [...nodeOptions, join(ROOT, 'bin', 'turnpike.mjs'), ...command, '--json', '--data', dataFolder, '--endpoint', '127.0.0.1:0', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: string[] = [];
  const events: Readonly<Record<string, unknown>>[] = [];
  const waiting = new Set<() => void>();
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  createInterface({ input: child.stderr }).on('line', (text) => void printed.push(text));
  createInterface({ input: child.stdout }).on('line', (text) => {
    printed.push(text);
    if (!text.startsWith('{')) return;
    events.push(JSON.parse(text) as Readonly<Record<string, unknown>>);
    for (const look of waiting) look();
  });
  const line = (event: string): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const look = (): void => {
        const found = events.find((one) => one['event'] === event);
        if (!found) return;
        done();
        resolve(found);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`Turnpike did not print "${event}" in ${START_WITHIN_MS} ms. It printed:\n${printed.join('\n')}`));
      }, START_WITHIN_MS);
      void ended.then(() => {
        if (!waiting.has(look)) return;
        done();
        reject(new Error(`Turnpike ended before it printed "${event}". It printed:\n${printed.join('\n')}`));
      });
      waiting.add(look);
      look();
    });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  try {
    const ready = await line('ready');
    const end: RunningTurnpike['end'] = async (signal) => {
      child.kill(signal);
      await ended;
      return { code: child.exitCode, signal: child.signalCode };
    };
    return { endpoint: String(ready['endpoint']), pid: child.pid!, printed: () => printed.join('\n'), line, stop, end };
  } catch (error) {
    await stop();
    throw error;
  }
}
