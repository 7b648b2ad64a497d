import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { API_THROTTLE, WEB_SOCKET_CONNECTS, WEB_SOCKET_LIMITS, type Installation } from '../control-plane/compiler/index.ts';
import type { Limits } from '../control-plane/services/index.ts';
import { sqliteStore, type Store } from '../control-plane/store/index.ts';
import { allocateLedger, Ledger } from '../data-plane/ledger/index.ts';
import type { PolicySecrets } from '../data-plane/policies/index.ts';
import { systemClock, systemRandom, type Clock, type Random } from '../kernel/index.ts';
import type { LogBatch } from '../lambda-runtime/index.ts';
import type { ApiLogLines, SlabShape } from '../observe/index.ts';
import { LastKnownGood, recover } from '../snapshot/index.ts';
import { Configuration } from './configuration.ts';
import { DataFolder } from './data-folder.ts';
import type { DataThreads } from './data-threads.ts';
import { DataWorkers } from './data-workers.ts';
import { FunctionThread } from './function-thread.ts';
import { KeptUsage } from './kept-usage.ts';
import { LiveReports } from './live-reports.ts';
import { ipv6Counterparts } from './ipv6-addresses.ts';
import { lowPortOffset } from './low-ports.ts';
import { policySecrets } from './policy-secrets.ts';
import { isLoopback, SettingError, type Settings } from './settings.ts';
import { threadEntry } from './threads/entry.ts';

/** What threads tell, and who hears it: the system that is built on the foundation. What comes before it is there waits. */
export interface Upper {
  apiLog(batch: readonly ApiLogLines[]): void;
  functionLog(batch: LogBatch): void;
  /** A file of a log is whole. */
  logFinished(path: string): void;
}

export interface FoundationSettings {
  readonly settings: Settings;
  readonly threads: DataThreads;
  readonly onError: (error: Error) => void;
}

const SLAB: SlabShape = { balancers: 1024, pools: 4096, apis: 1024 };
const LAST_KNOWN_GOOD = 'last-known-good.json';

/**
 * What carries traffic: the data folder and its store, the memory that threads share, the threads, and the configuration that goes from the one to the others. It
 * is a third of the program, so that it serves while the rest, the services above all, is still being loaded.
 */
export class Foundation {
  readonly settings: Settings;
  readonly clock: Clock = systemClock;
  readonly random: Random = systemRandom;
  readonly folder: DataFolder;
  readonly store: Store;
  readonly secrets: PolicySecrets;
  /** Where files of logs are written. */
  readonly logRoot: string;
  readonly authorities: readonly string[] | null;
  readonly ledger: Ledger;
  readonly usage: KeptUsage;
  readonly reports: LiveReports;
  readonly functions: FunctionThread;
  readonly workers: DataWorkers;
  readonly configuration: Configuration;
  /** What is added to ports below 1024. */
  readonly portOffset: number;
  /** AWS signatures are demanded and checked. */
  readonly verifies: boolean;
  readonly #onError: (error: Error) => void;
  readonly #upper = Promise.withResolvers<Upper>();

  private constructor({ settings, threads, onError }: FoundationSettings, portOffset: number) {
    this.settings = settings;
    this.portOffset = portOffset;
    this.#onError = onError;
    this.verifies = settings.verify || !isLoopback(settings.host);
    const { clock } = this;
    const path = settings.dataFolder;
    this.folder = DataFolder.claim(path);
    this.store = sqliteStore({ path: join(path, 'store.sqlite'), clock });
    this.secrets = policySecrets(path);
    this.logRoot = join(path, 'logs');
    this.authorities = trusted(settings.trust);
    this.reports = new LiveReports(clock);
    this.functions = new FunctionThread({
      entry: threadEntry('function-thread'),
      init: {
        folder: functionFolder(settings), blobFolder: join(path, 'blobs'), endpointUrl: ownEndpoint(settings), interpreterPath: settings.interpreterPath,
        accountConcurrency: settings.limits.value('concurrent-executions', 1000), user: settings.functionUser, spares: settings.functionSpares,
      },
      clock, log: (batch) => this.#tell((upper) => upper.functionLog(batch)), failure: onError,
    });
    const memory = allocateLedger();
    this.ledger = new Ledger(memory);
    this.usage = new KeptUsage({ path: join(path, 'usage.sqlite'), clock, counters: this.ledger.usage, failed: onError });
    const { h2c, workers, traces, verifyTargets, services, connectionLimit, drainMs, addresses, internalAddresses } = settings;
    // `@connections` is served where clients of listeners come in: there nobody is taken at his word unless all are of this machine
    const verifiesClients = this.verifies || ![...addresses, ...internalAddresses].every(isLoopback);
    this.workers = new DataWorkers({
      threads, count: workers, sharePorts: settings.sharePorts, ledger: memory, slabShape: SLAB, clock, h2c, traces, verifyTargets, services, connectionLimit, drainMs,
      verifies: verifiesClients, logRoot: this.logRoot, secrets: this.secrets, authorities: this.authorities, functions: this.functions, reports: this.reports,
      onLogFinished: (file) => this.#tell((upper) => upper.logFinished(file)),
      onApiLog: (batch) => this.#tell((upper) => upper.apiLog(batch)),
      onFailure: (worker, error) => onError(new Error(`data-plane worker ${worker}: ${error.message}`, { cause: error })),
    });
    this.configuration = new Configuration({
      store: this.store, clock, ledger: this.ledger, usage: this.usage, slabShape: SLAB, workers: this.workers, functions: this.functions, onError, installation: installationOf(settings, portOffset),
      lastKnownGood: new LastKnownGood({ file: join(path, LAST_KNOWN_GOOD), clock, restMs: 1000, failed: onError }),
    });
  }

  /** Hands the newest configuration to the threads; does not wait until they serve it. */
  static async lay(settings: FoundationSettings): Promise<Foundation> {
    const { addresses, portOffset } = settings.settings;
    const foundation = new Foundation(settings, portOffset ?? (await lowPortOffset(addresses[0] ?? '127.0.0.1')));
    foundation.configuration.refresh();
    if (foundation.configuration.snapshot.revision < 0) await foundation.#resume();
    return foundation;
  }

  carry(upper: Upper): void {
    this.#upper.resolve(upper);
  }

  #tell(what: (upper: Upper) => void): void {
    void this.#upper.promise.then(what);
  }

  /** What cannot be compiled at a start must not stop what was served before it: the last snapshot that was, goes on. */
  async #resume(): Promise<void> {
    const recovered = await recover(join(this.settings.dataFolder, LAST_KNOWN_GOOD));
    if (recovered.kind === 'snapshot') this.configuration.resume(recovered.snapshot);
    else if (recovered.kind === 'unreadable') this.#onError(new Error(recovered.why));
  }
}

function installationOf(settings: Settings, portOffset: number): Omit<Installation, 'now' | 'apiCertificates'> {
  const { addresses, internalAddresses, addressPool, jwtAlgorithms, cognitoDomains, cognitoSecrets, dnsSuffix, limits } = settings;
  return {
    addresses, internalAddresses, ipv6Counterparts: ipv6Counterparts(), addressPool, portOffset, jwtAlgorithms, cognitoDomains, cognitoSecrets, dnsSuffix, responseCache: settings.beyondAws.has('response-cache'), apiThrottle: throttleOf(limits),
    ...webSocketLimitsOf(limits),
  };
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

/** The authorities that Node.js trusts, and those of the file; null for the former alone. */
function trusted(file: string | null): readonly string[] | null {
  if (file === null) return null;
  try {
    return [...getCACertificates('default'), readFileSync(file, 'utf8')];
  } catch (error) {
    throw new SettingError(`trust is "${file}", which cannot be read: ${(error as Error).message}`);
  }
}
