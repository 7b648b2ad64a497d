import type { MessagePort } from 'node:worker_threads';
import type { FunctionCaller, FunctionOutcome, FunctionParts, FunctionRequest } from '../../data-plane/targets/index.ts';
import { untold, type Mishaps } from '../../data-plane/exchange/index.ts';
import { arrived, carried, type CarriedBytes } from './carried-bytes.ts';

/** A call as it crosses from a data-plane thread to the one that runs functions. */
export interface FunctionCall {
  readonly id: number;
  readonly functionArn: string;
  readonly payload: CarriedBytes;
  readonly traceId: string;
  readonly stream: boolean;
}

/** So many bytes of a streamed response have been taken: `id` is the call's. */
export interface FunctionTaken {
  readonly id: number;
  readonly taken: number;
}

export type FunctionAnswer =
  | { readonly id: number; readonly payload: CarriedBytes }
  | { readonly id: number; readonly outcome: Exclude<FunctionOutcome, { readonly kind: 'ok' }> }
  | { readonly id: number; readonly begin: string }
  | { readonly id: number; readonly part: CarriedBytes };

const ENDED: FunctionOutcome = { kind: 'unavailable', reason: 'the thread that runs functions has ended' };
const NOT_TAKEN: FunctionOutcome = { kind: 'unavailable', reason: 'the program failed at the answer of the function' };

interface Waiting {
  readonly port: MessagePort;
  readonly done: (outcome: FunctionOutcome) => void;
  readonly stream: FunctionParts | undefined;
}

/** Calls functions through a port; through another once the thread behind it has been replaced. */
export class PortCaller implements FunctionCaller {
  #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #mishaps: Mishaps;
  #id = 0;
  #closed = false;

  constructor(port: MessagePort, mishaps: Mishaps = untold) {
    this.#port = port;
    this.#mishaps = mishaps;
    this.#listen(port);
  }

  /** The port leads to a thread that has only just been started: it keeps what is sent until that listens. */
  reconnect(port: MessagePort): void {
    this.#port = port;
    this.#closed = false;
    this.#listen(port);
  }

  call(functionArn: string, request: FunctionRequest, done: (outcome: FunctionOutcome) => void): void {
    // a closed port takes messages and loses them
    if (this.#closed) return done(ENDED);
    const id = ++this.#id;
    const { payload, traceId, stream } = request;
    this.#waiting.set(id, { port: this.#port, done, stream });
    this.#port.postMessage({ id, functionArn, payload: carried(payload), traceId, stream: stream !== undefined } satisfies FunctionCall);
  }

  #listen(port: MessagePort): void {
    port.on('message', (answer: FunctionAnswer) => {
      const { id } = answer;
      const waiting = this.#waiting.get(id);
      if ('payload' in answer) {
        this.#waiting.delete(id);
        this.#settle(waiting, { kind: 'ok', payload: arrived(answer.payload) });
      } else if ('outcome' in answer) {
        this.#waiting.delete(id);
        this.#settle(waiting, answer.outcome);
      } else this.#stream(waiting, answer, port);
    });
    port.on('close', () => {
      // it may close after its successor has come
      if (port === this.#port) this.#closed = true;
      for (const [id, waiting] of this.#waiting) {
        if (waiting.port !== port) continue;
        this.#waiting.delete(id);
        // whether the function has run is not known: it is not called again
        this.#settle(waiting, ENDED);
      }
    });
  }

  #stream(waiting: Waiting | undefined, answer: Exclude<FunctionAnswer, { readonly payload: CarriedBytes } | { readonly outcome: unknown }>, port: MessagePort): void {
    const { id } = answer;
    const taken = (): void => {
      if ('part' in answer) port.postMessage({ id, taken: answer.part.length } satisfies FunctionTaken);
    };
    // the function runs to its end, unheard
    if (waiting === undefined) return taken();
    try {
      if ('begin' in answer) waiting.stream?.begin(answer.begin);
      else waiting.stream?.part(arrived(answer.part), taken);
    } catch (error) {
      this.#mishaps.note('wait', error);
      this.#waiting.delete(id);
      this.#settle(waiting, NOT_TAKEN);
      taken();
    }
  }

  /** Who cannot take an answer is told that there is none: he knows best what it was for. What he throws at that ends the thread. */
  #settle(waiting: Waiting | undefined, outcome: FunctionOutcome): void {
    try {
      waiting?.done(outcome);
    } catch (error) {
      this.#mishaps.note('wait', error);
      waiting?.done(NOT_TAKEN);
    }
  }
}
