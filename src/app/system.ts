import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FrontDoor, noCredentials, openModels, type CallRecord, type Service } from '../aws/index.ts';
import { acmService, awsLimits, ec2Service, elbv2Service, iamService, lambdaService, type Environment } from '../control-plane/services/index.ts';
import { DiskBlobs, sqliteStore, type Store } from '../control-plane/store/index.ts';
import { allocateLedger, Ledger } from '../data-plane/ledger/index.ts';
import { HealthMonitor, socketProbe } from '../data-plane/upstreams/index.ts';
import { systemClock, systemRandom, type Clock, type Random } from '../kernel/index.ts';
import type { SlabShape } from '../observe/index.ts';
import { LastKnownGood } from '../snapshot/index.ts';
import { Configuration } from './configuration.ts';
import { ControlEndpoint, type Handler } from './control-endpoint.ts';
import { DataWorkers } from './data-workers.ts';
import { functionInvoker, functionProbe } from './function-calls.ts';
import { FunctionThread } from './function-thread.ts';
import { LiveReports } from './live-reports.ts';
import { lowPortOffset } from './low-ports.ts';
import type { Settings } from './settings.ts';

export interface SystemHooks {
  readonly onCall: (record: CallRecord) => void;
  readonly onError: (error: Error) => void;
}

const SLAB: SlabShape = { balancers: 1024, pools: 4096 };
const BODY_LIMIT = 80 * 1024 * 1024;
/** How long an answer to a change waits for the data plane to serve it. */
const SERVED_WITHIN_MS = 100;

/** The whole program in one process: control plane on this thread, functions on another, the data plane on as many as there are workers. */
export class System {
  readonly settings: Settings;
  readonly clock: Clock = systemClock;
  readonly random: Random = systemRandom;
  readonly store: Store;
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly reports: LiveReports;
  readonly workers: DataWorkers;
  readonly configuration: Configuration;
  readonly frontDoor: FrontDoor;
  readonly #functions: FunctionThread;
  readonly #health: HealthMonitor;
  readonly #endpoint: ControlEndpoint;
  /** `http://127.0.0.1:4566`. */
  endpointUrl = '';

  private constructor(settings: Settings, hooks: SystemHooks, start: { readonly portOffset: number }) {
    this.settings = settings;
    const { clock, random } = this;
    const folder = settings.dataFolder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.store = sqliteStore({ path: join(folder, 'store.sqlite'), clock });
    const blobs = new DiskBlobs(join(folder, 'blobs'), random);
    this.reports = new LiveReports(clock);
    this.#functions = new FunctionThread(
      { folder: join(folder, 'functions'), blobFolder: join(folder, 'blobs'), endpointUrl: null },
      { log: () => {}, failure: hooks.onError },
    );
    const memory = allocateLedger();
    const ledger = new Ledger(memory);
    this.workers = new DataWorkers({
      count: settings.workers, ledger: memory, slabShape: SLAB, logRoot: join(folder, 'logs'), connectionLimit: settings.connectionLimit, drainMs: settings.drainMs,
      clock, functions: this.#functions, reports: this.reports, onFailure: (worker, error) => hooks.onError(new Error(`data-plane worker ${worker}: ${error.message}`, { cause: error })),
    });
    this.#health = new HealthMonitor({
      clock, random, ledger, probe: socketProbe(), probeFunction: functionProbe(this.#functions, random), onChange: (report) => this.reports.setHealth(report),
    });
    this.environment = {
      store: this.store, blobs, clock, random, reports: this.reports, functions: functionInvoker(this.#functions), limits: awsLimits, dnsSuffix: settings.dnsSuffix,
    };
    this.services = [elbv2Service(this.environment), ec2Service(this.environment), iamService(this.environment), acmService(this.environment), lambdaService(this.environment)];
    this.configuration = new Configuration({
      store: this.store, clock, ledger, slabShape: SLAB, workers: this.workers, functions: this.#functions, health: this.#health, onError: hooks.onError,
      installation: { addresses: settings.addresses, internalAddresses: settings.internalAddresses, addressPool: settings.addressPool, portOffset: start.portOffset },
      lastKnownGood: new LastKnownGood({ file: join(folder, 'last-known-good.json'), clock, restMs: 1000, failed: hooks.onError }),
    });
    this.frontDoor = new FrontDoor({
      services: this.services, models: openModels(), clock, random, credentials: noCredentials, verify: settings.verify ? 'always' : 'never', onCall: hooks.onCall,
    });
    this.#endpoint = new ControlEndpoint({ host: settings.host, port: settings.port, bodyLimit: BODY_LIMIT, onError: hooks.onError, handlers: [this.#answerAws()] });
  }

  static async start(settings: Settings, hooks: SystemHooks): Promise<System> {
    const portOffset = settings.portOffset ?? (await lowPortOffset(settings.addresses[0] ?? '127.0.0.1'));
    const system = new System(settings, hooks, { portOffset });
    system.configuration.refresh();
    const { address, port, family } = await system.#endpoint.listen();
    system.endpointUrl = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    return system;
  }

  /** Lets what is under way end, then stops everything. */
  async stop(withinMs = this.settings.drainMs): Promise<void> {
    await this.#endpoint.close();
    await this.configuration.close();
    await this.workers.stop(withinMs);
    this.#health.stop();
    await this.#functions.close();
    this.store.close();
  }

  /** AWS's APIs. A change is answered once the data plane serves it, or a moment later: whoever reads its own write finds it served. */
  #answerAws(): Handler {
    return async (request) => {
      const before = this.store.world.revision;
      const response = await this.frontDoor.handle(request);
      const { revision } = this.store.world;
      if (revision !== before) await this.reports.served(revision, SERVED_WITHIN_MS);
      return response;
    };
  }
}
