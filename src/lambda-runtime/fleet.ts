import type { Timer } from '../kernel/index.ts';
import type { CodeFolders } from './code/code-folders.ts';
import { WatchedFolder } from './code/watched-folder.ts';
import type { FunctionDefinition } from './definition.ts';
import { ExecutionEnvironment } from './environment.ts';
import type { EnvironmentOwner, EnvironmentSettings } from './environment-settings.ts';
import { timeoutDocument, timeoutMessage } from './failure.ts';
import type { InitFailure } from './init-failure.ts';
import type { InvocationRequest, InvocationResult } from './invocation.ts';
import { spareLaunch } from './runtime-process.ts';

export interface FleetSettings extends EnvironmentSettings {
  readonly code: CodeFolders;
  /** How long an environment without work is kept. */
  readonly idleMs: number;
  /** How long the first initialisation of an environment may take. AWS: 10 s. */
  readonly initMs: number;
  /** How many environments of one function may be starting at the same time. */
  readonly startsAtOnce: number;
  /** Code was unpacked that nobody wants any more: it may have come after the others of its kind were removed. */
  readonly unpackedInVain: () => void;
}

interface Waiting {
  readonly request: InvocationRequest;
  readonly settle: (result: InvocationResult) => void;
}

/**
 * The environments of one function. An invocation takes the environment that was used last (so that what is not needed grows idle and ends),
 * else waits for the first that becomes free or ready: how many wait is bounded by the concurrency that the host has granted.
 */
export class Fleet implements EnvironmentOwner {
  readonly #settings: FleetSettings;
  /** Every environment that lives, whatever its revision. */
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: Waiting[] = [];
  #definition: FunctionDefinition;
  #starting = 0;
  /** Those among them that are to be kept ready. */
  #startingKept = 0;
  /** The initialisation was once too slow for AWS's first limit: then the function's own timeout is its limit. */
  #slowInit = false;
  #idleTimer: Timer | null = null;
  #closed: string | null = null;
  /** Counts replacements: what was begun for an older definition is not counted among what starts now. */
  #epoch = 0;
  /** Of which epoch each is: code that comes back is what it was, and those that were started for it before have been told to end. */
  readonly #epochs = new WeakMap<ExecutionEnvironment, number>();
  /** Environments that have been ready once. */
  readonly #started = new WeakSet<ExecutionEnvironment>();
  #watched: WatchedFolder | null;
  /** Environments that are kept ready: failures one after the other, and the next try after them. */
  #keepFailures = 0;
  #keepTimer: Timer | null = null;

  constructor(settings: FleetSettings, definition: FunctionDefinition) {
    this.#settings = settings;
    this.#watched = watched(settings, definition);
    this.#definition = this.#effective(definition);
    this.#expectStart();
    this.#keepReady();
  }

  get definition(): FunctionDefinition {
    return this.#definition;
  }

  get environments(): ReadonlySet<ExecutionEnvironment> {
    return this.#environments;
  }

  /** Environments of the current definition that are kept ready, and are. */
  get keptCount(): number {
    return [...this.#environments].filter((each) => each.provisioned && this.#started.has(each) && this.#isCurrent(each)).length;
  }

  invoke(request: InvocationRequest): Promise<InvocationResult> {
    if (this.#watched?.changed()) this.#adopt(this.#effective(this.#definition));
    for (let environment = this.#takeIdle(); environment; environment = this.#takeIdle()) {
      const running = environment.run(request);
      // One that cannot run has ended in this moment.
      if (running) return running;
    }
    return new Promise((settle) => {
      this.#waiting.push({ request, settle });
      this.#startMore();
    });
  }

  /** What is kept ready goes first; then what was used last. */
  #takeIdle(): ExecutionEnvironment | undefined {
    if (this.#definition.provisioned === 0) return this.#idle.pop();
    const at = this.#idle.findLastIndex(({ provisioned }) => provisioned);
    return at < 0 ? this.#idle.pop() : this.#idle.splice(at, 1)[0];
  }

  /** New code or configuration: what runs, finishes; what is idle, ends; what waits, gets the new. */
  replace(definition: FunctionDefinition): void {
    if (definition.folder !== this.#definition.folder) this.#watched = watched(this.#settings, definition);
    this.#adopt(this.#effective(definition));
  }

  #adopt(definition: FunctionDefinition): void {
    const changed = definition.revision !== this.#definition.revision || definition.code !== this.#definition.code;
    this.#definition = definition;
    if (!changed) {
      this.#keepNoMore();
      this.#keepReady();
      return;
    }
    this.#keepFailures = 0;
    this.#slowInit = false;
    this.#epoch++;
    this.#starting = 0;
    this.#startingKept = 0;
    for (const environment of this.#environments) {
      // The old that is still starting is of no use to anybody.
      if (environment.state === 'idle' || environment.state === 'starting') this.#retire(environment);
    }
    this.#startMore();
    this.#keepReady();
    this.#expectStart();
  }

  /** What was deployed will soon be called: a process for it is started ahead. */
  #expectStart(): void {
    const { spares, interpreterPath, user } = this.#settings;
    const launch = spareLaunch(this.#definition, { interpreterPath, user });
    if (launch) spares.expect(launch);
  }

  /** The code in a watched folder is part of what a function is. */
  #effective(definition: FunctionDefinition): FunctionDefinition {
    return this.#watched === null ? definition : { ...definition, revision: `${definition.revision.split(' ')[0]!} ${this.#watched.fingerprint}` };
  }

  /** Ends what is idle, lets what runs finish, refuses what waits. */
  remove(why: string): void {
    this.#closed = why;
    for (const waiting of this.#waiting.splice(0)) waiting.settle({ kind: 'unavailable', reason: why });
    for (const environment of this.#environments) {
      if (environment.state === 'idle' || environment.state === 'starting') this.#retire(environment);
    }
  }

  /** Ends everything now. */
  async close(why: string): Promise<void> {
    this.remove(why);
    this.#idleTimer?.cancel();
    this.#keepTimer?.cancel();
    await Promise.all([...this.#environments].map((environment) => environment.stop()));
  }

  ready(environment: ExecutionEnvironment): void {
    if (this.#isStarting(environment)) this.#startEnded(environment.provisioned);
    this.#keepFailures = 0;
    this.#started.add(environment);
    if (!this.#isCurrent(environment)) {
      this.#retire(environment);
      return;
    }
    const waiting = this.#waiting[0];
    if (waiting) {
      const running = environment.run(waiting.request);
      if (running) {
        this.#waiting.shift();
        void running.then(waiting.settle);
      }
      // Somebody waits still: the next environment may start now.
      this.#startMore();
      this.#keepReady();
      return;
    }
    if (!this.#idle.includes(environment)) this.#idle.push(environment);
    if (environment.provisioned) this.#keepNoMore();
    this.#keepReady();
    this.#armIdleTimer();
  }

  lost(environment: ExecutionEnvironment): void {
    this.#retire(environment);
  }

  ended(environment: ExecutionEnvironment, init: InitFailure | null): void {
    const starting = this.#isStarting(environment);
    this.#environments.delete(environment);
    this.#forgetIdle(environment);
    if (starting) this.#startEnded(environment.provisioned);
    if (init && starting) this.#initFailed(environment, init);
    if (init && starting) this.#keepFailures++;
    this.#startMore();
    this.#keepReady();
  }

  /** Starts what is missing of the environments that are kept ready; after failures not at once. */
  #keepReady(): void {
    if (this.#closed !== null || this.#keepTimer) return;
    if (this.#definition.provisioned === 0) return;
    let missing = this.#definition.provisioned - this.#startingKept - this.keptCount;
    if (missing <= 0) return;
    if (this.#keepFailures > 0) {
      this.#keepTimer = this.#settings.clock.after(Math.min(1000 * 2 ** (this.#keepFailures - 1), 60_000), () => {
        this.#keepTimer = null;
        this.#keepFailures = 0;
        this.#keepReady();
      });
      return;
    }
    while (missing-- > 0 && this.#starting < this.#settings.startsAtOnce) {
      this.#starting++;
      this.#startingKept++;
      void this.#startOne(this.#definition, this.#epoch, true);
    }
  }

  /** Fewer are to be kept ready than were: those that have nothing to do end. */
  #keepNoMore(): void {
    let more = this.keptCount - this.#definition.provisioned;
    for (const environment of this.#idle.filter(({ provisioned }) => provisioned)) if (more-- > 0) this.#retire(environment);
  }

  #startEnded(provisioned: boolean): void {
    this.#starting--;
    if (provisioned) this.#startingKept--;
  }

  #isStarting(environment: ExecutionEnvironment): boolean {
    return !this.#started.has(environment) && this.#isCurrent(environment) && this.#epochs.get(environment) === this.#epoch;
  }

  #isCurrent(environment: ExecutionEnvironment): boolean {
    const { revision, code } = environment.definition;
    return this.#closed === null && revision === this.#definition.revision && code === this.#definition.code;
  }

  #initFailed(environment: ExecutionEnvironment, init: InitFailure): void {
    const { timeoutMs } = this.#definition;
    // AWS runs an initialisation that was too slow once more, within the invocation and its timeout.
    if (init.kind === 'timeout' && !this.#slowInit && timeoutMs > this.#settings.initMs) {
      this.#slowInit = true;
      return;
    }
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    const { requestId } = waiting.request;
    if (init.kind === 'timeout') {
      const text = timeoutMessage(this.#settings.clock.now(), requestId, timeoutMs);
      const logTail = environment.logFailure(requestId, text, 'timeout');
      waiting.settle({ kind: 'function-error', error: 'Unhandled', cause: 'timeout', payload: timeoutDocument(requestId, timeoutMs), logTail });
      return;
    }
    const text = init.message === null ? null : `${init.message(requestId)}\n${init.errorType}`;
    const logTail = environment.logFailure(requestId, text, 'error');
    waiting.settle({ kind: 'function-error', error: 'Unhandled', cause: init.cause, payload: init.document(requestId), logTail });
  }

  #startMore(): void {
    while (this.#closed === null && this.#starting < Math.min(this.#waiting.length, this.#settings.startsAtOnce)) {
      this.#starting++;
      void this.#startOne(this.#definition, this.#epoch);
    }
  }

  async #startOne(definition: FunctionDefinition, epoch: number, provisioned = false): Promise<void> {
    let folder: string;
    let layers: string | null;
    try {
      folder = definition.folder ?? (await this.#settings.code.folder(definition.code));
      layers = await this.#settings.code.layers(definition.layers);
    } catch (error) {
      if (epoch !== this.#epoch) return;
      this.#startEnded(provisioned);
      const reason = `the code of ${definition.name} cannot be unpacked: ${(error as Error).message}`;
      this.#waiting.shift()?.settle({ kind: 'unavailable', reason });
      this.#keepFailures++;
      this.#startMore();
      return this.#keepReady();
    }
    // Replaced or removed while the code was being unpacked; `replace` has begun to count anew.
    if (this.#closed !== null || epoch !== this.#epoch) return this.#settings.unpackedInVain();
    const environment = new ExecutionEnvironment(this.#settings, this, { definition, folder, layers, provisioned });
    this.#environments.add(environment);
    this.#epochs.set(environment, epoch);
    // What goes wrong is told through `ended`.
    await environment.start(this.#slowInit ? Math.max(definition.timeoutMs, this.#settings.initMs) : this.#settings.initMs);
  }

  #retire(environment: ExecutionEnvironment): void {
    this.#forgetIdle(environment);
    void environment.stop();
  }

  #forgetIdle(environment: ExecutionEnvironment): void {
    const at = this.#idle.indexOf(environment);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  #armIdleTimer(): void {
    if (this.#idleTimer || this.#idle.length === 0) return;
    const { clock, idleMs } = this.#settings;
    const due = Math.min(...this.#idle.map((each) => (each.provisioned ? Infinity : each.idleSince)), clock.monotonic()) + idleMs - clock.monotonic();
    this.#idleTimer = clock.after(Math.max(due, 1), () => {
      this.#idleTimer = null;
      const now = clock.monotonic();
      for (const environment of this.#idle.filter((each) => !each.provisioned && now - each.idleSince >= idleMs)) this.#retire(environment);
      this.#armIdleTimer();
    });
  }
}

function watched({ clock }: FleetSettings, { folder }: FunctionDefinition): WatchedFolder | null {
  return folder === null ? null : new WatchedFolder(folder, clock);
}
