import { randomBytes } from 'node:crypto';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { RequestExplanation, RequestToExplain } from '../data-plane/generation/index.ts';
import { allocateShare, Ledger, workerOfConnection, type LedgerMemory } from '../data-plane/ledger/index.ts';
import type { ServiceEndpoint } from '../data-plane/targets/index.ts';
import type { PolicySecrets } from '../data-plane/policies/index.ts';
import type { Clock } from '../kernel/index.ts';
import { createSlab, MetricsReader, type ApiLogLines, type SlabShape } from '../observe/index.ts';
import { diff, emptySnapshot, isEmptyDiff, type ConnectionOutcome, type ConnectionRequest, type PartReport, type Snapshot } from '../snapshot/index.ts';
import type { DataThreads } from './data-threads.ts';
import type { FunctionThread } from './function-thread.ts';
import type { LiveReports } from './live-reports.ts';
import { NO_SLOTS, type SharedSlots } from './shared-slots.ts';
import { carriedRequest } from './threads/carried-connection.ts';
import type { DataWorkerInit, FromDataWorker, ToDataWorker } from './threads/messages.ts';
import type { MishapReport } from './threads/mishap-log.ts';
import { handshakesMs } from './port-handover.ts';

/** What every worker should serve now, with the slots that go with it. */
export interface Wanted {
  readonly snapshot: Snapshot;
  readonly slots: SharedSlots;
}

export interface DataWorkersSettings {
  readonly threads: DataThreads;
  readonly count: number;
  /** With one thread too: other processes have the same ports. */
  readonly sharePorts: boolean;
  readonly ledger: LedgerMemory;
  readonly slabShape: SlabShape;
  readonly logRoot: string;
  readonly secrets: PolicySecrets;
  readonly traces: DataWorkerInit['traces'];
  /** See `DataWorkerInit.authorities`. */
  readonly authorities: readonly string[] | null;
  /** See `DataWorkerInit.verifyTargets`. */
  readonly verifyTargets: boolean;
  readonly services?: ServiceEndpoint | null;
  readonly connectionLimit: number;
  /** Default: no. */
  readonly h2c?: boolean;
  readonly drainMs: number;
  readonly clock: Clock;
  readonly functions: FunctionThread;
  readonly reports: LiveReports;
  /** A file of a log is whole. */
  readonly onLogFinished: (path: string) => void;
  /** See `DataWorkerInit.verifies`. Default: no. */
  readonly verifies?: boolean;
  readonly onFailure: (worker: number, error: Error) => void;
  readonly onApiLog?: (batch: readonly ApiLogLines[]) => void;
}

interface Running {
  readonly index: number;
  readonly thread: Worker;
  readonly share: SharedArrayBuffer;
  /** What it was last sent. */
  sent: Snapshot;
  /** The newest that it is known to serve alike, or is being sent. */
  newest: Snapshot;
  /** An update is under way: the next is sent when it is served, as the difference to the newest then. */
  busy: boolean;
  ioUring: boolean;
  openssl: boolean;
  drained: (() => void) | null;
  /** What it has told of them. */
  descriptors: SharedArrayBuffer | null;
}

const NOTHING: Wanted = { snapshot: emptySnapshot, slots: NO_SLOTS };
/** A worker that keeps dying is started again, but not in a tight loop. */
const RESTART_MS = 200;
/** The others start when the first one serves, so that it need not share the processor with them, or when it has not begun to by then. */
const FIRST_WITHIN_MS = 1000;
/** Whoever learns the keys of session tickets can read what was said in sessions of TLS 1.2 that they sealed: none lives longer than this. */
const TICKET_KEYS_MS = 12 * 3600 * 1000;

/**
 * The data-plane threads: keeps each at the newest snapshot (one update under way at a time, so that a burst of changes becomes one), and
 * replaces those that die.
 */
export class DataWorkers {
  readonly #settings: DataWorkersSettings;
  #ticketKeys = randomBytes(48);
  readonly #rotation: { cancel(): void };
  readonly #running = new Map<number, Running>();
  readonly #explaining = new Map<number, { readonly resolve: (explanation: RequestExplanation) => void; readonly reject: (error: Error) => void; readonly worker: number }>();
  readonly #commands = new Map<number, { readonly resolve: (outcome: ConnectionOutcome) => void; readonly worker: number }>();
  readonly metrics: MetricsReader;
  /** How often something was thrown that ended no thread, by where. */
  readonly mishaps = new Map<string, number>();
  #wanted: Wanted = NOTHING;
  #explainId = 0;
  #commandId = 0;
  #stopping = false;
  #others: { cancel(): void } | null;

  constructor(settings: DataWorkersSettings) {
    this.#settings = settings;
    this.metrics = new MetricsReader(settings.slabShape);
    for (let index = 0; index < settings.count; index++) settings.reports.expect(index);
    this.#start(0);
    this.#others = settings.clock.after(FIRST_WITHIN_MS, () => this.#startOthers());
    this.#rotation = settings.clock.every(TICKET_KEYS_MS, () => this.#rotateTicketKeys());
  }

  get count(): number {
    return this.#running.size;
  }

  /** For status pages. */
  states(): readonly { readonly id: number; readonly state: 'starting' | 'serving' | 'stopped'; readonly revision: number; readonly ioUring: boolean; readonly openssl: boolean }[] {
    return Array.from({ length: this.#settings.count }, (_, id) => {
      const running = this.#running.get(id);
      if (!running) return { id, state: 'stopped', revision: -1, ioUring: false, openssl: false };
      const revision = this.#settings.reports.revisionOf(id);
      return { id, state: revision < 0 ? 'starting' : 'serving', revision, ioUring: running.ioUring, openssl: running.openssl };
    });
  }

  serve(wanted: Wanted): void {
    this.#wanted = wanted;
    for (const running of this.#running.values()) this.#update(running);
  }

  explain(request: RequestToExplain): Promise<RequestExplanation> {
    const worker = this.#running.values().next().value;
    if (!worker) return Promise.reject(new Error('no data-plane worker is running'));
    const id = ++this.#explainId;
    return new Promise((resolve, reject) => {
      this.#explaining.set(id, { resolve, reject, worker: worker.index });
      post(worker.thread, { kind: 'explain', id, request });
    });
  }

  /** Asks the worker whose connection it is: its number is in the id. One that has died took its connections with it. */
  command(request: ConnectionRequest): Promise<ConnectionOutcome> {
    const worker = workerOfConnection(request.connectionId);
    if (worker === null) return Promise.resolve({ kind: 'malformed' });
    const running = this.#running.get(worker);
    if (!running) return Promise.resolve({ kind: 'gone' });
    const id = ++this.#commandId;
    return new Promise((resolve) => {
      this.#commands.set(id, { resolve, worker });
      post(running.thread, { kind: 'connection', id, request: carriedRequest(request) });
    });
  }

  /** Stops accepting, lets what is under way end, then ends the threads. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true;
    this.#rotation.cancel();
    this.#others?.cancel();
    const { sharePorts, count } = this.#settings;
    const drain = { kind: 'drain', withinMs, handshakesMs: Math.min(withinMs, handshakesMs(sharePorts || count > 1)) } as const;
    await Promise.all(
      [...this.#running.values()].map(async (running) => {
        await new Promise<void>((resolve) => {
          running.drained = resolve;
          running.thread.once('exit', () => resolve());
          post(running.thread, drain);
        });
        await running.thread.terminate();
      }),
    );
  }

  #startOthers(): void {
    if (this.#others === null) return;
    this.#others.cancel();
    this.#others = null;
    if (this.#stopping) return;
    for (let index = 1; index < this.#settings.count; index++) this.#start(index);
  }

  #rotateTicketKeys(): void {
    this.#ticketKeys = randomBytes(48);
    for (const { thread } of this.#running.values()) post(thread, { kind: 'ticket-keys', ticketKeys: this.#ticketKeys });
  }

  #start(index: number): void {
    const { threads, functions, reports, ledger, slabShape, logRoot, secrets, traces, authorities, verifyTargets, services = null, verifies = false, connectionLimit, drainMs, count, sharePorts, h2c = false } = this.#settings;
    const share = allocateShare(ledger);
    const caller = functions.connect((port) => post(thread, { kind: 'functions', port }, [port]));
    const slab = createSlab(slabShape);
    this.metrics.attach(index, slab);
    const init: DataWorkerInit = { index, workers: count, reusePort: sharePorts || count > 1, ledger, share, slab, slabShape, ticketKeys: this.#ticketKeys, secrets, traces, authorities, verifyTargets, services, verifies, logRoot, connectionLimit, drainMs, h2c, functions: caller.port };
    const thread = threads.take(index);
    post(thread, { kind: 'begin', init }, [caller.port]);
    const running: Running = { index, thread, share, sent: emptySnapshot, newest: emptySnapshot, busy: false, ioUring: false, openssl: false, drained: null, descriptors: null };
    for (const other of this.#running.values()) introduce(running, other);
    this.#running.set(index, running);
    reports.expect(index);
    thread.on('message', (message: FromDataWorker) => this.#hear(running, message));
    thread.on('error', (error) => this.#settings.onFailure(index, error as Error));
    thread.on('exit', () => {
      caller.leave();
      this.#exited(running);
    });
    this.#update(running);
  }

  #hear(running: Running, message: FromDataWorker): void {
    switch (message.kind) {
      case 'descriptors':
        running.descriptors = message.memory;
        break;
      case 'served': {
        running.busy = false;
        running.ioUring = message.ioUring;
        running.openssl = message.openssl;
        const parts = new Map<string, PartReport>();
        for (const id of new Set([...message.serving.keys(), ...message.failures.keys()])) {
          parts.set(id, { id, serving: message.serving.get(id) ?? [], failures: message.failures.get(id) ?? [] });
        }
        this.#settings.reports.setParts(running.index, parts);
        this.#settings.reports.setServed(running.index, message.revision);
        this.#startOthers();
        this.#update(running);
        break;
      }
      case 'explained':
        this.#explaining.get(message.id)?.resolve(message.explanation);
        this.#explaining.delete(message.id);
        break;
      case 'unexplained':
        this.#explaining.get(message.id)?.reject(new Error(message.why));
        this.#explaining.delete(message.id);
        break;
      case 'log-finished':
        this.#settings.onLogFinished(message.path);
        break;
      case 'api-log':
        this.#settings.onApiLog?.(message.batch);
        break;
      case 'connection':
        this.#commands.get(message.id)?.resolve(message.outcome);
        this.#commands.delete(message.id);
        break;
      case 'mishaps':
        this.#mishaps(running.index, message.report);
        break;
      case 'drained':
        running.drained?.();
        break;
    }
  }

  #mishaps(index: number, { counts, stacks }: MishapReport): void {
    for (const [place, count] of counts) this.mishaps.set(place, (this.mishaps.get(place) ?? 0) + count);
    for (const { place, stack } of stacks) this.#settings.onFailure(index, Object.assign(new Error(`something was thrown (${place}), and has cost what it was for; from here on it is only counted (turnpike_mishaps_total)`), { stack }));
  }

  #update(running: Running): void {
    const { snapshot, slots } = this.#wanted;
    if (running.busy || snapshot.revision < 0 || snapshot === running.newest) return;
    const difference = diff(running.sent, snapshot);
    const first = running.sent === emptySnapshot;
    running.newest = snapshot;
    if (!first && isEmptyDiff(difference)) {
      // nothing that it serves has changed: it need not know
      this.#settings.reports.setServed(running.index, snapshot.revision);
      return;
    }
    running.sent = snapshot;
    running.busy = true;
    const listeners = difference.listeners.put.map(({ ownerLabel }) => ownerLabel);
    const pools = difference.pools.put.map(({ label }) => label);
    post(running.thread, {
      kind: 'update',
      update: {
        difference, slots: difference.pools.put.length === 0 ? NO_SLOTS.endpoints : slots.endpoints,
        bucketSlots: difference.stages.put.length === 0 && difference.plans.put.length === 0 ? NO_SLOTS.buckets : slots.buckets,
        useSlots: difference.plans.put.length === 0 ? NO_SLOTS.uses : slots.uses,
      },
      apiSlots: difference.stages.put.length === 0 ? NO_SLOTS.apis : slots.apis,
      balancerSlots: first ? slots.balancers : pick(slots.balancers, listeners),
      poolSlots: first ? slots.pools : pick(slots.pools, pools),
    });
  }

  #exited(running: Running): void {
    const { clock, onFailure } = this.#settings;
    this.#running.delete(running.index);
    this.metrics.retire(running.index);
    // what it had under way is over, whether or not it could say so
    new Ledger(this.#settings.ledger).reclaim(running.share);
    if (running.descriptors !== null) closeLeft(running.descriptors);
    for (const [id, waiting] of this.#explaining) {
      if (waiting.worker !== running.index) continue;
      this.#explaining.delete(id);
      waiting.reject(new Error('the data-plane worker ended before it answered'));
    }
    for (const [id, waiting] of this.#commands) {
      if (waiting.worker !== running.index) continue;
      this.#commands.delete(id);
      waiting.resolve({ kind: 'gone' });
    }
    if (this.#stopping) return;
    onFailure(running.index, new Error('the worker ended and is started again'));
    clock.after(RESTART_MS, () => {
      if (!this.#stopping) this.#start(running.index);
    });
  }
}

/** A thread that ends by force leaves its listening sockets open, and its clients wait. */
function closeLeft(memory: SharedArrayBuffer): void {
  if (!new Int32Array(memory).some((word) => word !== 0)) return;
  // the main thread has no other use for it
  void import('../data-plane/sockets/index.ts').then(({ DescriptorList }) => new DescriptorList(memory).closeLeft());
}

function post(thread: Worker, message: ToDataWorker, transfer: readonly MessagePort[] = []): void {
  thread.postMessage(message, transfer);
}

/** Gives two workers a way to each other. */
function introduce(one: Running, other: Running): void {
  const { port1, port2 } = new MessageChannel();
  post(one.thread, { kind: 'peer', worker: other.index, port: port1 }, [port1]);
  post(other.thread, { kind: 'peer', worker: one.index, port: port2 }, [port2]);
}

function pick(slots: ReadonlyMap<string, number>, labels: readonly string[]): ReadonlyMap<string, number> {
  const picked = new Map<string, number>();
  for (const label of labels) {
    const slot = slots.get(label);
    if (slot !== undefined) picked.set(label, slot);
  }
  return picked;
}
