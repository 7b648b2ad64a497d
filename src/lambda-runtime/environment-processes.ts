import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeFolder } from './code/code-folders.ts';
import { runtimeKind } from './definition.ts';
import type { EnvironmentCode, EnvironmentSettings } from './environment-settings.ts';
import { extensionPrograms } from './extension-programs.ts';
import { findPython } from './interpreters.ts';
import { LayerMount, OPT } from './layer-mount.ts';
import type { EnvironmentLog } from './logs/environment-log.ts';
import type { ExtensionApi } from './runtime-api/extension-api.ts';
import type { RuntimeApi } from './runtime-api/runtime-api.ts';
import { type Launch, NODE_RUNTIME_FOLDER, type ProcessEnd, PYTHON_RUNTIME_FOLDER, runtimeLaunch, RuntimeProcess } from './runtime-process.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { functionVariables } from './variables.ts';

/** What extensions get to end in. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown */
export const SHUTDOWN_MS = 2000;

export interface ProcessesOwner {
  /** It is starting, and shall. */
  wanted(): boolean;
  /** The runtime's process has ended. */
  ended(end: ProcessEnd): void;
  extensionEnded(): void;
}

/** What the processes of an environment speak to. */
export interface Surroundings {
  /** Names its scratch folder. */
  readonly id: string;
  readonly logStream: string;
  readonly api: RuntimeApi;
  readonly extensions: ExtensionApi;
  readonly telemetry: Telemetry;
  readonly log: EnvironmentLog;
}

/** The processes of one execution environment, its runtime's and those of its extensions, and what they have on disk. */
export class EnvironmentProcesses {
  readonly #settings: EnvironmentSettings;
  readonly #code: EnvironmentCode;
  readonly #around: Surroundings;
  readonly #owner: ProcessesOwner;
  readonly #tempFolder: string;
  #runtime: RuntimeProcess | null = null;
  #extensions: readonly RuntimeProcess[] = [];
  /** Starts a process in the place of the spare one, should that end before it has become this function's: nothing of the function has run in it. */
  #instead: (() => void) | null = null;

  constructor(settings: EnvironmentSettings, code: EnvironmentCode, to: { readonly around: Surroundings; readonly owner: ProcessesOwner }) {
    this.#settings = settings;
    this.#code = code;
    this.#around = to.around;
    this.#owner = to.owner;
    this.#tempFolder = join(settings.tempRoot, to.around.id);
  }

  /** There is a process of the runtime, ended or not. */
  get started(): boolean {
    return this.#runtime !== null;
  }

  get running(): boolean {
    return this.#runtime?.ended === false;
  }

  get pid(): number | undefined {
    return this.#runtime?.pid;
  }

  /** Starts them. False: the environment was stopped meanwhile, and nothing was started. Rejects with what prevents it. */
  async start(): Promise<boolean> {
    const { definition, folder, layers } = this.#code;
    const { user, interpreterPath } = this.#settings;
    const { api, extensions, telemetry } = this.#around;
    await mkdir(this.#tempFolder, { recursive: true, mode: 0o700 });
    if (user !== null) await chown(this.#tempFolder, user, user);
    const runtimeApi = await api.listen();
    const mount = layers === null ? null : this.#settings.layerMount();
    const opt = mount === null ? layers : OPT;
    const programs = extensionPrograms(layers);
    const address = mount === null || programs.length === 0 ? null : mount.nextAddress();
    const hosts = address === null ? null : this.#hostsFile;
    if (hosts !== null) await writeFile(hosts, LayerMount.hosts(address!), { mode: 0o644 });
    // From here on nothing waits: what is stopped later has a process to end.
    if (!this.#owner.wanted()) return false;
    const kind = runtimeKind(definition.runtime);
    const variables = functionVariables(definition, {
      runtimeApi,
      codeFolder: folder,
      layersFolder: opt,
      runtimeFolder: kind === 'node' ? NODE_RUNTIME_FOLDER : kind === 'python' ? PYTHON_RUNTIME_FOLDER : folder,
      tempFolder: this.#tempFolder,
      logStream: this.#around.logStream,
      initialization: this.#code.provisioned ? 'provisioned-concurrency' : 'on-demand',
      endpointUrl: this.#settings.endpointUrl,
    });
    const launch = runtimeLaunch(definition, { code: folder, layers, opt }, { python: kind === 'python' ? findPython(definition.runtime, interpreterPath) : null, user });
    extensions.expect(programs.map((program) => basename(program)));
    if (programs.length > 0) telemetry.open(address ?? '127.0.0.1');
    const started = (plain: Launch): Launch => (mount === null ? plain : mount.mounted(plain, { layers: layers!, hosts }));
    this.#extensions = programs.map((program) => this.#extension(started({ command: [join(opt!, program)], folder, wrapped: false, records: false, connected: false, user, spare: false, variables: 'inherited' }), variables));
    const start = (): RuntimeProcess => new RuntimeProcess(started(launch), variables, (end) => this.#ended(end));
    const spare = this.#settings.spares.take(launch);
    spare?.assign(launch, variables, (end) => this.#ended(end));
    if (spare) this.#instead = () => this.#begin(start());
    this.#begin(spare ?? start());
    return true;
  }

  /** The process that was started ahead has become this function's. */
  assigned(): void {
    this.#instead = null;
  }

  /** Ends the runtime's process and its group. */
  kill(): void {
    this.#runtime?.kill();
  }

  /** Asks the runtime's process to end, and sees to it that it has after the time for a shutdown. */
  terminate(): void {
    this.#runtime?.terminate();
    this.#settings.clock.after(SHUTDOWN_MS, () => this.#runtime?.kill());
  }

  killExtensions(): void {
    for (const extension of this.#extensions) extension.kill();
  }

  /** Memory that they take for themselves, together; `limit`: see process-memory.ts. Null where there is none, or the system does not tell. */
  usedBytes(limit: number): number | null {
    if (!this.running) return null;
    const runtime = this.#runtime!.usedBytes(limit);
    return runtime && this.#extensions.reduce((sum, extension) => sum + (extension.ended ? 0 : (extension.usedBytes(limit) ?? 0)), runtime);
  }

  /** Extensions that are shutting down have their time after the runtime has ended. */
  async extensionsEnd(): Promise<void> {
    const { clock } = this.#settings;
    const until = clock.monotonic() + SHUTDOWN_MS;
    while (clock.monotonic() < until && this.#extensions.some(({ ended }) => !ended)) await new Promise<void>((resolve) => void clock.after(20, resolve));
  }

  /** After the runtime has ended: nothing that they started is left, and nothing on disk. Never rejects: what cannot be removed now goes when the next host starts. */
  async cleanUp(): Promise<void> {
    this.killExtensions();
    await this.#runtime?.sweep().catch(() => {});
    await removeFolder(this.#tempFolder).catch(() => {});
    await rm(this.#hostsFile, { force: true }).catch(() => {});
  }

  /** Beside its scratch space, which is the function's own. */
  get #hostsFile(): string {
    return `${this.#tempFolder}.hosts`;
  }

  #extension(launch: Launch, variables: Readonly<Record<string, string>>): RuntimeProcess {
    const extension = new RuntimeProcess(launch, variables, () => this.#owner.extensionEnded());
    this.#around.log.attach('extension', extension.stdout);
    this.#around.log.attach('extension', extension.stderr);
    return extension;
  }

  #begin(begun: RuntimeProcess): void {
    const { api, log } = this.#around;
    this.#runtime = begun;
    log.attach('function', begun.stdout);
    log.attach('function', begun.stderr);
    log.attachRecords(begun.records);
    if (begun.connection) api.take(begun.connection);
  }

  #ended(end: ProcessEnd): void {
    const instead = this.#instead;
    this.#instead = null;
    if (!instead || !this.#owner.wanted()) return this.#owner.ended(end);
    try {
      instead();
    } catch (error) {
      this.#owner.ended({ kind: 'failed', error: error as Error });
    }
  }
}
