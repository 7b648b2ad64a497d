import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { DataPlane } from '../../../src/data-plane/generation/index.ts';
import type { Exchange, Observer } from '../../../src/data-plane/exchange/index.ts';
import { allocateLedger, Ledger } from '../../../src/data-plane/ledger/index.ts';
import { Http1Worker } from '../../../src/data-plane/listeners/index.ts';
import { PolicyWorker } from '../../../src/data-plane/policies/index.ts';
import { OutgoingClient, UpstreamWorker } from '../../../src/data-plane/upstreams/index.ts';
import { seededRandom, systemClock, Wheel, type Clock } from '../../../src/kernel/index.ts';
import { PLAIN_FIELD_NAMES, PLAIN_BALANCE, diff, emptySnapshot, type Action, type Endpoint, type HttpSettings, type Listener, type Snapshot } from '../../../src/snapshot/index.ts';
import { freePort } from '../../support/free-port.ts';
import { testSecrets } from '../../support/policy-secrets.ts';

/** What a test says of its one listener and one pool. */
export interface Scene {
  /** Ports of backends on 127.0.0.1, in order. */
  readonly targets: readonly number[];
  /** Default: http. */
  readonly targetProtocol?: 'http' | 'https';
  readonly http?: Partial<HttpSettings>;
  /** What serves instead of the pool. */
  readonly action?: Action;
  readonly advertisedPort?: number;
  readonly hosts?: readonly string[];
}

export interface StageOptions {
  readonly clock?: Clock;
  readonly drainMs?: number;
  readonly priorKnowledge?: boolean;
}

/** What an exchange was when it ended. */
export interface Ended {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly targetStatus: number;
  readonly fault: string | null;
  readonly flaw: string;
  readonly classification: string;
  readonly classificationReason: string;
  readonly endpoint: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const POOL = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/t/1';
const LISTENER = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/l/1/1';

/** A data plane linked in this process from a snapshot written by hand: one listener, one pool, no control plane. */
export class Stage {
  readonly port: number;
  readonly dataPlane: DataPlane;
  readonly ended: Ended[] = [];
  readonly wheel: Wheel;
  opened = 0;
  #snapshot: Snapshot = emptySnapshot;
  #drained = false;

  private constructor(port: number, options: StageOptions) {
    this.port = port;
    const clock = options.clock ?? systemClock;
    this.wheel = new Wheel(clock, 20);
    const observer: Observer = {
      exchangeEnded: (exchange: Exchange) => {
        const { method, target, status, targetStatus, fault, flaw, classification, classificationReason, endpoint, bytesIn, bytesOut } = exchange;
        this.ended.push({ method, target, status, targetStatus, fault: fault?.code ?? null, flaw, classification, classificationReason, endpoint, bytesIn, bytesOut });
      },
      connectionOpened: () => {
        this.opened++;
      },
      connectionClosed: () => {},
      connectionRefused: () => {},
      handshakeFailed: () => {},
    };
    this.dataPlane = new DataPlane({
      apiObserver: () => ({ callEnded: () => {} }), resolve: (_host, done) => done([]),
      http1: new Http1Worker(clock, this.wheel, { priorKnowledge: options.priorKnowledge ?? false }),
      upstreams: new UpstreamWorker(clock, this.wheel),
      policies: new PolicyWorker({ clock, random: seededRandom(7), outgoing: new OutgoingClient({ clock, authorities: null, connections: 8 }), secrets: testSecrets }),
      random: seededRandom(7),
      ledger: new Ledger(allocateLedger({ endpoints: 64, counters: 64 })),
      caller: { call: () => { throw new Error('no functions here'); } },
      observer: () => observer,
      retired: () => {},
      ticketKeys: Buffer.alloc(48),
      reusePort: false,
      connectionLimit: 10_000,
      drainMs: options.drainMs ?? 1000,
    });
  }

  static async open(scene: Scene, options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(await freePort(), options);
    await stage.show(scene);
    return stage;
  }

  /** Swaps the configuration. */
  async show(scene: Scene): Promise<void> {
    const next = snapshotOf(scene, this.port, this.#snapshot.revision + 1);
    const difference = diff(this.#snapshot, next);
    this.#snapshot = next;
    const report = await this.dataPlane.apply({ difference, slots: new Map(), bucketSlots: new Map(), useSlots: new Map() });
    if (report.failures.size > 0) throw new Error(JSON.stringify([...report.failures]));
  }

  drain(withinMs: number): Promise<void> {
    this.#drained = true;
    return this.dataPlane.drain(withinMs);
  }

  async close(): Promise<void> {
    if (!this.#drained) await this.drain(0);
    this.wheel.stop();
  }
}

export const SETTINGS: HttpSettings = {
  idleTimeoutMs: 5_000, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: false, forwardedFor: 'append', forwardedForPort: false,
  desync: 'defensive', tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
};

function snapshotOf(scene: Scene, port: number, revision: number): Snapshot {
  const endpoints: Endpoint[] = scene.targets.map((target) => ({ target: '127.0.0.1', address: '127.0.0.1', port: target, zone: 'a', unusable: null, drainingUntil: null }));
  const action: Action = scene.action ?? { kind: 'forward', pools: [{ pool: POOL, weight: 1 }] };
  const listener: Listener = {
    id: LISTENER, owner: 'arn:lb', ownerLabel: 'app/l/1', protocol: 'http', tls: null,
    bindings: [{ address: '127.0.0.1', port, advertisedPort: scene.advertisedPort ?? 80, hosts: scene.hosts ?? ['*'] }],
    http: { ...SETTINGS, ...scene.http },
    routes: [], fallback: { id: LISTENER, priority: 0, conditions: [], policies: [], action }, accessLog: null,
  };
  return {
    format: 1, revision, certificates: {}, functions: {}, stages: {}, plans: {}, identities: {},
    listeners: { [LISTENER]: listener },
    pools: {
      [POOL]: {
        id: POOL, label: 'targetgroup/t/1', kind: 'http', protocol: scene.targetProtocol ?? 'http', version: 'http1', balance: PLAIN_BALANCE, drainMs: 1000, endpoints,
        health: { protocol: 'http', version: 'http1', port: null, path: '/', matcher: [{ from: 200, to: 200 }], intervalMs: 1000, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 2 },
      },
    },
  };
}

export function listening(server: Server, backlog?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, ...(backlog === undefined ? {} : { backlog }) }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** A target that does with its octets what the test says. */
export class RawBackend {
  readonly port: number;
  readonly connections: Socket[] = [];
  /** Everything that was received, a string a connection. */
  readonly received: string[] = [];
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** `serve` is called with each new connection, `answer` with all that a connection has received each time that something comes. */
  static async open(script: { readonly serve?: (socket: Socket) => void; readonly answer?: (text: string, socket: Socket, chunk: Buffer) => void }): Promise<RawBackend> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const backend = new RawBackend(server, await listening(server));
    server.on('connection', (socket) => {
      const at = backend.connections.push(socket) - 1;
      backend.received.push('');
      socket.on('error', () => {});
      socket.on('end', () => socket.end());
      script.serve?.(socket);
      if (script.answer) {
        socket.on('data', (chunk: Buffer) => {
          backend.received[at] += chunk.toString('latin1');
          script.answer!(backend.received[at]!, socket, chunk);
        });
      }
    });
    return backend;
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Answers each request without a body (they end with an empty line) by what `response` makes of its head. */
export function perRequest(response: (head: string, socket: Socket) => string | null): (text: string, socket: Socket) => void {
  const answered = new WeakMap<Socket, number>();
  return (text, socket) => {
    for (;;) {
      const from = answered.get(socket) ?? 0;
      const end = text.indexOf('\r\n\r\n', from);
      if (end === -1) return;
      answered.set(socket, end + 4);
      const made = response(text.slice(from, end + 4), socket);
      if (made !== null) socket.write(made, 'latin1');
    }
  };
}
