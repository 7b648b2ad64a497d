import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type FunctionDefinition, runtimeKind } from './definition.ts';
import { killByVariable, livingProcesses } from './process-sweep.ts';

const BOOTSTRAP = fileURLToPath(new URL('./node-runtime/bootstrap.mjs', import.meta.url));
/** Folder of the bundled Node runtime. */
export const NODE_RUNTIME_FOLDER = fileURLToPath(new URL('./node-runtime', import.meta.url));
/** Beside stdin, stdout and stderr: framed log records. */
const LOG_DESCRIPTOR = 3;
const PAGE = 4096;

export type ProcessEnd =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'signal'; readonly signal: string }
  /** It could not be started. */
  | { readonly kind: 'failed'; readonly error: Error };

/** The process of an execution environment: leader of a process group of its own, so that what it starts ends with it. */
export class RuntimeProcess {
  readonly #child: ChildProcess;
  readonly #marker: string;
  #ended = false;

  constructor(definition: FunctionDefinition, variables: Record<string, string>, onEnd: (end: ProcessEnd) => void) {
    // The name of the log stream is this environment's alone.
    this.#marker = `AWS_LAMBDA_LOG_STREAM_NAME=${variables.AWS_LAMBDA_LOG_STREAM_NAME}`;
    const cwd = variables.LAMBDA_TASK_ROOT ?? '/';
    const node = runtimeKind(definition.runtime) === 'node';
    const command = node ? process.execPath : join(cwd, 'bootstrap');
    const options = node ? [`--max-old-space-size=${oldSpaceMb(definition.memoryMb)}`, '--disable-warning=ExperimentalWarning', BOOTSTRAP] : [];
    this.#child = spawn(command, options, {
      cwd,
      env: node ? { ...variables, _LAMBDA_TELEMETRY_LOG_FD: String(LOG_DESCRIPTOR) } : variables,
      stdio: ['ignore', 'pipe', 'pipe', node ? 'pipe' : 'ignore'],
      detached: true,
    });
    const end = (how: ProcessEnd): void => {
      if (this.#ended) return;
      this.#ended = true;
      onEnd(how);
    };
    this.#child.on('error', (error) => end({ kind: 'failed', error }));
    this.#child.on('exit', (status, signal) => end(signal === null ? { kind: 'status', status: status ?? 0 } : { kind: 'signal', signal }));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get stdout(): Readable | null {
    return this.#child.stdout;
  }

  get stderr(): Readable | null {
    return this.#child.stderr;
  }

  /** Framed log records; null for a runtime that has none. */
  get records(): Readable | null {
    return (this.#child.stdio?.[LOG_DESCRIPTOR] as Readable | null | undefined) ?? null;
  }

  /** Ends the process and its group. */
  kill(): void {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    signalGroup(pid);
  }

  /** After the process has ended: ends what it started and left behind. */
  async sweep(): Promise<void> {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    signalGroup(pid);
    // A child that made itself the leader of another group is not reached through ours.
    await killByVariable(livingProcesses(), this.#marker);
  }

  /**
   * Memory that the process has for itself, in bytes: what is resident, without the runtime's own code, which all environments share. Null where the
   * system does not tell (no /proc).
   */
  usedBytes(): number | null {
    try {
      const [, resident, shared] = readFileSync(`/proc/${this.#child.pid}/statm`, 'latin1').split(' ');
      return (Number(resident) - Number(shared)) * PAGE;
    } catch {
      return null;
    }
  }
}

function signalGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}

/** Room for the heap: what is left of the function's memory beside the runtime's own code and buffers. */
function oldSpaceMb(memoryMb: number): number {
  return Math.max(64, Math.floor(memoryMb * 0.9) - 24);
}
