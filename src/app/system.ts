import { join } from 'node:path';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, FrontDoor, openModels, type CallRecord, type Models, type Service } from '../aws/index.ts';
import { AdminApi } from '../control-plane/admin/index.ts';
import {
  CODE_PATH, diskJournal, DiskLogEvents, LogLineQueue, MetricData, storedCredentials, TRUST_STORE_PATH, trustStoreContent, type Environment, type LogEvents,
} from '../control-plane/services/index.ts';
import { Stacks } from '../control-plane/templates/index.ts';
import { DiskBlobs, FolderObjects, type BlobStore, type Store } from '../control-plane/store/index.ts';
import { AnomalyDetector, HealthMonitor, OutgoingClient, socketProbe } from '../data-plane/upstreams/index.ts';
import { installedRuntimes, type LogBatch } from '../lambda-runtime/index.ts';
import type { ApiLogLines } from '../observe/index.ts';
import { adminHandler, adminSources } from './admin.ts';
import { ApiCertificates } from './api-certificates.ts';
import { ApiMetricsCollector } from './api-metrics.ts';
import { BalancerMetricsCollector } from './balancer-metrics.ts';
import type { Configuration } from './configuration.ts';
import { ControlEndpoint, type Handler } from './control-endpoint.ts';
import type { DataWorkers } from './data-workers.ts';
import type { Foundation } from './foundation.ts';
import { functionInvoker, functionProbe } from './function-calls.ts';
import { HealthLog } from './health-log.ts';
import type { LiveReports } from './live-reports.ts';
import { LogDelivery } from './log-delivery.ts';
import { publicKeys } from './policy-secrets.ts';
import { servicesOf } from './services.ts';
import type { Settings } from './settings.ts';

export interface SystemHooks {
  readonly onCall: (record: CallRecord) => void;
  readonly onError: (error: Error) => void;
  /** Lines that a function printed, for the terminal; null: not wanted. */
  readonly onFunctionLog: ((batch: LogBatch) => void) | null;
}

const BODY_LIMIT = 80 * 1024 * 1024;
/** Whom templates that are applied without a caller's credentials belong to. */
const STACK_OWNER = { account: DEFAULT_ACCOUNT, region: DEFAULT_REGION };
/** How long an answer to a change waits for the data plane to serve it. */
const SERVED_WITHIN_MS = 100;

/** The whole program in one process, on its foundation: control plane on this thread, functions on another, the data plane on as many as there are workers. */
export class System {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly frontDoor: FrontDoor;
  readonly models: Models = openModels();
  readonly stacks: Stacks;
  readonly logEvents: LogEvents;
  readonly #foundation: Foundation;
  readonly #hooks: SystemHooks;
  readonly #health: HealthMonitor;
  readonly #anomalies: AnomalyDetector;
  readonly #endpoint: ControlEndpoint;
  readonly #logLines: LogLineQueue;
  readonly #balancerMetrics: BalancerMetricsCollector;
  readonly #apiMetrics: ApiMetricsCollector;
  readonly #outgoing: OutgoingClient;
  readonly #logDelivery: LogDelivery;
  readonly #healthLog: HealthLog;
  readonly metrics: MetricData;
  /** `http://127.0.0.1:4566`. */
  endpointUrl = '';

  private constructor(foundation: Foundation, hooks: SystemHooks) {
    const { settings, clock, random, store, reports, functions, workers, configuration, logRoot } = foundation;
    this.#foundation = foundation;
    this.#hooks = hooks;
    const folder = settings.dataFolder;
    const blobs = new DiskBlobs(join(folder, 'blobs'), random);
    this.logEvents = new DiskLogEvents({ folder: join(folder, 'log-events'), clock });
    this.#logLines = new LogLineQueue({
      store, events: this.logEvents, clock,
      failed: ({ group, stream }, error) => hooks.onError(new Error(`log lines of ${group} ${stream} were not kept`, { cause: error })),
    });
    this.#outgoing = new OutgoingClient({ clock, authorities: foundation.authorities, connections: 8 });
    this.#logDelivery = new LogDelivery({ root: logRoot, clock, outgoing: this.#outgoing, store: settings.logStore, failed: hooks.onError });
    void this.#logDelivery.recover();
    this.#healthLog = new HealthLog({
      root: logRoot, clock, random, snapshot: () => configuration.snapshot, finished: (path) => this.#logDelivery.deliver(path), lost: (why) => hooks.onError(new Error(why)),
    });
    this.#health = new HealthMonitor({
      clock, random, ledger: foundation.ledger, probe: socketProbe(), probeFunction: functionProbe(functions, random), onChange: (report) => reports.setHealth(report),
      onCheck: (check) => this.#healthLog.check(check),
    });
    this.#anomalies = new AnomalyDetector({ clock, ledger: foundation.ledger, onChange: (report) => reports.setAnomaly(report) });
    this.environment = {
      store, blobs, objects: new FolderObjects(join(folder, 's3')), clock, random, reports, usage: foundation.usage, functions: functionInvoker(functions), limits: settings.limits, beyondAws: settings.beyondAws, dnsSuffix: settings.dnsSuffix,
      runtimes: installedRuntimes(settings.interpreterPath), functionFolders: settings.functionFolders, eventJournal: diskJournal(join(folder, 'events')),
      httpsPort: 443 + foundation.portOffset,
    };
    this.metrics = new MetricData(clock);
    this.services = servicesOf(this.environment, this.logEvents, this.metrics, workers);
    configuration.follow({
      apiCertificates: new ApiCertificates({ environment: this.environment, changed: () => configuration.refresh(), failed: hooks.onError }),
      health: this.#health, anomalies: this.#anomalies,
    });
    const read = { clock, data: this.metrics, reader: () => workers.metrics, owners: () => configuration.owners, snapshot: () => configuration.snapshot };
    this.#apiMetrics = new ApiMetricsCollector(read);
    this.#balancerMetrics = new BalancerMetricsCollector({ ...read, reports });
    this.frontDoor = new FrontDoor({
      services: this.services, models: this.models, clock, random, credentials: storedCredentials(this.environment),
      verify: this.verifies ? 'always' : 'never', onCall: hooks.onCall,
    });
    this.stacks = new Stacks({
      store, blobs, clock, random, ...STACK_OWNER,
      call: (service, operation, input) => this.frontDoor.call(service, operation, { input: input as Readonly<Record<string, unknown>>, ...STACK_OWNER, host: new URL(this.endpointUrl).host }),
    });
    this.#endpoint = new ControlEndpoint({ host: settings.host, port: settings.port, bodyLimit: BODY_LIMIT, onError: hooks.onError, handlers: [adminHandler(new AdminApi(adminSources(this))), codeHandler(blobs), trustStoreHandler(store), publicKeys(foundation.secrets), this.#answerAws()] });
    foundation.carry({
      apiLog: (batch) => this.#writeApiLog(batch),
      functionLog: (batch) => this.#writeLog(batch),
      logFinished: (path) => this.#logDelivery.deliver(path),
    });
  }

  /** On a foundation that has just been laid. */
  static async start(foundation: Foundation, hooks: SystemHooks): Promise<System> {
    const system = new System(foundation, hooks);
    const { address, port, family } = await system.#endpoint.listen();
    system.endpointUrl = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    return system;
  }

  get settings(): Settings {
    return this.#foundation.settings;
  }

  /** AWS signatures are demanded and checked. */
  get verifies(): boolean {
    return this.#foundation.verifies;
  }

  get store(): Store {
    return this.#foundation.store;
  }

  get reports(): LiveReports {
    return this.#foundation.reports;
  }

  get workers(): DataWorkers {
    return this.#foundation.workers;
  }

  get configuration(): Configuration {
    return this.#foundation.configuration;
  }

  /** What is added to ports below 1024. */
  get portOffset(): number {
    return this.#foundation.portOffset;
  }

  /** Lets what is under way end, then stops everything. */
  async stop(withinMs = this.settings.drainMs): Promise<void> {
    await this.#endpoint.close();
    this.#balancerMetrics.stop();
    this.#apiMetrics.stop();
    await this.configuration.close();
    await this.workers.stop(withinMs);
    this.#foundation.usage.close();
    this.#health.stop();
    this.#anomalies.stop();
    await this.#foundation.functions.close();
    await this.#healthLog.close();
    await this.#logDelivery.settled();
    this.#outgoing.close();
    await this.#logLines.settled();
    this.store.close();
    this.#foundation.folder.release();
  }

  /** Empties everything: resources, log events, function code. */
  async reset(): Promise<void> {
    await this.store.reset();
    await this.logEvents.reset();
    this.metrics.reset();
    await this.environment.blobs.sweep(new Set());
    await this.reports.served(this.store.world.revision, 1000);
  }

  #writeApiLog(batch: readonly ApiLogLines[]): void {
    for (const { to, chunk } of batch) this.#logLines.addChunk(to, chunk);
  }

  #writeLog(batch: LogBatch): void {
    const [, , , region = '', account = ''] = batch.functionArn.split(':');
    this.#logLines.add({ account, region, group: batch.logGroup, stream: batch.logStream }, batch.lines);
    if (this.#hooks.onFunctionLog) this.#hooks.onFunctionLog(batch);
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

/** The address that `GetFunction` answers for a function's code: whoever knows the hash has been given it. */
function codeHandler(blobs: BlobStore): Handler {
  return async ({ method, url }) => {
    if (!url.startsWith(CODE_PATH)) return null;
    const hash = url.slice(CODE_PATH.length).split('?')[0]!;
    const bytes = method === 'GET' && /^[0-9a-f]{64}$/.test(hash) ? await blobs.get(hash) : undefined;
    if (!bytes) return { status: 404, headers: { 'content-type': 'text/plain' }, body: Buffer.from('There is no such code.\n') };
    return { status: 200, headers: { 'content-type': 'application/zip' }, body: bytes };
  };
}

/** The addresses that `GetTrustStoreCaCertificatesBundle` and `GetTrustStoreRevocationContent` answer. */
function trustStoreHandler(store: Store): Handler {
  return ({ method, url }) => {
    if (!url.startsWith(TRUST_STORE_PATH)) return Promise.resolve(null);
    const content = method === 'GET' ? trustStoreContent(store.world, url.slice(TRUST_STORE_PATH.length).split('?')[0]!) : undefined;
    if (content === undefined) return Promise.resolve({ status: 404, headers: { 'content-type': 'text/plain' }, body: Buffer.from('There is no such content.\n') });
    return Promise.resolve({ status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: Buffer.from(content, 'latin1') });
  };
}
