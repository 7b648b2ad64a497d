import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, FrontDoor, openModels, type CallRecord, type Models, type Service } from '../aws/index.ts';
import { AdminApi } from '../control-plane/admin/index.ts';
import {
  CODE_PATH, diskJournal, DiskLogEvents, LogLineQueue, MetricData, storedCredentials, TRUST_STORE_PATH, trustStoreContent, type Environment, type Limits, type LogEvents,
} from '../control-plane/services/index.ts';
import { Stacks } from '../control-plane/templates/index.ts';
import { DiskBlobs, FolderObjects, sqliteStore, type BlobStore, type Store } from '../control-plane/store/index.ts';
import { allocateLedger, Ledger } from '../data-plane/ledger/index.ts';
import type { ManagementAnswer, ManagementRequest } from '../data-plane/targets/index.ts';
import { AnomalyDetector, HealthMonitor, OutgoingClient, socketProbe } from '../data-plane/upstreams/index.ts';
import { systemClock, systemRandom, type Clock, type Random } from '../kernel/index.ts';
import { installedRuntimes, type LogBatch } from '../lambda-runtime/index.ts';
import { linesOf, type ApiLogLines, type SlabShape } from '../observe/index.ts';
import { LastKnownGood, recover } from '../snapshot/index.ts';
import { adminHandler, adminSources } from './admin.ts';
import { API_THROTTLE, WEB_SOCKET_CONNECTS, WEB_SOCKET_LIMITS, type Installation } from '../control-plane/compiler/index.ts';
import { ApiCertificates } from './api-certificates.ts';
import { ApiMetricsCollector } from './api-metrics.ts';
import { BalancerMetricsCollector } from './balancer-metrics.ts';
import { Configuration } from './configuration.ts';
import { ControlEndpoint, type Handler } from './control-endpoint.ts';
import { DataFolder } from './data-folder.ts';
import { DataWorkers } from './data-workers.ts';
import { functionInvoker, functionProbe } from './function-calls.ts';
import { FunctionThread } from './function-thread.ts';
import { HealthLog } from './health-log.ts';
import { LiveReports } from './live-reports.ts';
import { LogDelivery } from './log-delivery.ts';
import { lowPortOffset } from './low-ports.ts';
import { policySecrets, publicKeys } from './policy-secrets.ts';
import { servicesOf } from './services.ts';
import { isLoopback, SettingError, type Settings } from './settings.ts';
import { threadEntry } from './threads/entry.ts';

export interface SystemHooks {
  readonly onCall: (record: CallRecord) => void;
  readonly onError: (error: Error) => void;
  /** Lines that a function printed, for the terminal; null: not wanted. */
  readonly onFunctionLog: ((batch: LogBatch) => void) | null;
}

const SLAB: SlabShape = { balancers: 1024, pools: 4096, apis: 1024 };
const LAST_KNOWN_GOOD = 'last-known-good.json';
const BODY_LIMIT = 80 * 1024 * 1024;
/** Whom templates that are applied without a caller's credentials belong to. */
const STACK_OWNER = { account: DEFAULT_ACCOUNT, region: DEFAULT_REGION };
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
  readonly models: Models = openModels();
  readonly stacks: Stacks;
  readonly logEvents: LogEvents;
  /** AWS signatures are demanded and checked. */
  readonly verifies: boolean;
  /** What is added to ports below 1024. */
  readonly portOffset: number;
  readonly #hooks: SystemHooks;
  readonly #folder: DataFolder;
  readonly #functions: FunctionThread;
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

  private constructor(settings: Settings, hooks: SystemHooks, start: { readonly portOffset: number }) {
    this.settings = settings;
    this.#hooks = hooks;
    this.portOffset = start.portOffset;
    this.verifies = settings.verify || !isLoopback(settings.host);
    const { clock, random } = this;
    const folder = settings.dataFolder;
    this.#folder = DataFolder.claim(folder);
    this.store = sqliteStore({ path: join(folder, 'store.sqlite'), clock });
    const blobs = new DiskBlobs(join(folder, 'blobs'), random);
    this.logEvents = new DiskLogEvents({ folder: join(folder, 'log-events'), clock });
    this.#logLines = new LogLineQueue({
      store: this.store, events: this.logEvents, clock,
      failed: ({ group, stream }, error) => hooks.onError(new Error(`log lines of ${group} ${stream} were not kept`, { cause: error })),
    });
    this.reports = new LiveReports(clock);
    this.#functions = new FunctionThread({
      entry: threadEntry('function-thread'), init: { folder: functionFolder(settings), blobFolder: join(folder, 'blobs'), endpointUrl: ownEndpoint(settings), interpreterPath: settings.interpreterPath, accountConcurrency: settings.limits.value('concurrent-executions', 1000), user: settings.functionUser },
      clock, log: (batch) => this.#writeLog(batch), failure: hooks.onError,
    });
    const secrets = policySecrets(folder);
    const authorities = trusted(settings.trust);
    const logRoot = join(folder, 'logs');
    this.#outgoing = new OutgoingClient({ clock, authorities, connections: 8 });
    this.#logDelivery = new LogDelivery({ root: logRoot, clock, outgoing: this.#outgoing, store: settings.logStore, failed: hooks.onError });
    void this.#logDelivery.recover();
    this.#healthLog = new HealthLog({
      root: logRoot, clock, random, snapshot: () => this.configuration.snapshot, finished: (path) => this.#logDelivery.deliver(path), lost: (why) => hooks.onError(new Error(why)),
    });
    const memory = allocateLedger();
    const ledger = new Ledger(memory);
    this.workers = new DataWorkers({
      h2c: settings.h2c,
      entry: threadEntry('data-worker'), count: settings.workers, sharePorts: settings.sharePorts, ledger: memory, slabShape: SLAB, logRoot, secrets, traces: settings.traces, authorities, verifyTargets: settings.verifyTargets, onLogFinished: (path) => this.#logDelivery.deliver(path), services: settings.services,
      connectionLimit: settings.connectionLimit, drainMs: settings.drainMs, clock, functions: this.#functions, reports: this.reports, onApiLog: (batch) => this.#writeApiLog(batch), manage: (request) => manage(this.frontDoor, request),
      onFailure: (worker, error) => hooks.onError(new Error(`data-plane worker ${worker}: ${error.message}`, { cause: error })),
    });
    this.#health = new HealthMonitor({
      clock, random, ledger, probe: socketProbe(), probeFunction: functionProbe(this.#functions, random), onChange: (report) => this.reports.setHealth(report),
      onCheck: (check) => this.#healthLog.check(check),
    });
    this.#anomalies = new AnomalyDetector({ clock, ledger, onChange: (report) => this.reports.setAnomaly(report) });
    this.environment = {
      store: this.store, blobs, objects: new FolderObjects(join(folder, 's3')), clock, random, reports: this.reports, functions: functionInvoker(this.#functions), limits: settings.limits, dnsSuffix: settings.dnsSuffix,
      runtimes: installedRuntimes(settings.interpreterPath), functionFolders: settings.functionFolders, eventJournal: diskJournal(join(folder, 'events')),
      httpsPort: 443 + start.portOffset,
    };
    this.metrics = new MetricData(clock);
    this.services = servicesOf(this.environment, this.logEvents, this.metrics, this.workers);
    this.configuration = new Configuration({
      store: this.store, clock, ledger, slabShape: SLAB, workers: this.workers, functions: this.#functions, health: this.#health, anomalies: this.#anomalies, onError: hooks.onError,
      installation: { addresses: settings.addresses, internalAddresses: settings.internalAddresses, addressPool: settings.addressPool, portOffset: start.portOffset,
        jwtAlgorithms: settings.jwtAlgorithms, cognitoDomains: settings.cognitoDomains, cognitoSecrets: settings.cognitoSecrets,
        dnsSuffix: settings.dnsSuffix, apiThrottle: throttleOf(settings.limits), ...webSocketLimitsOf(settings.limits),
      },
      apiCertificates: new ApiCertificates({ environment: this.environment, changed: () => this.configuration.refresh(), failed: hooks.onError }),
      lastKnownGood: new LastKnownGood({ file: join(folder, LAST_KNOWN_GOOD), clock, restMs: 1000, failed: hooks.onError }),
    });
    this.#apiMetrics = new ApiMetricsCollector({ clock, data: this.metrics, reader: () => this.workers.metrics, owners: () => this.configuration.owners, snapshot: () => this.configuration.snapshot });
    this.#balancerMetrics = new BalancerMetricsCollector({
      clock, data: this.metrics, reader: () => this.workers.metrics, owners: () => this.configuration.owners, snapshot: () => this.configuration.snapshot, reports: this.reports,
    });
    this.frontDoor = new FrontDoor({
      services: this.services, models: this.models, clock, random, credentials: storedCredentials(this.environment),
      verify: this.verifies ? 'always' : 'never', onCall: hooks.onCall,
    });
    this.stacks = new Stacks({
      store: this.store, blobs, clock, random, ...STACK_OWNER,
      call: (service, operation, input) => this.frontDoor.call(service, operation, { input: input as Readonly<Record<string, unknown>>, ...STACK_OWNER, host: new URL(this.endpointUrl).host }),
    });
    this.#endpoint = new ControlEndpoint({ host: settings.host, port: settings.port, bodyLimit: BODY_LIMIT, onError: hooks.onError, handlers: [adminHandler(new AdminApi(adminSources(this))), codeHandler(blobs), trustStoreHandler(this.store), publicKeys(secrets), this.#answerAws()] });
  }

  static async start(settings: Settings, hooks: SystemHooks): Promise<System> {
    const portOffset = settings.portOffset ?? (await lowPortOffset(settings.addresses[0] ?? '127.0.0.1'));
    const system = new System(settings, hooks, { portOffset });
    system.configuration.refresh();
    if (system.configuration.snapshot.revision < 0) await system.#resume();
    const { address, port, family } = await system.#endpoint.listen();
    system.endpointUrl = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    return system;
  }

  /** What cannot be compiled at a start must not stop what was served before it: the last snapshot that was, goes on. */
  async #resume(): Promise<void> {
    const recovered = await recover(join(this.settings.dataFolder, LAST_KNOWN_GOOD));
    if (recovered.kind === 'snapshot') this.configuration.resume(recovered.snapshot);
    else if (recovered.kind === 'unreadable') this.#hooks.onError(new Error(recovered.why));
  }

  /** Lets what is under way end, then stops everything. */
  async stop(withinMs = this.settings.drainMs): Promise<void> {
    await this.#endpoint.close();
    this.#balancerMetrics.stop();
    this.#apiMetrics.stop();
    await this.configuration.close();
    await this.workers.stop(withinMs);
    this.#health.stop();
    this.#anomalies.stop();
    await this.#functions.close();
    await this.#healthLog.close();
    await this.#logDelivery.settled();
    this.#outgoing.close();
    await this.#logLines.settled();
    this.store.close();
    this.#folder.release();
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
    for (const part of batch) this.#logLines.add(part.to, linesOf(part).map(({ time, text }) => ({ timestamp: Math.floor(time), message: text })));
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

/** L-8A5B8E43 and its burst: requests a second to all APIs of an account in a region. */
function throttleOf(limits: Limits): { readonly rate: number; readonly burst: number } {
  return { rate: limits.value('api-requests-per-second', API_THROTTLE.rate), burst: limits.value('api-request-burst', API_THROTTLE.burst) };
}

/** Under the names that `limits` has for them; frames and messages are held in memory, so that even lifted they have an end. */
function webSocketLimitsOf(limits: Limits): Pick<Installation, 'webSocketLimits' | 'webSocketConnects'> {
  const { frameBytes, messageBytes, idleMs, lifeMs } = WEB_SOCKET_LIMITS;
  const rate = limits.value('websocket-connections-per-second', WEB_SOCKET_CONNECTS.rate);
  return {
    webSocketLimits: {
      frameBytes: Math.min(limits.value('websocket-frame-bytes', frameBytes), WEB_SOCKET_MOST),
      messageBytes: Math.min(limits.value('websocket-message-bytes', messageBytes), WEB_SOCKET_MOST),
      idleMs: 1000 * Math.min(limits.value('websocket-idle-seconds', idleMs / 1000), YEAR_SECONDS),
      lifeMs: 1000 * Math.min(limits.value('websocket-life-seconds', lifeMs / 1000), YEAR_SECONDS),
    },
    webSocketConnects: { rate, burst: rate === WEB_SOCKET_CONNECTS.rate ? WEB_SOCKET_CONNECTS.burst : rate },
  };
}

const WEB_SOCKET_MOST = 16 * 1024 * 1024;
const YEAR_SECONDS = 31_536_000;

/** Where functions on this machine reach the control endpoint; null where its port is not known before it listens. */
function ownEndpoint({ host, port }: Settings): string | null {
  if (port === 0) return null;
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** Where functions lie unpacked: in the data folder, unless they run as somebody to whom that is closed. */
function functionFolder({ dataFolder, functionUser }: Settings): string {
  if (functionUser === null) return join(dataFolder, 'functions');
  const folder = join(tmpdir(), `turnpike-functions-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new SettingError(`function-user is set, and ${folder} belongs to somebody else: remove it`);
  return folder;
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

/** The management API at an API's own address. */
async function manage(door: FrontDoor, request: ManagementRequest): Promise<ManagementAnswer> {
  const { method, url, rawHeaders, body, remoteAddress } = request;
  const response = await door.handle({ method, url, rawHeaders, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), remoteAddress });
  return { status: response.status, headers: response.headers, body: Buffer.isBuffer(response.body) ? response.body : Buffer.alloc(0) };
}

/** The authorities that Node.js trusts, and those of the file; null for the former alone. */
function trusted(file: string | null): readonly string[] | null {
  if (file === null) return null;
  try {
    return [...getCACertificates('default'), readFileSync(file, 'utf8')];
  } catch (error) {
    throw new SettingError(`trust is "${file}", which cannot be read: ${(error as Error).message}`);
  }
}
