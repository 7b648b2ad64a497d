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

/** Calls functions through a port. */
export class PortCaller implements FunctionCaller {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (outcome: FunctionOutcome) => void>();
  #id = 0;
  #closed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', ({ id, outcome }: FunctionAnswer) => {
      const done = this.#waiting.get(id);
      this.#waiting.delete(id);
      // a Buffer arrives as a plain Uint8Array
      done?.(outcome.kind === 'ok' ? { kind: 'ok', payload: Buffer.from(outcome.payload.buffer, outcome.payload.byteOffset, outcome.payload.byteLength) } : outcome);
    });
    port.on('close', () => {
      this.#closed = true;
      for (const done of this.#waiting.values()) done(ENDED);
      this.#waiting.clear();
    });
  }

  call(functionArn: string, request: { readonly payload: Buffer; readonly traceId: string }, done: (outcome: FunctionOutcome) => void): void {
    // a closed port takes messages and loses them
    if (this.#closed) return done(ENDED);
    const id = ++this.#id;
    this.#waiting.set(id, done);
    this.#port.postMessage({ id, functionArn, payload: request.payload, traceId: request.traceId } satisfies FunctionCall);
  }
}
