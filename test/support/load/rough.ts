import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface RoughResult {
  /** How often each behaviour ended as it should. */
  readonly done: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

export interface RoughClients extends AsyncDisposable {
  end(): Promise<RoughResult>;
}

/** Clients that leave, stall and talk nonsense: see rough-process.ts. */
export function roughClients(port: number, clients: number): RoughClients {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'rough-process.ts'), String(port), String(clients)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const output = text(child.stdout);
  return {
    async end() {
      child.stdin.end();
      return JSON.parse(await output) as RoughResult;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
