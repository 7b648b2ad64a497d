import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, hexId, type Random, type Timer, uuid } from '../kernel/index.ts';
import { removeFolder } from './code/code-folders.ts';
import { extensionPrograms } from './extension-programs.ts';
import { type FunctionDefinition, runtimeKind } from './definition.ts';
import { findPython } from './interpreters.ts';
import { exitMessage, timeoutMessage } from './failure.ts';
import { type FailureCause, failureDocument, type InvocationRequest, type InvocationResult } from './invocation.ts';
import { EnvironmentLog, type Heard } from './logs/environment-log.ts';
import type { LogSink } from './logs/log-sink.ts';
import { jsonLines, type PlatformLines, textLines } from './logs/platform-lines.ts';
import type { RuntimeRequest } from './runtime-api/http-connection.ts';
import { ExtensionApi } from './runtime-api/extension-api.ts';
import { type Assignment, RuntimeApi, type RuntimeListener, type StreamedResponse, type Taken } from './runtime-api/runtime-api.ts';
import type { SpareProcesses } from './spare-processes.ts';
import { LayerMount, OPT } from './layer-mount.ts';
import { type Launch, NODE_RUNTIME_FOLDER, type ProcessEnd, PYTHON_RUNTIME_FOLDER, runtimeLaunch, RuntimeProcess } from './runtime-process.ts';
import { StreamingResponse } from './streaming-response.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import { functionVariables } from './variables.ts';

export interface EnvironmentSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly logs: LogSink;
  /** Where environments keep their scratch folders. */
  readonly tempRoot: string;
  /** Control endpoint for the function's own SDK clients, or null. */
  readonly endpointUrl: string | null;
  /** Longest response, in bytes. */
  readonly maxResponse: number;
  /** Longest response that is streamed, in bytes. */
  readonly maxStreamed: number;
  /** Value of PATH by which interpreters are found. */
  readonly interpreterPath: string;
  /** User and group id of functions; null: the host's own. */
  readonly user: number | null;
  readonly spares: SpareProcesses;
  /** How layers are put at /opt; null: they are not, and variables name their folder. */
  readonly layerMount: () => LayerMount | null;
}

/** What an environment runs. */
export interface EnvironmentCode {
  readonly definition: FunctionDefinition;
  readonly folder: string;
  readonly layers: string | null;
  /** It is one of those that are kept ready. */
  readonly provisioned: boolean;
}

/** What an environment tells the fleet that owns it. */
export interface EnvironmentOwner {
  /** Ready for an invocation. */
  ready(environment: ExecutionEnvironment): void;
  /** Was ready, and can be reached no longer. */
  lost(environment: ExecutionEnvironment): void;
  /** Gone. `init`: why it never became ready; null if it did, or was stopped. */
  ended(environment: ExecutionEnvironment, init: InitFailure | null): void;
}

export type InitFailure =
  | { readonly kind: 'timeout'; readonly limitMs: number }
  /** `message` null: the runtime has written its own account to the log. */
  | {
      readonly kind: 'error';
      readonly cause: FailureCause;
      readonly errorType: string;
      readonly document: (requestId: string) => Buffer;
      readonly message: ((requestId: string) => string) | null;
    };

interface Running {
  readonly request: InvocationRequest;
  readonly began: number;
  readonly timer: Timer;
  readonly settle: (result: InvocationResult) => void;
}

type State = 'starting' | 'idle' | 'busy' | 'finishing' | 'stopped';

/**
 * One execution environment: a process, its Runtime API and its log stream. Runs one invocation at a time.
 * starting -> idle -> busy -> finishing (answered, not yet asking for more) -> idle ... -> stopped.
 */
export class ExecutionEnvironment implements RuntimeListener {
  readonly definition: FunctionDefinition;
  readonly logStream: string;
  readonly #settings: EnvironmentSettings;
  readonly #owner: EnvironmentOwner;
  readonly #code: EnvironmentCode;
  readonly #extensions: ExtensionApi;
  readonly #telemetry: Telemetry;
  #extensionProcesses: readonly RuntimeProcess[] = [];
  readonly #tempFolder: string;
  readonly #api: RuntimeApi;
  readonly #log: EnvironmentLog;
  readonly #lines: PlatformLines;
  readonly #created: number;
  readonly #gone: Promise<void>;
  #markGone: () => void = () => {};
  #process: RuntimeProcess | null = null;
  /** Starts a process in the place of the spare one, should that end before it has become this function's: nothing of the function has run in it. */
  #instead: (() => void) | null = null;
  #state: State = 'starting';
  #initTimer: Timer | null = null;
  /** Duration of the initialisation, until the first report has told it. */
  #initMs: number | null = null;
  #initFailure: InitFailure | null = null;
  #running: Running | null = null;
  #draining = false;
  #give: ((invocation: Assignment) => void) | null = null;
  #used: number | null = null;
  #killedForMemory = false;
  /** Its process has been told to end: whatever it still asks for, it gets nothing more to do. */
  #doomed = false;
  #idleSince = 0;
  /** Monotonic time by which an environment that has answered must ask for more. */
  #finishBy = 0;

  constructor(settings: EnvironmentSettings, owner: EnvironmentOwner, code: EnvironmentCode) {
    const { definition } = code;
    const { clock } = settings;
    this.definition = definition;
    this.#settings = settings;
    this.#owner = owner;
    this.#code = code;
    const id = hexId(settings.random, 32);
    this.logStream = `${new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[${definition.version}]${id}`;
    this.#tempFolder = join(settings.tempRoot, id);
    this.#created = clock.monotonic();
    this.#lines = definition.environment.AWS_LAMBDA_LOG_FORMAT === 'JSON' ? jsonLines(definition.systemLogLevel) : textLines;
    const json = this.#lines !== textLines;
    this.#telemetry = new Telemetry({ clock, json, initialization: this.#initialization, functionName: definition.name, functionVersion: definition.version });
    const heard: Heard = (source, timestamp, line) => this.#telemetry.printed(source, timestamp, line);
    this.#log = new EnvironmentLog(clock, { sink: settings.logs, heard }, { functionArn: definition.id, logGroup: definition.logGroup, logStream: this.logStream });
    // What is printed while the function loads belongs to the first invocation's tail.
    this.#log.startTail();
    this.#extensions = new ExtensionApi({
      functionName: definition.name, functionVersion: definition.version, handler: definition.handler,
      newId: () => uuid(settings.random), asked: () => this.#mayBecomeIdle(),
      failed: (phase, errorType) => this.#extensionFailed(phase, errorType), telemetry: this.#telemetry,
    });
    this.#api = new RuntimeApi(this, this.#extensions, settings.maxResponse + 1);
    this.#gone = new Promise((resolve) => {
      this.#markGone = resolve;
    });
  }

  get state(): State {
    return this.#state;
  }

  /** It is one of those that are kept ready. */
  get provisioned(): boolean {
    return this.#code.provisioned;
  }

  get #initialization(): 'on-demand' | 'provisioned-concurrency' {
    return this.#code.provisioned ? 'provisioned-concurrency' : 'on-demand';
  }

  /** Beside its scratch space, which is the function's own. */
  get #hostsFile(): string {
    return `${this.#tempFolder}.hosts`;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Monotonic milliseconds since when there is nothing to do. */
  get idleSince(): number {
    return this.#idleSince;
  }

  /** Starts the process; `ready` or `ended` of the owner follows, within `limitMs`. */
  async start(limitMs: number): Promise<void> {
    try {
      await mkdir(this.#tempFolder, { recursive: true, mode: 0o700 });
      const runtimeApi = await this.#api.listen();
      // Stopped while the port was being bound: nothing must start any more.
      if (this.state === 'stopped') return this.#cleanUp();
      const { definition } = this;
      const kind = runtimeKind(definition.runtime);
      const { folder, layers } = this.#code;
      const { user, interpreterPath } = this.#settings;
      const mount = layers === null ? null : this.#settings.layerMount();
      const opt = mount === null ? layers : OPT;
      if (user !== null) await chown(this.#tempFolder, user, user);
      const variables = functionVariables(definition, {
        runtimeApi,
        codeFolder: folder,
        layersFolder: opt,
        runtimeFolder: kind === 'node' ? NODE_RUNTIME_FOLDER : kind === 'python' ? PYTHON_RUNTIME_FOLDER : folder,
        tempFolder: this.#tempFolder,
        logStream: this.logStream,
        initialization: this.#initialization,
        endpointUrl: this.#settings.endpointUrl,
      });
      const launch = runtimeLaunch(definition, { code: folder, layers, opt }, { python: kind === 'python' ? findPython(definition.runtime, interpreterPath) : null, user });
      const programs = extensionPrograms(layers);
      this.#extensions.expect(programs.length);
      const address = mount === null || programs.length === 0 ? null : mount.nextAddress();
      const hosts = address === null ? null : this.#hostsFile;
      if (hosts !== null) await writeFile(hosts, LayerMount.hosts(address!), { mode: 0o644 });
      if (programs.length > 0) this.#telemetry.open(address ?? '127.0.0.1');
      const started = (plain: Launch): Launch => (mount === null ? plain : mount.mounted(plain, { layers: layers!, hosts }));
      this.#extensionProcesses = programs.map((program) => {
        const plain: Launch = { command: [join(opt!, program)], folder, records: false, connected: false, user, spare: false, variables: 'inherited' };
        const extension = new RuntimeProcess(started(plain), variables, () => this.#extensionEnded());
        this.#log.attach('extension', extension.stdout);
        this.#log.attach('extension', extension.stderr);
        return extension;
      });
      const onEnd = (end: ProcessEnd): void => this.#processEnded(end);
      const begin = (begun: RuntimeProcess): void => {
        this.#process = begun;
        this.#log.attach('function', begun.stdout);
        this.#log.attach('function', begun.stderr);
        this.#log.attachRecords(begun.records);
        if (begun.connection) this.#api.take(begun.connection);
      };
      const start = (): RuntimeProcess => new RuntimeProcess(started(launch), variables, onEnd);
      const spare = this.#settings.spares.take(launch);
      spare?.assign(launch, variables, onEnd);
      if (spare) this.#instead = () => begin(start());
      begin(spare ?? start());
    } catch (error) {
      this.#process?.kill();
      this.#processEnded({ kind: 'failed', error: error as Error });
      return;
    }
    this.#initTimer = this.#settings.clock.after(limitMs, () => {
      this.#initFailure = { kind: 'timeout', limitMs };
      void this.stop();
    });
  }

  /** Runs one invocation; null where it cannot: only an environment in state `idle` does. */
  run(request: InvocationRequest): Promise<InvocationResult> | null {
    const give = this.#give;
    if (this.#state !== 'idle' || this.#doomed || !give) return null;
    this.#give = null;
    this.#state = 'busy';
    const { clock } = this.#settings;
    const { timeoutMs } = this.definition;
    const now = clock.now();
    if (!request.tail) this.#log.takeTail();
    else if (this.#initMs === null) this.#log.startTail();
    this.#platform(this.#lines.start(request.requestId, this.definition.version, now));
    return new Promise((settle) => {
      this.#running = { request, began: clock.monotonic(), timer: clock.after(timeoutMs, () => this.#timedOut()), settle };
      const { requestId, invokedArn, traceId, clientContext, payload } = request;
      const deadline = now + timeoutMs;
      this.#telemetry.started(requestId, traceId);
      this.#extensions.invoke({ requestId, deadline, invokedArn, traceId });
      give({ requestId, deadline, invokedArn, traceId, clientContext, payload });
    });
  }

  /** Ends the process and everything it started; resolves once it is gone. */
  stop(): Promise<void> {
    if (this.#process && !this.#process.ended) {
      if (this.#state === 'idle' && this.#extensions.wantsShutdown) this.#shutDown();
      else this.#kill();
    } else if (this.#state !== 'stopped' && !this.#process) {
      this.#state = 'stopped';
      this.#owner.ended(this, this.#initFailure);
    }
    return this.#gone;
  }

  /** Looks after the process, a few times a second: ends it if it takes more memory than the function may, or neither works nor asks for work. */
  watch(): void {
    if (!this.#process || this.#process.ended || this.#state === 'idle') return;
    if (this.#state === 'finishing' && this.#settings.clock.monotonic() > this.#finishBy) {
      this.#kill();
      return;
    }
    this.#sampleMemory();
    if (this.#used === null || this.#used <= this.definition.memoryMb * 1024 * 1024) return;
    this.#killedForMemory = true;
    this.#kill();
  }

  /** Writes the log of an invocation for which this environment never became ready; returns its tail. */
  logFailure(requestId: string, text: string | null, status: 'error' | 'timeout'): string {
    const now = this.#settings.clock.now();
    this.#platform(this.#lines.start(requestId, this.definition.version, now));
    if (text !== null) this.#log.platform(`${text}\n`);
    this.#finishLog(requestId, this.#settings.clock.monotonic() - this.#created, status, null);
    return this.#log.takeTail();
  }

  // What the runtime asks.

  next(give: (invocation: Assignment) => void): void {
    // An answer and a question that were on their way when the process was told to end.
    if (this.#doomed) return;
    switch (this.#state) {
      case 'starting':
      case 'finishing':
        break;
      case 'idle':
      case 'busy':
        // A runtime with several threads asks ahead; AWS runs one invocation at a time all the same: the newest question gets the answer.
        this.#give = give;
        return;
      case 'stopped':
        return;
    }
    this.#give = give;
    this.#mayBecomeIdle();
  }

  responseStream(requestId: string, head: RuntimeRequest, resume: () => void): StreamedResponse | null {
    const running = this.#running;
    const sink = running?.request.stream;
    if (!running || running.request.requestId !== requestId || !sink) return null;
    return new StreamingResponse(head, { sink, limit: this.#settings.maxStreamed, resume }, {
      still: () => this.#running === running,
      ended: (request, failure) => {
        if (failure !== null) return this.#failed(request, failure.errorType, failure.document);
        this.#settle(request, null, (logTail) => ({ kind: 'ok', payload: NOTHING, logTail }));
        return 'accepted';
      },
      tooLarge: () => {
        const errorType = 'Function.ResponseSizeTooLarge';
        const payload = failureDocument(errorType, `Response payload size exceeded maximum allowed payload size (${this.#settings.maxStreamed} bytes).`);
        this.#settle(null, errorType, (logTail) => ({ kind: 'function-error', error: 'Unhandled', cause: 'response-too-large', payload, logTail }));
        this.#kill();
      },
    });
  }

  response(requestId: string, request: RuntimeRequest): Taken {
    if (this.#running?.request.requestId !== requestId) return 'unknown';
    if (request.bodyLength > this.#settings.maxResponse) {
      const document = failureDocument('Function.ResponseSizeTooLarge', `Response payload size exceeded maximum allowed payload size (${this.#settings.maxResponse} bytes).`);
      this.#settle(request, 'Function.ResponseSizeTooLarge', (logTail) => ({ kind: 'function-error', error: 'Unhandled', cause: 'response-too-large', payload: document, logTail }));
      return 'too-large';
    }
    // A streamed response that broke off names the error in its trailers.
    const errorType = request.header('lambda-runtime-function-error-type');
    if (errorType !== undefined) return this.#failed(request, errorType, request.body);
    const sink = this.#running.request.stream;
    if (sink) {
      sink.begin(request.header('content-type') ?? 'application/octet-stream');
      sink.part(request.body, () => {});
    }
    this.#settle(request, null, (logTail) => ({ kind: 'ok', payload: sink ? NOTHING : request.body, logTail }));
    return 'accepted';
  }

  error(requestId: string, request: RuntimeRequest): 'accepted' | 'unknown' {
    if (this.#running?.request.requestId !== requestId) return 'unknown';
    return this.#failed(request, request.header('lambda-runtime-function-error-type') ?? 'Unknown', request.body);
  }

  assigned(): void {
    this.#instead = null;
  }

  initError(request: RuntimeRequest): void {
    if (this.#state !== 'starting') return;
    const errorType = request.header('lambda-runtime-function-error-type') ?? 'Runtime.Unknown';
    this.#initFailure = { kind: 'error', cause: 'init', errorType, document: () => request.body, message: null };
  }

  gone(give: (invocation: Assignment) => void): void {
    if (this.#give !== give) return;
    this.#give = null;
    if (this.#state !== 'idle') return;
    this.#state = 'finishing';
    this.#owner.lost(this);
  }

  #failed(request: RuntimeRequest, errorType: string, document: Buffer): 'accepted' {
    const payload = document.length > this.#settings.maxResponse ? failureDocument(errorType, 'the error document was too large to be shown') : document;
    this.#settle(request, errorType, (logTail) => ({ kind: 'function-error', error: 'Unhandled', cause: 'handler', payload, logTail }));
    return 'accepted';
  }

  /** Free once the runtime has asked for more, its log is read, and its extensions have asked too. */
  #mayBecomeIdle(): void {
    if (!this.#give || this.#draining || this.#doomed || !this.#extensions.ready) return;
    if (this.#state === 'starting') {
      this.#initTimer?.cancel();
      this.#initMs = this.#settings.clock.monotonic() - this.#created;
      this.#telemetry.initialised(this.#initMs, this.#extensions.registered);
    } else if (this.#state !== 'finishing') return;
    this.#state = 'idle';
    this.#idleSince = this.#settings.clock.monotonic();
    this.#owner.ready(this);
  }

  /** Ends the invocation under way, and its account in the log once what it printed has been read. */
  #settle(request: RuntimeRequest | null, errorType: string | null, result: (logTail: string) => InvocationResult): void {
    const running = this.#running!;
    this.#running = null;
    running.timer.cancel();
    this.#state = 'finishing';
    const duration = this.#settings.clock.monotonic() - running.began;
    this.#finishBy = running.began + this.definition.timeoutMs;
    const { tail, requestId } = running.request;
    this.#telemetry.done(requestId, errorType === null ? 'success' : 'error', { errorType, durationMs: duration, producedBytes: errorType === null ? (request?.bodyLength ?? null) : null });
    if (!tail) running.settle(result(''));
    this.#draining = true;
    this.#log.drained(request && recordsOf(request), tail, () => {
      this.#draining = false;
      this.#finishLog(requestId, duration, errorType === null ? 'success' : 'error', errorType);
      if (tail) running.settle(result(this.#log.takeTail()));
      this.#mayBecomeIdle();
    });
  }

  #timedOut(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = null;
    this.#state = 'finishing';
    const { requestId } = running.request;
    const text = timeoutMessage(this.#settings.clock.now(), requestId, this.definition.timeoutMs);
    this.#kill();
    this.#log.platform(`${text}\n`);
    this.#telemetry.done(requestId, 'timeout', { errorType: null, durationMs: this.definition.timeoutMs, producedBytes: null });
    this.#finishLog(requestId, this.definition.timeoutMs, 'timeout', null);
    const payload = failureDocument('Sandbox.Timedout', text);
    running.settle({ kind: 'function-error', error: 'Unhandled', cause: 'timeout', payload, logTail: this.#log.takeTail() });
  }

  #processEnded(end: ProcessEnd): void {
    const instead = this.#instead;
    this.#instead = null;
    if (instead && this.#state === 'starting' && !this.#doomed) return instead();
    this.#initTimer?.cancel();
    const was = this.#state;
    if (was === 'stopped') {
      // Stopped before there was a process.
      void this.#cleanUp();
      return;
    }
    this.#state = 'stopped';
    this.#doomed = true;
    if (was === 'idle') this.#owner.lost(this);
    if (!this.#extensions.wantsShutdown) for (const extension of this.#extensionProcesses) extension.kill();
    const running = this.#running;
    this.#running = null;
    running?.timer.cancel();
    const failure = was === 'starting' ? (this.#initFailure ?? exitFailure(end, this.#killedForMemory)) : null;
    // Its last words are still in the pipes.
    this.#log.closed(() => {
      if (running) this.#exited(running, end);
      this.#log.flush();
      this.#owner.ended(this, failure);
      void this.#cleanUp();
    });
  }

  #kill(): void {
    this.#doomed = true;
    this.#process?.kill();
  }

  /** Extensions that asked for it are told, and have AWS's two seconds. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown */
  #shutDown(): void {
    if (this.#doomed) return;
    this.#doomed = true;
    const { clock } = this.#settings;
    this.#extensions.shutdown('spindown', clock.now() + SHUTDOWN_MS);
    void this.#telemetry.flush();
    this.#process?.terminate();
    clock.after(SHUTDOWN_MS, () => this.#process?.kill());
  }

  #extensionFailed(phase: 'init' | 'exit', errorType: string): void {
    if (phase === 'init' && this.#state === 'starting') {
      const document = (requestId: string): Buffer => failureDocument(errorType, `RequestId: ${requestId} Error: an extension could not be initialised`);
      this.#initFailure = { kind: 'error', cause: 'init', errorType, document, message: null };
    }
    this.#kill();
  }

  /** An extension that ends takes its environment along, as on AWS; one that ends at the shutdown is expected to. */
  #extensionEnded(): void {
    if (this.#doomed || this.#state === 'stopped') return;
    if (this.#state === 'starting') {
      const document = (requestId: string): Buffer => failureDocument('Extension.Crash', `RequestId: ${requestId} Error: exit code 0`);
      this.#initFailure = { kind: 'error', cause: 'init', errorType: 'Extension.Crash', document, message: null };
    }
    this.#kill();
  }

  #exited(running: Running, end: ProcessEnd): void {
    const { requestId } = running.request;
    const text = exitMessage(requestId, end);
    const errorType = this.#killedForMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    this.#log.platform(`${text}\n${errorType}\n`);
    const durationMs = this.#settings.clock.monotonic() - running.began;
    this.#telemetry.done(requestId, 'failure', { errorType, durationMs, producedBytes: null });
    this.#finishLog(requestId, durationMs, 'error', errorType);
    const cause = this.#killedForMemory ? 'out-of-memory' : 'exit';
    running.settle({ kind: 'function-error', error: 'Unhandled', cause, payload: failureDocument(errorType, text), logTail: this.#log.takeTail() });
  }

  /** Never rejects: what cannot be removed now goes when the next host starts. */
  async #cleanUp(): Promise<void> {
    if (this.#extensions.wantsShutdown) await this.#extensionsEnd();
    this.#api.close();
    this.#telemetry.close();
    for (const extension of this.#extensionProcesses) extension.kill();
    await this.#process?.sweep().catch(() => {});
    await removeFolder(this.#tempFolder).catch(() => {});
    await rm(this.#hostsFile, { force: true }).catch(() => {});
    this.#markGone();
  }

  /** Extensions that are shutting down have their time after the runtime has ended. */
  async #extensionsEnd(): Promise<void> {
    const { clock } = this.#settings;
    const until = clock.monotonic() + SHUTDOWN_MS;
    while (clock.monotonic() < until && this.#extensionProcesses.some(({ ended }) => !ended)) await new Promise<void>((resolve) => void clock.after(20, resolve));
  }

  #finishLog(requestId: string, durationMs: number, status: 'success' | 'error' | 'timeout', errorType: string | null): void {
    if (this.#used === null) this.#sampleMemory();
    const usedMb = this.#used === null ? null : Math.min(Math.round(this.#used / 1048576), this.definition.memoryMb);
    this.#platform(this.#lines.end(requestId));
    const { memoryMb } = this.definition;
    const report = { requestId, durationMs, memoryMb, usedMb, initMs: this.#initMs, status, errorType };
    this.#platform(this.#lines.report(report, this.#settings.clock.now()));
    this.#telemetry.reported(report);
    this.#initMs = null;
    this.#log.flush();
  }

  #platform(line: string | null): void {
    if (line !== null) this.#log.platform(line);
  }

  #sampleMemory(): void {
    const bytes = this.#process?.ended === false ? this.#process.usedBytes() : null;
    if (bytes !== null) this.#used = Math.max(this.#used ?? 0, bytes);
  }
}

const NOTHING = Buffer.alloc(0);
/** What extensions get to end in. */
const SHUTDOWN_MS = 2000;

/** How many log records the bundled runtime has written before this request; null from runtimes that do not say. */
function recordsOf(request: RuntimeRequest): number | null {
  const text = request.header('turnpike-log-records');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function exitFailure(end: ProcessEnd, outOfMemory: boolean): InitFailure {
  const errorType = outOfMemory ? 'Runtime.OutOfMemory' : end.kind === 'failed' ? 'Runtime.InvalidEntrypoint' : 'Runtime.ExitError';
  const message = (requestId: string): string => exitMessage(requestId, end);
  const document = (requestId: string): Buffer => failureDocument(errorType, message(requestId));
  return { kind: 'error', cause: outOfMemory ? 'out-of-memory' : 'init', errorType, document, message };
}
