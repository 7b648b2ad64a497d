import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The proxy has core 0 to itself; what loads it and what it loads share core 1. */
export const PROXY_CORE = 0;
export const LOAD_CORE = 1;

export interface Start {
  readonly command: readonly [string, ...string[]];
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Keep the standard input open, so that the process can be told to end. */
  readonly input?: boolean;
}

/** A process that the bench started and will end, by its id. */
export class Running {
  readonly child: ChildProcess;
  readonly name: string;
  #output = '';
  #exited = false;

  constructor(start: Start) {
    const [program] = start.command;
    const pinned = which('taskset') === null ? start.command : (['taskset', '-c', String(start.core), ...start.command] as const);
    this.name = program;
    this.child = spawn(pinned[0], pinned.slice(1), {
      env: { ...process.env, ...start.env },
      stdio: [start.input === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        // enough to say why a start failed, and no more of a chatty one
        this.#output = (this.#output + data.toString('latin1')).slice(-8192);
      });
    }
    this.child.once('exit', () => {
      this.#exited = true;
    });
    this.child.once('error', (error) => {
      this.#exited = true;
      this.#output += error.message;
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The newest 8 KB of what it said. */
  get output(): string {
    return this.#output;
  }

  /** Waits until `probe` answers true; throws with the program's own words when it ends first or takes longer than `withinMs`. */
  async ready(probe: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      // asked first: a client that has said its result may have ended already
      if (await probe()) return;
      if (this.#exited) throw new Error(`${this.name} ended before it was ready: ${this.#output.trim()}`);
      await pause(50);
    }
    throw new Error(`${this.name} was not ready within ${withinMs} ms: ${this.#output.trim()}`);
  }

  /** CPU time of the process, its threads and its children so far, in microseconds. */
  cpu(): number {
    return this.#tree().reduce((sum, pid) => sum + cpuTicks(pid), 0) * MICROSECONDS_A_TICK;
  }

  /** Resident memory of the process and its children, in KB. */
  resident(): number {
    return this.#tree().reduce((sum, pid) => sum + statusKb(pid, 'VmRSS'), 0);
  }

  /** Memory of the process and its children that is no file's, in bytes. */
  anonymous(): number {
    return this.#tree().reduce((sum, pid) => sum + statusKb(pid, 'RssAnon'), 0) * 1024;
  }

  /** How many processes it is, with its children. */
  get processes(): number {
    return this.#tree().length;
  }

  async stop(): Promise<void> {
    if (this.#exited) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    const family = this.#tree();
    this.child.kill('SIGTERM');
    const left = await Promise.race([gone.then(() => false), pause(8000, true)]);
    if (!left) return;
    for (const pid of family) kill(pid);
    await gone;
  }

  #tree(): readonly number[] {
    const children = new Map<number, number[]>();
    for (const name of readdirSync('/proc')) {
      const fields = /^\d+$/.test(name) ? statFields(Number(name)) : null;
      if (fields === null) continue;
      const parent = Number(fields[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    }
    const family = [this.pid];
    for (let i = 0; i < family.length; i++) family.push(...(children.get(family[i]!) ?? []));
    return family;
  }
}

/** What is measured of a contender, be it one process or several. */
export type Measured = Pick<Running, 'cpu' | 'resident' | 'anonymous' | 'processes' | 'stop'>;

/** Path of a program; null where this machine has none. */
export function which(program: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => `${folder}/${program}`).find((path) => existsSync(path)) ?? null;
}

/** What the rows of idle connections would like. */
const OPEN_FILES_WANTED = 65_536;

/**
 * How many files a process may have open here: it bounds how many connections the contenders can hold (a proxied one takes two). Raised where this user
 * may, for this process and those that it starts.
 */
export const OPEN_FILES = raisedOpenFiles();

function raisedOpenFiles(): number {
  if (openFiles() < OPEN_FILES_WANTED && which('prlimit') !== null) spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${OPEN_FILES_WANTED}`]);
  return openFiles();
}

function openFiles(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(read('/proc/self/limits') ?? '')?.[1] ?? 1024);
}

const MICROSECONDS_A_TICK = 1e6 / (Number(spawnSync('getconf', ['CLK_TCK']).stdout.toString()) || 100);

/** Fields of /proc/PID/stat from the third (state) on: the second may hold spaces. */
function statFields(pid: number): readonly string[] | null {
  const text = read(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** User and system time, also of children that have been waited for. */
function cpuTicks(pid: number): number {
  const fields = statFields(pid);
  return fields === null ? 0 : Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
}

function statusKb(pid: number, field: 'VmRSS' | 'RssAnon'): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null; // the process has ended
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
