import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Clock, Random, Timer } from '../kernel/index.ts';
import { AliasShares } from './alias-shares.ts';
import { awsArchiveLimits } from './code/archive.ts';
import { CodeFolders, layersName } from './code/code-folders.ts';
import { Concurrency } from './concurrency.ts';
import type { FunctionDefinition } from './definition.ts';
import { Fleet, type FleetSettings } from './fleet.ts';
import { findPython } from './interpreters.ts';
import type { InvocationRequest, InvocationResult } from './invocation.ts';
import { LayerMount } from './layer-mount.ts';
import type { LogSink } from './logs/log-sink.ts';
import { killByVariable, livingProcesses } from './process-sweep.ts';
import { NODE_RUNTIME_FOLDER } from './runtime-process.ts';
import { SpareProcesses } from './spare-processes.ts';

/** What a host is made from. Times in milliseconds. */
export interface FunctionHostOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** A folder of this host alone: unpacked code and scratch space. Scratch space of an earlier host in it is removed. */
  readonly folder: string;
  /** Where the zip with this SHA-256 (hexadecimal) lies. */
  readonly zipPath: (sha256: string) => string;
  readonly logs: LogSink;
  /** Control endpoint that the functions' SDK clients are pointed at (`AWS_ENDPOINT_URL`); null: none. */
  readonly endpointUrl: string | null;
  /** Value of PATH by which the machine's interpreters are found. */
  readonly interpreterPath: string;
  /** User and group id that functions run as, where the host may choose (root); null: its own. */
  readonly user: number | null;
  readonly limits?: Partial<HostLimits>;
}

export interface HostLimits {
  /** Invocations at the same time in an account and region. AWS: 1000. */
  readonly accountConcurrency: number;
  /** How long an environment without work is kept. */
  readonly idleMs: number;
  /** How long an environment may take to become ready. AWS: 10 s. */
  readonly initMs: number;
  /** Longest response in bytes. AWS: 6 MB and a little. */
  readonly maxResponse: number;
  /** Longest streamed response in bytes. AWS: 200 MB. */
  readonly maxStreamed: number;
  /** How many environments of a function may be starting at once; those who wait take what becomes free first. */
  readonly startsAtOnce: number;
  /** How many runtimes are started ahead, for the next cold start; 0: none. */
  readonly spares: number;
}

/** AWS's limits, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; idle time and starts are ours. */
export const defaultHostLimits: HostLimits = {
  accountConcurrency: 1000,
  idleMs: 300_000,
  initMs: 10_000,
  maxResponse: 6_291_556,
  maxStreamed: 209_715_200,
  startsAtOnce: Math.max(2, availableParallelism()),
  spares: 0,
};

/** How often processes are looked after; those that wait for work, every so many times. */
const WATCH_MS = 200;
const IDLE_EVERY = 10;

/** Runs functions: owns their execution environments, and nothing that it started outlives it. */
export class FunctionHost {
  readonly #settings: FleetSettings;
  readonly #fleets = new Map<string, Fleet>();
  /** Fleets of removed functions that still finish something. */
  readonly #leaving = new Set<Fleet>();
  readonly #concurrency: Concurrency;
  readonly #aliases = new AliasShares();
  readonly #watch: Timer;
  #looks = 0;
  /** There may be code on disk that nothing uses any more. */
  #codeLeft = false;
  #closed = false;

  constructor(options: FunctionHostOptions) {
    const limits = { ...defaultHostLimits, ...options.limits };
    const codeRoot = join(options.folder, 'code');
    const tempRoot = join(options.folder, 'tmp');
    // Environments end when their host's connection does; one that was in an endless loop when an earlier host was killed has not noticed.
    void killByVariable(livingProcesses(), [`LAMBDA_TASK_ROOT=${codeRoot}/`, `TMPDIR=${tempRoot}/`]);
    mkdirSync(codeRoot, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(codeRoot)) if (name.startsWith('.')) rmSync(join(codeRoot, name), { recursive: true, force: true });
    rmSync(tempRoot, { recursive: true, force: true });
    mkdirSync(tempRoot, { mode: 0o700 });
    // Somebody else must get through to his own, and may list nothing.
    if (options.user !== null) for (const path of [options.folder, codeRoot, tempRoot]) chmodSync(path, 0o711);
    const { clock, random, logs, endpointUrl } = options;
    const code = new CodeFolders({ root: codeRoot, zipPath: options.zipPath, limits: awsArchiveLimits, random });
    const { accountConcurrency, spares: most, ...each } = limits;
    // Looked for when the first function with layers starts.
    let mount: LayerMount | null | undefined;
    const layerMount = (): LayerMount | null => (mount = mount === undefined ? LayerMount.find(options.interpreterPath, [options.folder, NODE_RUNTIME_FOLDER, findPython('', options.interpreterPath) ?? '']) : mount);
    const spares = new SpareProcesses({ clock, random, most, variables: { LAMBDA_TASK_ROOT: `${codeRoot}/` } });
    this.#settings = { clock, random, logs, endpointUrl, tempRoot, code, spares, layerMount, interpreterPath: options.interpreterPath, user: options.user, ...each, unpackedInVain: () => {
      this.#codeLeft = true;
    } };
    this.#concurrency = new Concurrency(accountConcurrency);
    this.#watch = clock.every(WATCH_MS, () => this.#lookAfter());
  }

  /** Takes over the whole set of functions. No invocation fails because a function changed: what runs, finishes; what comes next, gets the new. */
  update(functions: Iterable<FunctionDefinition>): void {
    if (this.#closed) return;
    const definitions = new Map<string, FunctionDefinition>();
    for (const definition of functions) definitions.set(definition.id, definition);
    this.#concurrency.update(definitions.values());
    this.#aliases.update(definitions.values());
    for (const [id, fleet] of this.#fleets) {
      const definition = definitions.get(id);
      if (definition?.code !== fleet.definition.code || definition.layers.join() !== fleet.definition.layers.join()) this.#codeLeft = true;
      if (definition) fleet.replace(definition);
      else {
        this.#fleets.delete(id);
        fleet.remove(`the function ${id} has been deleted`);
        if (fleet.environments.size > 0) this.#leaving.add(fleet);
      }
    }
    for (const [id, definition] of definitions) {
      if (!this.#fleets.has(id)) this.#fleets.set(id, new Fleet(this.#settings, definition));
    }
  }

  knows(functionArn: string): boolean {
    return this.#fleets.has(functionArn) || this.#aliases.has(functionArn);
  }

  /** How many environments of a function that are kept ready are ready or at work. */
  ready(functionArn: string): number {
    return this.#fleets.get(functionArn)?.keptCount ?? 0;
  }

  /** Runs a function once. Never rejects: what can go wrong is in the result. */
  invoke(request: InvocationRequest): Promise<InvocationResult> {
    const id = this.#aliases.resolve(request.functionArn);
    const fleet = this.#fleets.get(id);
    if (!fleet) {
      const reason = this.#closed ? 'functions are not run any more: the host is closing' : `no function ${request.functionArn} is known here`;
      return Promise.resolve({ kind: 'unavailable', reason });
    }
    const entered = this.#concurrency.enter(id);
    if (typeof entered === 'string') return Promise.resolve({ kind: 'throttled', reason: entered });
    try {
      return fleet.invoke(request).finally(entered);
    } catch (error) {
      entered();
      throw error;
    }
  }

  /** What lives, for status pages and tests. */
  environments(): readonly { readonly functionArn: string; readonly revision: string; readonly logStream: string; readonly state: string; readonly pid: number | undefined }[] {
    return [...this.#fleets.values(), ...this.#leaving].flatMap((fleet) =>
      [...fleet.environments].map(({ definition, logStream, state, pid }) => ({ functionArn: definition.id, revision: definition.revision, logStream, state, pid })),
    );
  }

  /** Processes that were started ahead and belong to no function yet. */
  spares(): readonly (number | undefined)[] {
    return this.#settings.spares.pids;
  }

  /** Ends everything: invocations under way are cut off, no process is left. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.cancel();
    this.#settings.spares.close();
    const fleets = [...this.#fleets.values(), ...this.#leaving];
    this.#fleets.clear();
    await Promise.all(fleets.map((fleet) => fleet.close('functions are not run any more: the host is closing')));
  }

  #lookAfter(): void {
    const idleToo = this.#looks++ % IDLE_EVERY === 0;
    for (const fleet of this.#fleets.values()) for (const environment of fleet.environments) environment.watch(idleToo);
    for (const fleet of this.#leaving) {
      for (const environment of fleet.environments) environment.watch(idleToo);
      if (fleet.environments.size === 0) this.#leaving.delete(fleet);
    }
    if (this.#codeLeft) this.#sweepCode();
  }

  /** Removes code that no function and no environment uses. */
  #sweepCode(): void {
    const configured = new Set([...this.#fleets.values()].flatMap((fleet) => foldersOf(fleet.definition)));
    const living = new Set([...this.#fleets.values(), ...this.#leaving].flatMap((fleet) => [...fleet.environments].flatMap((environment) => foldersOf(environment.definition))));
    // What old environments still use goes at a later look.
    this.#codeLeft = [...living].some((name) => !configured.has(name));
    this.#settings.code.sweep((name) => living.has(name) || configured.has(name)).catch(() => {});
  }
}

/** The folders, among those of unpacked code, that a function needs. */
function foldersOf({ code, layers }: FunctionDefinition): readonly string[] {
  return [code, ...layers, ...(layers.length > 1 ? [layersName(layers)] : [])];
}
