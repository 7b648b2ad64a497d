import type { MessagePort } from 'node:worker_threads';
import { workerOfConnection } from '../../data-plane/ledger/index.ts';
import type { ConnectionHub, ConnectionReach } from '../../data-plane/targets/index.ts';
import type { ConnectionOutcome, ConnectionRequest } from '../../snapshot/index.ts';
import { arrivedRequest, carriedRequest, type CarriedConnectionRequest } from './carried-connection.ts';

/** What one worker tells another at the end of a turn of its loop: all that came up in it, since a message between threads costs more than what is in it. */
interface Bundle {
  readonly asks: (readonly [id: number, request: CarriedConnectionRequest])[];
  readonly answers: (readonly [id: number, outcome: ConnectionOutcome])[];
}

/** Requests that wait for other workers; more and the caller is told to come back. */
const MOST = 4096;
const GONE: ConnectionOutcome = { kind: 'gone' };

/** `@connections` between workers: a command goes straight to the worker whose connection it is, its own included. */
export class Peers implements ConnectionReach {
  readonly #self: number;
  readonly #hub: ConnectionHub;
  readonly #peers = new Map<number, Peer>();
  readonly #waiting = new Map<number, { readonly peer: Peer; readonly done: (outcome: ConnectionOutcome) => void }>();
  #id = 0;

  constructor(self: number, hub: ConnectionHub) {
    this.#self = self;
    this.#hub = hub;
  }

  /** The way to another worker, or to the one that has come in its place. */
  connect(worker: number, port: MessagePort): void {
    const peer = new Peer(port);
    this.#peers.set(worker, peer);
    port.on('message', ({ asks, answers }: Bundle) => {
      for (const [id, request] of asks) peer.answer(id, this.#hub.command(arrivedRequest(request)));
      for (const [id, outcome] of answers) this.#settle(id, outcome);
    });
    port.on('close', () => {
      if (this.#peers.get(worker) === peer) this.#peers.delete(worker);
      // its connections ended with it
      for (const [id, waiting] of this.#waiting) if (waiting.peer === peer) this.#settle(id, GONE);
    });
  }

  command(request: ConnectionRequest, done: (outcome: ConnectionOutcome) => void): void {
    const worker = workerOfConnection(request.connectionId);
    if (worker === null) return done({ kind: 'malformed' });
    if (worker === this.#self) return done(this.#hub.command(request));
    const peer = this.#peers.get(worker);
    if (peer === undefined) return done(GONE);
    if (this.#waiting.size >= MOST) return done({ kind: 'full' });
    const id = ++this.#id;
    this.#waiting.set(id, { peer, done });
    peer.ask(id, carriedRequest(request));
  }

  #settle(id: number, outcome: ConnectionOutcome): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.done(outcome);
  }
}

class Peer {
  readonly #port: MessagePort;
  #bundle: Bundle | null = null;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  ask(id: number, request: CarriedConnectionRequest): void {
    this.#next().asks.push([id, request]);
  }

  answer(id: number, outcome: ConnectionOutcome): void {
    this.#next().answers.push([id, outcome]);
  }

  #next(): Bundle {
    if (this.#bundle !== null) return this.#bundle;
    setImmediate(() => {
      this.#port.postMessage(this.#bundle);
      this.#bundle = null;
    });
    return (this.#bundle = { asks: [], answers: [] });
  }
}
