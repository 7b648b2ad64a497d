import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, lambdaService } from '../../src/control-plane/services/index.ts';
import { MemoryBlobs, memoryStore } from '../../src/control-plane/store/index.ts';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { FunctionHost } from '../../src/lambda-runtime/index.ts';
import { noReports } from '../../src/snapshot/index.ts';
import { awsEndpoint, type AwsEndpoint } from './aws-endpoint.ts';
import { testEnvironment } from './environment.ts';
import { executableFunctions } from './executable-functions.ts';

/** Lambda's API over HTTP, with functions that run: the service, a store in memory and a function host, and nothing between them. */
export class LambdaEndpoint implements AsyncDisposable {
  readonly folder: string;
  readonly #host: FunctionHost;
  readonly #endpoint: AwsEndpoint;
  readonly #environment: Environment;

  constructor(folder: string, host: FunctionHost, more: { readonly endpoint: AwsEndpoint; readonly environment: Environment }) {
    this.folder = folder;
    this.#host = host;
    this.#endpoint = more.endpoint;
    this.#environment = more.environment;
  }

  static async open(): Promise<LambdaEndpoint> {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-lambda-'));
    const store = memoryStore();
    const memory = new MemoryBlobs();
    const host = new FunctionHost({ clock: systemClock, random: systemRandom, folder: join(folder, 'host'), zipPath: (sha256) => join(folder, sha256), logs: { write: () => {} }, endpointUrl: null, interpreterPath: process.env['PATH'] ?? '', user: null });
    const updates = new EventEmitter();
    let servedRevision = -1;
    store.subscribe(() => {
      host.update(executableFunctions(store.world));
      servedRevision = store.world.revision;
      updates.emit('update');
    });
    const served = async (revision: number): Promise<boolean> => servedRevision >= revision || once(updates, 'update').then(() => served(revision));
    const environment = testEnvironment({
      store,
      blobs: {
        put(bytes) {
          writeFileSync(join(folder, createHash('sha256').update(bytes).digest('hex')), bytes);
          return memory.put(bytes);
        },
        get: (sha256) => memory.get(sha256),
        path: (sha256) => join(folder, sha256),
        sweep: (keep) => memory.sweep(keep),
      },
      clock: systemClock,
      random: systemRandom,
      reports: { ...noReports, get servedRevision() {
        return servedRevision;
      }, served },
      functions: { invoke: (request) => host.invoke(request), ready: async (arn) => host.ready(arn) },
    });
    return new LambdaEndpoint(folder, host, { endpoint: await awsEndpoint([lambdaService(environment)]), environment });
  }

  get url(): string {
    return this.#endpoint.url;
  }

  get failures(): readonly unknown[] {
    return this.#endpoint.failures;
  }

  get store(): Environment['store'] {
    return this.#environment.store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endpoint.close();
    await this.#host.close();
    this.#environment.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
