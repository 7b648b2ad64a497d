import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { type FunctionDefinition, FunctionHost, type HostLimits, type InvocationRequest, type InvocationResult, type LogBatch } from '../../src/lambda-runtime/index.ts';
import { zipFiles } from './zip.ts';

/** A function host in a folder of its own, with functions made from source text. */
export class FunctionBench implements AsyncDisposable {
  readonly host: FunctionHost;
  readonly logs: LogBatch[] = [];
  readonly folder: string;
  readonly #functions = new Map<string, FunctionDefinition>();

  /** `folder`: that of an earlier bench, to go on where it ended. */
  constructor(limits: Partial<HostLimits> = {}, folder: string = mkdtempSync(join(tmpdir(), 'turnpike-functions-')), user: number | null = null) {
    if (user !== null) chmodSync(folder, 0o711);
    this.folder = folder;
    mkdirSync(join(this.folder, 'zips'), { recursive: true });
    this.host = new FunctionHost({
      clock: systemClock,
      random: systemRandom,
      folder: join(this.folder, 'host'),
      zipPath: (sha256) => join(this.folder, 'zips', sha256),
      logs: { write: (batch) => void this.logs.push(batch) },
      endpointUrl: 'http://127.0.0.1:4566',
      interpreterPath: process.env['PATH'] ?? '',
      user,
      limits,
    });
  }

  /** Puts a function in place (or replaces it); returns its ARN. `source`: text of index.js, files by name, or the bytes of a zip. */
  put(name: string, source: string | Readonly<Record<string, string>> | Buffer, more: Partial<FunctionDefinition> = {}): string {
    const bytes = Buffer.isBuffer(source) ? source : zipFiles(typeof source === 'string' ? { 'index.js': source } : source);
    const code = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(this.folder, 'zips', code), bytes);
    const id = `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
    this.#functions.set(id, {
      id,
      name,
      version: '$LATEST',
      runtime: 'nodejs20.x',
      handler: 'index.handler',
      code,
      folder: null,
      layers: [],
      timeoutMs: 5000,
      memoryMb: 256,
      environment: {},
      concurrency: null,
      provisioned: 0,
      aliases: {},
      systemLogLevel: null,
      logGroup: `/aws/lambda/${name}`,
      revision: code,
      ...more,
    });
    this.host.update(this.#functions.values());
    return id;
  }

  /** Keeps the zip of a layer; returns its hash. */
  layer(bytes: Buffer): string {
    const hash = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(this.folder, 'zips', hash), bytes);
    return hash;
  }

  remove(id: string): void {
    this.#functions.delete(id);
    this.host.update(this.#functions.values());
  }

  invoke(functionArn: string, event: unknown = {}, more: Partial<InvocationRequest> = {}): Promise<InvocationResult> {
    return this.host.invoke({
      functionArn,
      invokedArn: functionArn,
      payload: Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)),
      requestId: randomUUID(),
      clientContext: null,
      traceId: null,
      tail: true,
      stream: null,
      ...more,
    });
  }

  /** What a successful invocation returned. */
  async answer(functionArn: string, event: unknown = {}, more: Partial<InvocationRequest> = {}): Promise<unknown> {
    const result = await this.invoke(functionArn, event, more);
    if (result.kind !== 'ok') throw new Error(`expected an answer, got ${describe(result)}`);
    return JSON.parse(result.payload.toString());
  }

  /** The document of a failed invocation, with its cause. */
  async failure(functionArn: string, event: unknown = {}): Promise<{ cause: string; errorType: string; errorMessage: string; trace?: string[]; logTail: string }> {
    const result = await this.invoke(functionArn, event);
    if (result.kind !== 'function-error') throw new Error(`expected a failure, got ${describe(result)}`);
    return { cause: result.cause, logTail: result.logTail, ...JSON.parse(result.payload.toString()) };
  }

  /** Everything that was logged, in order. */
  logText(): string {
    return this.logs.flatMap((batch) => batch.lines.map((line) => line.message)).join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function describe(result: InvocationResult): string {
  return JSON.stringify(result, (_key, value: unknown) => ((value as { type?: string })?.type === 'Buffer' ? Buffer.from((value as { data: number[] }).data).toString() : value));
}

/** Whether a process lives (a zombie does not). */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // An orphan that nobody has waited for yet is dead all the same.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
