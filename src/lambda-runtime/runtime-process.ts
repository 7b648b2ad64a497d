import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type FunctionDefinition, runtimeKind } from './definition.ts';
import { findPython } from './interpreters.ts';
import { usedBytes } from './process-memory.ts';
import { killByVariable, livingProcesses } from './process-sweep.ts';
import { exported, VARIABLES_DESCRIPTOR } from './read-variables.ts';

/** Folder of the bundled Node runtime. */
export const NODE_RUNTIME_FOLDER = fileURLToPath(new URL('./node-runtime', import.meta.url));
/** Folder of the Python runtime; the compiled package has it as source too. */
export const PYTHON_RUNTIME_FOLDER = fileURLToPath(new URL('../../src/lambda-runtime/python-runtime', import.meta.url));
/** Beside stdin, stdout and stderr: framed log records. */
const LOG_DESCRIPTOR = 3;
/** The connection of Node's and Python's runtime to their Runtime API: a pair of sockets, which costs half of a connection over TCP and no time to open. */
const API_DESCRIPTOR = 4;

export type ProcessEnd =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'signal'; readonly signal: string }
  /** It could not be started. */
  | { readonly kind: 'failed'; readonly error: Error };

/** How a process is started. */
export interface Launch {
  readonly command: readonly string[];
  /** Working folder. */
  readonly folder: string;
  /** It is started by a script of the function's, as a shell would start it. */
  readonly wrapped: boolean;
  /** It writes framed log records. */
  readonly records: boolean;
  /** It is handed its connection to the Runtime API. */
  readonly connected: boolean;
  /** User and group id that it runs as; null: those of the host. */
  readonly user: number | null;
  /** It may be a process that was started before its function was known: nothing about the function is read when a process starts. */
  readonly spare: boolean;
  /** How it gets its variables: as every process does, or as text for a shell that becomes the function's process. */
  readonly variables: 'inherited' | 'read';
}

/** Variables that are read when a process starts, before the runtime could set them. */
const READ_AT_START = /^(LD_|LC_|LANG|MALLOC_|GLIBC_|UV_|SSL_|OPENSSL_|ICU_|PYTHON|NODE_(?!ENV$|TLS_REJECT_UNAUTHORIZED$))/;

/** A function of its own runtime without that runtime, in AWS's words. */
export class NoBootstrap extends Error {
  override readonly name = 'NoBootstrap';
}

/** Where the files of a function are: its own, those of its layers, and the latter as the function sees them. */
export interface CodeFolder {
  readonly code: string;
  readonly layers: string | null;
  readonly opt: string | null;
}

/** The program that runs a function. `python`: the interpreter, where the runtime wants one. */
export function runtimeLaunch(definition: FunctionDefinition, folders: CodeFolder, more: { readonly python: string | null; readonly user: number | null }): Launch {
  const { code, opt } = folders;
  const command = runtimeCommand(definition, folders, more.python);
  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper: a script that is given the command to run
  const wrapper = wrapperOf(definition);
  const wrapped = wrapper === null ? command : [inLayers(wrapper, opt), ...command];
  const bundled = isBundled(definition);
  const spare = bundled && opt === null && wrapped === command && !Object.keys(definition.environment).some((name) => READ_AT_START.test(name));
  return { command: wrapped, folder: code, wrapped: wrapper !== null, records: bundled, connected: bundled, user: more.user, spare, variables: 'inherited' };
}

function wrapperOf({ environment }: FunctionDefinition): string | null {
  const wrapper = environment.AWS_LAMBDA_EXEC_WRAPPER;
  return wrapper === undefined || wrapper === '' ? null : wrapper;
}

function isBundled({ runtime }: FunctionDefinition): boolean {
  return runtimeKind(runtime) !== 'provided';
}

/** Nobody but the bundled runtime asks for invocations: a wrapper may start another one in its place, or leave it to an extension. */
export function speaksAlone(definition: FunctionDefinition): boolean {
  return isBundled(definition) && wrapperOf(definition) === null;
}

/** How a function would be started by a process that was started ahead; null: it cannot be. */
export function spareLaunch(definition: FunctionDefinition, host: { readonly interpreterPath: string; readonly user: number | null }): Launch | null {
  const kind = runtimeKind(definition.runtime);
  const python = kind === 'python' ? findPython(definition.runtime, host.interpreterPath) : null;
  if (definition.layers.length > 0 || kind === 'unsupported' || kind === 'provided' || (kind === 'python' && python === null)) return null;
  const launch = runtimeLaunch(definition, { code: '', layers: null, opt: null }, { python, user: host.user });
  return launch.spare ? launch : null;
}

function runtimeCommand(definition: FunctionDefinition, { code, layers, opt }: CodeFolder, python: string | null): readonly string[] {
  switch (runtimeKind(definition.runtime)) {
    case 'node':
      return [process.execPath, `--max-old-space-size=${oldSpaceMb(definition.memoryMb)}`, '--disable-warning=ExperimentalWarning', join(NODE_RUNTIME_FOLDER, 'bootstrap.cjs')];
    case 'python':
      if (python === null) throw new Error(`there is no Python on this machine to run ${definition.runtime} with`);
      return [python, '-u', join(PYTHON_RUNTIME_FOLDER, 'bootstrap.py')];
    case 'provided': {
      const own = join(code, 'bootstrap');
      if (existsSync(own)) return [own];
      if (layers !== null && opt !== null && existsSync(join(layers, 'bootstrap'))) return [join(opt, 'bootstrap')];
      throw new NoBootstrap("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
    }
    case 'unsupported':
      throw new Error(`the runtime ${definition.runtime} is not run here`);
  }
}

/** Layers lie at /opt on AWS, and where they cannot be put there, in a folder of their own. */
function inLayers(path: string, opt: string | null): string {
  return opt !== null && path.startsWith('/opt/') ? join(opt, path.slice('/opt/'.length)) : path;
}

/** The process of an execution environment: leader of a process group of its own, so that what it starts ends with it. */
export class RuntimeProcess {
  readonly #child: ChildProcess;
  readonly #markers: string[];
  #onEnd: (end: ProcessEnd) => void;
  #ended = false;

  constructor(launch: Launch, variables: Readonly<Record<string, string>>, onEnd: (end: ProcessEnd) => void) {
    this.#markers = markersOf(variables);
    this.#onEnd = onEnd;
    const [command = '', ...options] = launch.command;
    this.#child = spawn(command, options, {
      cwd: launch.folder,
      env: launch.variables === 'read' ? {} : withDescriptors(launch, variables),
      stdio: descriptors(launch),
      detached: true,
      ...(launch.user === null ? {} : { uid: launch.user, gid: launch.user }),
    });
    if (launch.variables === 'read') {
      const [read] = (this.#child.stdio as readonly unknown[]).slice(VARIABLES_DESCRIPTOR) as readonly Writable[];
      // It may end before it has read them, which its end tells.
      read?.on('error', () => {}).end(exported(withDescriptors(launch, variables)));
    }
    const end = (how: ProcessEnd): void => {
      if (this.#ended) return;
      this.#ended = true;
      this.#onEnd(how);
    };
    this.#child.on('error', (error) => end(launch.wrapped ? shellStatus(error) : { kind: 'failed', error }));
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

  /** Its connection to the Runtime API; null where it makes its own. */
  get connection(): Socket | null {
    return (this.#child.stdio?.[API_DESCRIPTOR] as Socket | null | undefined) ?? null;
  }

  /** Tells a process that was started ahead which function it is for. */
  assign(launch: Launch, variables: Readonly<Record<string, string>>, onEnd: (end: ProcessEnd) => void): void {
    this.#markers.push(...markersOf(variables));
    this.#onEnd = onEnd;
    const assignment = Buffer.from(JSON.stringify({ variables: withDescriptors(launch, variables), folder: launch.folder }));
    // The form of an answer, since the runtime reads answers here.
    this.connection?.write(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${assignment.length}\r\n\r\n`, 'latin1'), assignment]));
  }

  /** Ends the process and its group. */
  kill(): void {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    signalGroup(pid);
  }

  /** Asks it to end. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** After the process has ended: ends what it started and left behind. */
  async sweep(): Promise<void> {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    signalGroup(pid);
    // A child that made itself the leader of another group is not reached through ours.
    await killByVariable(livingProcesses(), this.#markers);
  }

  /** Memory that it and what it started have for themselves, in bytes: see process-memory.ts. */
  usedBytes(limit: number): number | null {
    const { pid } = this.#child;
    return pid === undefined ? null : usedBytes(pid, limit);
  }
}

/** Set for a process that is started ahead, to a name of its own. */
export const SPARE_VARIABLE = '_TURNPIKE_SPARE';

/**
 * What was started by an environment is found by a variable that nobody else has: the name of its log stream; and of what was forked from a spare process, which
 * the system shows with the variables that the spare one was started with, that one's name.
 */
function markersOf(variables: Readonly<Record<string, string>>): string[] {
  return ['AWS_LAMBDA_LOG_STREAM_NAME', SPARE_VARIABLE].flatMap((name) => (variables[name] === undefined ? [] : [`${name}=${variables[name]}`]));
}

/** How a shell ends that cannot start what it was told to. */
function shellStatus(error: NodeJS.ErrnoException): ProcessEnd {
  if (error.code === 'ENOENT') return { kind: 'status', status: 127 };
  return error.code === 'EACCES' ? { kind: 'status', status: 126 } : { kind: 'failed', error };
}

function withDescriptors({ records, connected }: Launch, variables: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...variables,
    ...(records ? { _LAMBDA_TELEMETRY_LOG_FD: String(LOG_DESCRIPTOR) } : {}),
    ...(connected ? { _TURNPIKE_RUNTIME_API_FD: String(API_DESCRIPTOR) } : {}),
  };
}

function descriptors({ records, connected, variables }: Launch): ('ignore' | 'pipe')[] {
  const all: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'pipe', records ? 'pipe' : 'ignore'];
  if (connected || variables === 'read') all.push(connected ? 'pipe' : 'ignore');
  if (variables === 'read') all.push('pipe');
  return all;
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
