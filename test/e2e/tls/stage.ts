import type { Exchange, FailedHandshake, Observer } from '../../../src/data-plane/exchange/index.ts';
import { DataPlane } from '../../../src/data-plane/generation/index.ts';
import { allocateLedger, Ledger } from '../../../src/data-plane/ledger/index.ts';
import { Http1Worker } from '../../../src/data-plane/listeners/index.ts';
import { PolicyWorker } from '../../../src/data-plane/policies/index.ts';
import { OutgoingClient, UpstreamWorker, type TargetTrust } from '../../../src/data-plane/upstreams/index.ts';
import { seededRandom, systemClock, Wheel, type Clock } from '../../../src/kernel/index.ts';
import { PLAIN_BALANCE, diff, emptySnapshot, type Action, type Certificate, type HttpSettings, type Listener, type Snapshot, type Tls } from '../../../src/snapshot/index.ts';
import { SETTINGS } from '../http1/stage.ts';
import { testSecrets } from '../../support/policy-secrets.ts';

/** One HTTPS listener of a scene. */
export interface TlsSite {
  readonly certificates: readonly Certificate[];
  readonly tls?: Partial<Omit<Tls, 'certificates'>>;
  /** Default: everything that nobody else claims. */
  readonly hosts?: readonly string[];
  /** Default: a fixed answer with the name of the site. */
  readonly action?: Action;
  readonly http?: Partial<HttpSettings>;
}

export interface TlsScene {
  readonly sites: Readonly<Record<string, TlsSite>>;
  /** Ports of targets of the pool `POOL`. */
  readonly targets?: readonly number[];
  readonly targetProtocol?: 'http' | 'https';
  readonly targetVersion?: 'http1' | 'http2' | 'grpc';
}

export const POOL = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/t/1';
export const FORWARD: Action = { kind: 'forward', pools: [{ pool: POOL, weight: 1 }] };

/** ELBSecurityPolicy-TLS13-1-2-2021-06, but for the CBC suites. */
export const MODERN: Omit<Tls, 'certificates'> = {
  policy: 'modern', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', alpn: ['http/1.1'], groups: 'X25519:P-256:P-384:P-521', clients: null,
  ciphers: [
    'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384',
  ],
};

export interface StageOptions {
  readonly clock?: Clock;
  readonly ticketKeys?: Buffer;
  readonly port?: number;
  readonly reusePort?: boolean;
  readonly trust?: TargetTrust;
}

export interface Refused {
  readonly fault: string | null;
  readonly why: string;
}

/** A data plane linked in this process: HTTPS listeners that share one address. */
export class TlsStage {
  readonly port: number;
  readonly refused: Refused[] = [];
  readonly failed: FailedHandshake[] = [];
  readonly ended: { readonly site: string; readonly status: number; readonly certificate: string | null; readonly fault: string | null }[] = [];
  opened = 0;
  closed = 0;
  readonly #dataPlane: DataPlane;
  readonly #wheel: Wheel;
  #snapshot: Snapshot = emptySnapshot;

  private constructor(port: number, options: StageOptions) {
    this.port = port;
    const clock = options.clock ?? systemClock;
    this.#wheel = new Wheel(clock, 20);
    const observer = (listener: Listener): Observer => ({
      exchangeEnded: ({ status, downstream, fault }: Exchange) => {
        this.ended.push({ site: listener.id, status, certificate: downstream.tls?.certificate ?? null, fault: fault?.code ?? null });
      },
      connectionOpened: () => void this.opened++,
      connectionClosed: () => void this.closed++,
      connectionRefused: (_address, fault, why) => void this.refused.push({ fault: fault?.code ?? null, why }),
      handshakeFailed: (failure) => {
        this.refused.push({ fault: null, why: failure.why });
        this.failed.push(failure);
      },
    });
    this.#dataPlane = new DataPlane({
      apiObserver: () => ({ callEnded: () => {} }), resolve: (_host, done) => done([]),
      http1: new Http1Worker(clock, this.#wheel), upstreams: new UpstreamWorker(clock, this.#wheel, options.trust), random: seededRandom(7),
      policies: new PolicyWorker({ clock, random: seededRandom(7), outgoing: new OutgoingClient({ clock, authorities: null, connections: 8 }), secrets: testSecrets }),
      ledger: new Ledger(allocateLedger({ endpoints: 64, counters: 64 })), caller: { call: () => { throw new Error('no functions here'); } },
      observer, retired: () => {}, ticketKeys: options.ticketKeys ?? Buffer.alloc(48, 1), reusePort: options.reusePort ?? false, connectionLimit: 10_000, drainMs: 1000,
    });
  }

  static async open(scene: TlsScene, options: StageOptions & { readonly port: number }): Promise<TlsStage> {
    const stage = new TlsStage(options.port, options);
    await stage.show(scene);
    return stage;
  }

  rotateTicketKeys(ticketKeys: Buffer): void {
    this.#dataPlane.rotateTicketKeys(ticketKeys);
  }

  get connections(): number {
    return this.#dataPlane.connections;
  }

  /** Swaps the configuration; resolves when it serves. */
  async show(scene: TlsScene): Promise<void> {
    const next = snapshotOf(scene, this.port, this.#snapshot);
    const difference = diff(this.#snapshot, next);
    this.#snapshot = next;
    const report = await this.#dataPlane.apply({ difference, slots: new Map(), bucketSlots: new Map(), useSlots: new Map() });
    if (report.failures.size > 0) throw new Error(JSON.stringify([...report.failures]));
  }

  drain(withinMs: number): Promise<void> {
    return this.#dataPlane.drain(withinMs);
  }

  async close(): Promise<void> {
    await this.drain(0);
    this.#wheel.stop();
  }
}

function snapshotOf(scene: TlsScene, port: number, before: Snapshot): Snapshot {
  const listeners: Record<string, Listener> = {};
  const certificates: Record<string, Certificate> = {};
  for (const [name, site] of Object.entries(scene.sites)) {
    for (const certificate of site.certificates) certificates[certificate.id] = certificate;
    const action: Action = site.action ?? { kind: 'fixed-response', status: 200, contentType: null, body: name };
    listeners[name] = {
      id: name, owner: `arn:lb:${name}`, ownerLabel: `app/${name}/1`, protocol: 'https', tls: { ...MODERN, ...site.tls, certificates: site.certificates.map(({ id }) => id) },
      bindings: [{ address: '127.0.0.1', port, advertisedPort: 443, hosts: site.hosts ?? ['*'] }], http: { ...SETTINGS, ...site.http },
      routes: [], fallback: { id: name, priority: 0, conditions: [], policies: [], action }, accessLog: null,
    };
  }
  return {
    format: 1, revision: before.revision + 1, certificates, functions: {}, stages: {}, plans: {}, identities: {}, listeners,
    pools: {
      [POOL]: {
        id: POOL, label: 'targetgroup/t/1', kind: 'http', protocol: scene.targetProtocol ?? 'http', version: scene.targetVersion ?? 'http1', balance: PLAIN_BALANCE, drainMs: 1000,
        endpoints: (scene.targets ?? []).map((target) => ({ target: '127.0.0.1', address: '127.0.0.1', port: target, zone: 'a', unusable: null, drainingUntil: null })),
        health: { protocol: 'http', version: 'http1', port: null, path: '/', matcher: [{ from: 200, to: 200 }], intervalMs: 1000, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 2 },
      },
    },
  };
}
