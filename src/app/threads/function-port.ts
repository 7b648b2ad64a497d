import type { MessagePort } from 'node:worker_threads';
import type { FunctionCaller, FunctionOutcome } from '../../data-plane/targets/index.ts';

/** A call as it crosses from a data-plane thread to the one that runs functions. */
export interface FunctionCall {
  readonly id: number;
  readonly functionArn: string;
  readonly payload: Uint8Array;
  readonly traceId: string;
}

export interface FunctionAnswer {
  readonly id: number;
  readonly outcome: FunctionOutcome;
}

const ENDED: FunctionOutcome = { kind: 'unavailable', reason: 'the thread that runs functions has ended' };

/** Calls functions through a port; through another once the thread behind it has been replaced. */
export class PortCaller implements FunctionCaller {
  #port: MessagePort;
  readonly #waiting = new Map<number, { readonly port: MessagePort; readonly done: (outcome: FunctionOutcome) => void }>();
  #id = 0;
  #closed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    this.#listen(port);
  }

  /** The port leads to a thread that has only just been started: it keeps what is sent until that listens. */
  reconnect(port: MessagePort): void {
    this.#port = port;
    this.#closed = false;
    this.#listen(port);
  }

  call(functionArn: string, request: { readonly payload: Buffer; readonly traceId: string }, done: (outcome: FunctionOutcome) => void): void {
    // a closed port takes messages and loses them
    if (this.#closed) return done(ENDED);
    const id = ++this.#id;
    this.#waiting.set(id, { port: this.#port, done });
    this.#port.postMessage({ id, functionArn, payload: request.payload, traceId: request.traceId } satisfies FunctionCall);
  }

  #listen(port: MessagePort): void {
    port.on('message', ({ id, outcome }: FunctionAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      // a Buffer arrives as a plain Uint8Array
      waiting?.done(outcome.kind === 'ok' ? { kind: 'ok', payload: Buffer.from(outcome.payload.buffer, outcome.payload.byteOffset, outcome.payload.byteLength) } : outcome);
    });
    port.on('close', () => {
      // it may close after its successor has come
      if (port === this.#port) this.#closed = true;
      for (const [id, waiting] of this.#waiting) {
        if (waiting.port !== port) continue;
        this.#waiting.delete(id);
        // whether the function has run is not known: it is not called again
        waiting.done(ENDED);
      }
    });
  }
}
