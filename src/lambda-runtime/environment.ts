import { type Timer, uuid } from '../kernel/index.ts';
import type { FunctionDefinition } from './definition.ts';
import { EnvironmentAccount, recordsOf } from './environment-account.ts';
import { EnvironmentProcesses, SHUTDOWN_MS } from './environment-processes.ts';
import type { EnvironmentCode, EnvironmentOwner, EnvironmentSettings } from './environment-settings.ts';
import { exitMessage, timeoutDocument } from './failure.ts';
import { exitFailure, extensionFailure, type InitFailure } from './init-failure.ts';
import { failureDocument, type InvocationRequest, type InvocationResult } from './invocation.ts';
import type { RuntimeRequest } from './runtime-api/http-connection.ts';
import { ExtensionApi } from './runtime-api/extension-api.ts';
import { type Assignment, RuntimeApi, type RuntimeListener, type StreamedResponse, type Taken } from './runtime-api/runtime-api.ts';
import { type ProcessEnd, speaksAlone } from './runtime-process.ts';
import { StreamingResponse } from './streaming-response.ts';

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
  /** It is one of those that are kept ready. */
  readonly provisioned: boolean;
  readonly #settings: EnvironmentSettings;
  readonly #owner: EnvironmentOwner;
  readonly #account: EnvironmentAccount;
  readonly #extensions: ExtensionApi;
  readonly #api: RuntimeApi;
  readonly #processes: EnvironmentProcesses;
  readonly #gone: Promise<void>;
  #markGone: () => void = () => {};
  #state: State = 'starting';
  #initTimer: Timer | null = null;
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
    const { definition, provisioned } = code;
    this.definition = definition;
    this.provisioned = provisioned;
    this.#settings = settings;
    this.#owner = owner;
    this.#account = new EnvironmentAccount(settings, code);
    const { id, logStream, log, telemetry } = this.#account;
    this.logStream = logStream;
    this.#extensions = new ExtensionApi({
      functionName: definition.name, functionVersion: definition.version, handler: definition.handler,
      newId: () => uuid(settings.random), asked: () => this.#mayBecomeIdle(), initialising: () => this.#state === 'starting',
      failed: (phase, errorType) => this.#extensionFailed(phase, errorType), telemetry,
    });
    this.#api = new RuntimeApi(this, this.#extensions, { maxBody: settings.maxResponse + 1, alone: speaksAlone(definition) });
    this.#processes = new EnvironmentProcesses(settings, code, {
      around: { id, logStream, log, telemetry, api: this.#api, extensions: this.#extensions },
      owner: { wanted: () => this.#state === 'starting' && !this.#doomed, ended: (end) => this.#processEnded(end), extensionEnded: () => this.#extensionEnded() },
    });
    this.#gone = new Promise((resolve) => {
      this.#markGone = resolve;
    });
  }

  get state(): State {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#processes.pid;
  }

  /** Monotonic milliseconds since when there is nothing to do. */
  get idleSince(): number {
    return this.#idleSince;
  }

  /** Starts the process; `ready` or `ended` of the owner follows, within `limitMs`. */
  async start(limitMs: number): Promise<void> {
    try {
      if (!(await this.#processes.start())) {
        this.#endUnstarted();
        return await this.#cleanUp();
      }
    } catch (error) {
      this.#processes.kill();
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
    this.#account.started(request, now);
    return new Promise((settle) => {
      this.#running = { request, began: clock.monotonic(), timer: clock.after(timeoutMs, () => this.#timedOut()), settle };
      const { requestId, invokedArn, traceId, clientContext, payload } = request;
      const deadline = now + timeoutMs;
      this.#extensions.invoke({ requestId, deadline, invokedArn, traceId });
      give({ requestId, deadline, invokedArn, traceId, clientContext, payload });
    });
  }

  /** Ends the process and everything it started; resolves once it is gone. */
  stop(): Promise<void> {
    if (this.#processes.running) {
      if (this.#state === 'idle' && this.#extensions.wantsShutdown) this.#shutDown();
      else this.#kill();
    } else if (!this.#processes.started) this.#endUnstarted();
    return this.#gone;
  }

  /** There is no process, and shall be none. */
  #endUnstarted(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#owner.ended(this, this.#initFailure);
  }

  /**
   * Looks after the process, a few times a second: ends it if it takes more memory than the function may, or neither works nor asks for work. What a function does when it has answered is not frozen
   * here, as it is on AWS: `idleToo` looks at those that wait.
   */
  watch(idleToo: boolean): void {
    if (!this.#processes.running || (this.#state === 'idle' && !idleToo)) return;
    if (this.#state === 'finishing' && this.#settings.clock.monotonic() > this.#finishBy) {
      this.#kill();
      return;
    }
    this.#sampleMemory();
    if (this.#used === null || this.#used <= this.#memoryBytes) return;
    this.#killedForMemory = true;
    this.#kill();
  }

  /** Writes the log of an invocation for which this environment never became ready; returns its tail. */
  logFailure(requestId: string, text: string | null, status: 'error' | 'timeout'): string {
    return this.#account.failedToStart(requestId, text, status);
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
    this.#processes.assigned();
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
      this.#account.initialised(this.#extensions.registered);
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
    const durationMs = this.#settings.clock.monotonic() - running.began;
    this.#finishBy = running.began + this.definition.timeoutMs;
    const { tail, requestId } = running.request;
    const status = errorType === null ? 'success' : 'error';
    this.#account.telemetry.done(requestId, status, { errorType, durationMs, producedBytes: errorType === null ? (request?.bodyLength ?? null) : null });
    if (!tail) running.settle(result(''));
    this.#draining = true;
    this.#account.log.drained(request && recordsOf(request), tail, () => {
      this.#draining = false;
      this.#account.finish({ requestId, durationMs, status, errorType }, this.#usedSoFar());
      if (tail) running.settle(result(this.#account.log.takeTail()));
      this.#mayBecomeIdle();
    });
  }

  #timedOut(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = null;
    this.#state = 'finishing';
    this.#kill();
    const { requestId } = running.request;
    const { timeoutMs } = this.definition;
    this.#account.timedOut(requestId, timeoutMs, this.#usedSoFar());
    const payload = timeoutDocument(requestId, timeoutMs);
    running.settle({ kind: 'function-error', error: 'Unhandled', cause: 'timeout', payload, logTail: this.#account.log.takeTail() });
  }

  #processEnded(end: ProcessEnd): void {
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
    if (!this.#extensions.wantsShutdown) this.#processes.killExtensions();
    const running = this.#running;
    this.#running = null;
    running?.timer.cancel();
    const failure = was === 'starting' ? (this.#initFailure ?? exitFailure(end, this.#killedForMemory)) : null;
    // Its last words are still in the pipes.
    this.#account.log.closed(() => {
      if (running) this.#exited(running, end);
      this.#account.log.flush();
      this.#owner.ended(this, failure);
      void this.#cleanUp();
    });
  }

  #kill(): void {
    this.#doomed = true;
    this.#processes.kill();
  }

  /** Extensions that asked for it are told, and have AWS's two seconds. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown */
  #shutDown(): void {
    if (this.#doomed) return;
    this.#doomed = true;
    this.#extensions.shutdown('spindown', this.#settings.clock.now() + SHUTDOWN_MS);
    void this.#account.telemetry.flush();
    this.#processes.terminate();
  }

  #extensionFailed(phase: 'init' | 'exit', errorType: string): void {
    if (phase === 'init' && this.#state === 'starting') this.#initFailure = extensionFailure(errorType, 'an extension could not be initialised');
    this.#kill();
  }

  /** An extension that ends takes its environment along, as on AWS; one that ends at the shutdown is expected to. */
  #extensionEnded(): void {
    if (this.#doomed || this.#state === 'stopped') return;
    if (this.#state === 'starting') this.#initFailure = extensionFailure('Extension.Crash', 'exit code 0');
    this.#kill();
  }

  #exited(running: Running, end: ProcessEnd): void {
    const { requestId } = running.request;
    const text = exitMessage(requestId, end);
    const errorType = this.#killedForMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    this.#account.log.platform(`${text}\n${errorType}\n`);
    const durationMs = this.#settings.clock.monotonic() - running.began;
    this.#account.telemetry.done(requestId, 'failure', { errorType, durationMs, producedBytes: null });
    this.#account.finish({ requestId, durationMs, status: 'error', errorType }, this.#usedSoFar());
    const cause = this.#killedForMemory ? 'out-of-memory' : 'exit';
    running.settle({ kind: 'function-error', error: 'Unhandled', cause, payload: failureDocument(errorType, text), logTail: this.#account.log.takeTail() });
  }

  /** Never rejects. */
  async #cleanUp(): Promise<void> {
    if (this.#extensions.wantsShutdown) await this.#processes.extensionsEnd();
    this.#api.close();
    this.#account.telemetry.close();
    await this.#processes.cleanUp();
    this.#markGone();
  }

  get #memoryBytes(): number {
    return this.definition.memoryMb * 1024 * 1024;
  }

  /** The most memory that was seen in use, in bytes; looks now where nobody has looked yet. */
  #usedSoFar(): number | null {
    if (this.#used === null) this.#sampleMemory();
    return this.#used;
  }

  #sampleMemory(): void {
    const bytes = this.#processes.usedBytes(this.#memoryBytes);
    if (bytes !== null) this.#used = Math.max(this.#used ?? 0, bytes);
  }
}

const NOTHING = Buffer.alloc(0);
