import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Clock } from '../kernel/index.ts';
import type { InvocationRequest, InvocationResult, LogBatch, ResponseSink } from '../lambda-runtime/index.ts';
import type { LambdaFunction } from '../snapshot/index.ts';
import { arrived, carried } from './threads/carried-bytes.ts';
import { threadVariables } from './threads/entry.ts';
import type { FromFunctionThread, FunctionThreadInit, ToFunctionThread } from './threads/messages.ts';

export interface FunctionThreadSettings {
  /** The code that the thread runs. */
  readonly entry: URL;
  readonly init: FunctionThreadInit;
  readonly clock: Clock;
  readonly log: (batch: LogBatch) => void;
  readonly failure: (error: Error) => void;
}

/** A thread that calls functions, seen from here. */
export interface FunctionPort {
  /** Its end of the connection to the thread that runs them now. */
  readonly port: MessagePort;
  /** It calls no more. */
  leave(): void;
}

const ENDED = { kind: 'unavailable', reason: 'the thread that runs functions has ended' } as const;
/** A thread that keeps dying is started again, but not in a tight loop; the first time at once, so that next to no call is refused. */
const RESTART_MS = 200;
const STEADY_MS = 5000;

/**
 * The thread that runs functions, as the main thread sees it. One that dies is replaced: the new one gets the functions, everybody who calls is connected to
 * it, and who waited for an answer of the old one is told that it has ended.
 */
export class FunctionThread {
  readonly #settings: FunctionThreadSettings;
  readonly #waiting = new Map<number, { readonly done: (result: InvocationResult) => void; readonly stream: ResponseSink | null }>();
  /** Who asks how many environments are ready. */
  readonly #asking = new Map<number, (count: number) => void>();
  /** How each that calls is given another port. */
  readonly #callers = new Set<(port: MessagePort) => void>();
  #thread: Worker | null = null;
  /** Ports of those that were connected before there was a thread; null once there has been one. */
  #early: MessagePort[] | null = [];
  #startedAt = 0;
  #functions: readonly LambdaFunction[] = [];
  #id = 0;
  #closed: (() => void) | null = null;
  #stopping = false;

  constructor(settings: FunctionThreadSettings) {
    this.#settings = settings;
  }

  /** The first function starts the thread. */
  update(functions: readonly LambdaFunction[]): void {
    this.#functions = functions;
    if (this.#early === null) this.#post({ kind: 'functions', functions });
    else if (functions.length > 0) this.#start();
  }

  /** Whoever holds the port may call; `reconnect` gives it another when the thread has been replaced. */
  connect(reconnect: (port: MessagePort) => void): FunctionPort {
    this.#callers.add(reconnect);
    return { port: this.#open(), leave: () => void this.#callers.delete(reconnect) };
  }

  invoke(request: InvocationRequest): Promise<InvocationResult> {
    if (this.#early !== null && !this.#stopping) this.#start();
    if (!this.#thread) return Promise.resolve(ENDED);
    const id = ++this.#id;
    const { stream, payload, ...rest } = request;
    return new Promise((resolve) => {
      this.#waiting.set(id, { done: resolve, stream });
      this.#post({ kind: 'invoke', id, request: { ...rest, payload: carried(payload), stream: stream !== null } });
    });
  }

  /** How many environments of a function or version are ready. */
  ready(functionArn: string): Promise<number> {
    if (!this.#thread) return Promise.resolve(0);
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#asking.set(id, resolve);
      this.#post({ kind: 'ready', id, functionArn });
    });
  }

  async close(): Promise<void> {
    this.#stopping = true;
    const thread = this.#thread;
    for (const port of this.#early ?? []) port.close();
    if (!thread) return;
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.#post({ kind: 'close' });
    });
    await thread.terminate();
  }

  #start(): void {
    const { entry, init, clock, log, failure } = this.#settings;
    const thread = new Worker(entry, { workerData: init, env: threadVariables(), name: 'functions' });
    this.#thread = thread;
    this.#startedAt = clock.monotonic();
    thread.on('message', (message: FromFunctionThread) => {
      switch (message.kind) {
        case 'log':
          log(message.batch);
          break;
        case 'invoked':
          this.#waiting.get(message.id)?.done('payload' in message.result ? { ...message.result, payload: arrived(message.result.payload) } : message.result);
          this.#waiting.delete(message.id);
          break;
        case 'begun':
          this.#waiting.get(message.id)?.stream?.begin(message.contentType);
          break;
        case 'part': {
          const { id, bytes } = message;
          this.#waiting.get(id)?.stream?.part(arrived(bytes), () => this.#post({ kind: 'taken', id, bytes: bytes.length }));
          break;
        }
        case 'ready':
          this.#asking.get(message.id)?.(message.count);
          this.#asking.delete(message.id);
          break;
        case 'closed':
          this.#closed?.();
          break;
      }
    });
    thread.on('error', (error) => failure(new Error(`the thread that runs functions: ${(error as Error).message}`, { cause: error })));
    thread.on('exit', () => this.#exited());
    this.#post({ kind: 'functions', functions: this.#functions });
    const early = this.#early;
    this.#early = null;
    if (early !== null) {
      for (const port of early) this.#hand(port);
      return;
    }
    for (const reconnect of this.#callers) reconnect(this.#open());
  }

  #exited(): void {
    const { clock, failure } = this.#settings;
    this.#thread = null;
    for (const { done } of this.#waiting.values()) done(ENDED);
    this.#waiting.clear();
    for (const answer of this.#asking.values()) answer(0);
    this.#asking.clear();
    this.#closed?.();
    if (this.#stopping) return;
    failure(new Error('the thread that runs functions ended and is started again; what was under way in it failed'));
    if (clock.monotonic() - this.#startedAt >= STEADY_MS) this.#start();
    else {
      clock.after(RESTART_MS, () => {
        if (!this.#stopping) this.#start();
      });
    }
  }

  /** A connection to the thread; one that is closed already where there is none any more. */
  #open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    if (this.#early === null) this.#hand(port1);
    else this.#early.push(port1);
    return port2;
  }

  #hand(port: MessagePort): void {
    if (this.#thread) this.#thread.postMessage({ kind: 'caller', port } satisfies ToFunctionThread, [port]);
    else port.close();
  }

  #post(message: ToFunctionThread): void {
    this.#thread?.postMessage(message);
  }
}
