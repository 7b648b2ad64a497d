import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface BackendSettings {
  readonly name: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Where it writes down the x-id of every request that it has answered or is about to. */
  readonly ids?: string;
}

/** A target that can be killed: see backend-process.ts for what it answers. */
export class Backend implements AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(name: string, port: number, child: ChildProcess) {
    this.name = name;
    this.port = port;
    this.#child = child;
  }

  static async start({ name, port = 0, ids }: BackendSettings): Promise<Backend> {
    const args = [join(import.meta.dirname, 'backend-process.ts'), name, String(port), ...(ids === undefined ? [] : [ids])];
    // the channel tells it when this process has gone
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    return new Backend(name, Number(line.split(' ')[1]), child);
  }

  /** SIGKILL: nothing is said to anybody. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** What GET /health answers from now on. */
  async setHealth(status: number | 'silent'): Promise<void> {
    await (await fetch(`http://127.0.0.1:${this.port}/control/health/${status}`, { method: 'POST' })).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
