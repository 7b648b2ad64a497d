import { Worker, type MessagePort } from 'node:worker_threads';
import type { InvocationRequest, InvocationResult, LogBatch } from '../lambda-runtime/index.ts';
import type { LambdaFunction } from '../snapshot/index.ts';
import { threadEntry, threadVariables } from './threads/entry.ts';
import type { FromFunctionThread, FunctionThreadInit, ToFunctionThread } from './threads/messages.ts';

/** The thread that runs functions, as the main thread sees it. */
export class FunctionThread {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, (result: InvocationResult) => void>();
  #id = 0;
  #closed: (() => void) | null = null;
  #ended = false;

  constructor(init: FunctionThreadInit, hear: { readonly log: (batch: LogBatch) => void; readonly failure: (error: Error) => void }) {
    this.#thread = new Worker(threadEntry('function-thread'), { workerData: init, env: threadVariables(), name: 'functions' });
    this.#thread.on('message', (message: FromFunctionThread) => {
      switch (message.kind) {
        case 'log':
          hear.log(message.batch);
          break;
        case 'invoked':
          this.#waiting.get(message.id)?.(message.result);
          this.#waiting.delete(message.id);
          break;
        case 'closed':
          this.#closed?.();
          break;
      }
    });
    this.#thread.on('error', (error) => hear.failure(error as Error));
    this.#thread.on('exit', () => {
      this.#ended = true;
      for (const done of this.#waiting.values()) done({ kind: 'unavailable', reason: 'the thread that runs functions has ended' });
      this.#waiting.clear();
      this.#closed?.();
    });
  }

  update(functions: readonly LambdaFunction[]): void {
    this.#post({ kind: 'functions', functions });
  }

  /** A data-plane worker may call through the other end of `port`. */
  connect(port: MessagePort): void {
    this.#thread.postMessage({ kind: 'caller', port } satisfies ToFunctionThread, [port]);
  }

  invoke(request: InvocationRequest): Promise<InvocationResult> {
    if (this.#ended) return Promise.resolve({ kind: 'unavailable', reason: 'the thread that runs functions has ended' });
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post({ kind: 'invoke', id, request });
    });
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.#post({ kind: 'close' });
    });
    await this.#thread.terminate();
  }

  #post(message: ToFunctionThread): void {
    this.#thread.postMessage(message);
  }
}
