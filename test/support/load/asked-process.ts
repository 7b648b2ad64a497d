import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process of this folder that takes lines on its standard input, and answers each with one line of JSON. */
export interface AskedProcess extends AsyncDisposable {
  ask<T = Readonly<Record<string, number>>>(line: string): Promise<T>;
}

export function askedProcess(file: string, args: readonly string[]): AskedProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  return {
    async ask<T>(line: string) {
      const answer = once(lines, 'line');
      child.stdin.write(`${line}\n`);
      return JSON.parse(((await answer) as [string])[0]) as T;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
