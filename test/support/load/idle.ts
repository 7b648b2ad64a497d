import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process that holds idle connections. */
export interface IdleConnections extends AsyncDisposable {
  /** How many of `count` more were answered. */
  open(count: number): Promise<number>;
  /** Lets all go; how many there were, and how many the server had closed before. */
  close(): Promise<{ readonly closed: number; readonly lost: number }>;
}

export function idleConnections(port: number, path: string): IdleConnections {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'idle-process.ts'), '127.0.0.1', String(port), path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const ask = async (line: string): Promise<Readonly<Record<string, number>>> => {
    const answer = once(lines, 'line');
    child.stdin.write(`${line}\n`);
    return JSON.parse(((await answer) as [string])[0]) as Readonly<Record<string, number>>;
  };
  return {
    open: async (count) => (await ask(`open ${count}`))['opened']!,
    close: async () => (await ask('close')) as { closed: number; lost: number },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
