import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT, startTurnpike } from './turnpike.ts';

export interface Served {
  readonly status: number;
  readonly body: string;
}

/** What is sent beside a path. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks an API or a function by its endpoint; names under the suffix are this machine's. */
export function ask(endpoint: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Served> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: port === '' ? 443 : Number(port), servername: hostname, method, path, headers: { host: hostname, ...headers }, rejectUnauthorized: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => void parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode!, body: Buffer.concat(parts).toString() }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** As `ask`, until the names of the API are bound. */
export async function served(endpoint: string, path: string, more: Asked = {}): Promise<Served> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask(endpoint, path, more).catch((error: unknown) => (attempt < 600 ? null : Promise.reject(error as Error)));
    if (answer !== null && (answer.status === 200 || attempt >= 600)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A running Turnpike and a folder of projects, applied with `turnpike up`. */
export class ServerlessStage {
  readonly folder: string;
  /** The control endpoint. */
  readonly endpoint: string;

  private constructor(folder: string, endpoint: string) {
    this.folder = folder;
    this.endpoint = endpoint;
  }

  static async open(t: TestContext): Promise<ServerlessStage> {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-serverless-'));
    const turnpike = await startTurnpike({ dataFolder: join(folder, 'data'), options: ['--workers', '1', '--drain-seconds', '0'] });
    t.after(async () => {
      await turnpike.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    return new ServerlessStage(folder, turnpike.endpoint);
  }

  /** Writes files of a project; returns its folder. */
  project(name: string, files: Readonly<Record<string, string>>): string {
    for (const [file, text] of Object.entries(files)) {
      const path = join(this.folder, name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return join(this.folder, name);
  }

  /** `turnpike up` with a folder or file; what it printed. */
  async up(path: string, expected = 0, options: readonly string[] = []): Promise<string> {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'turnpike.mjs'), 'up', path, '--endpoint', this.endpoint, ...options]);
    let printed = '';
    child.stdout.on('data', (part: Buffer) => void (printed += part.toString()));
    child.stderr.on('data', (part: Buffer) => void (printed += part.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, expected, printed);
    return printed;
  }
}

/** An output of a stack that is a URL. */
export function urlIn(printed: string, output = 'Url'): string {
  return new RegExp(`${output}\\s+(https://\\S+)`).exec(printed)?.[1] ?? assert.fail(printed);
}
