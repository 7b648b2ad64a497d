import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { terraformIn } from './terraform.ts';
import { ROOT, startTurnpike, type RunningTurnpike } from './turnpike.ts';

interface Status {
  readonly listeners: readonly { readonly urls: readonly string[] }[];
  readonly counts: Readonly<Record<string, number>>;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A copy of examples/NAME that is applied as its README says: with `turnpike terraform --write` and the real Terraform. */
export class TerraformExample implements AsyncDisposable {
  readonly folder: string;
  readonly turnpike: RunningTurnpike;
  readonly #parent: string;
  readonly #terraform: ReturnType<typeof terraformIn>;
  #root = '';

  private constructor(parent: string, name: string, turnpike: RunningTurnpike) {
    this.#parent = parent;
    this.folder = join(parent, name);
    this.turnpike = turnpike;
    this.#terraform = terraformIn(this.folder);
  }

  static async open(name: string, options: readonly string[] = []): Promise<TerraformExample> {
    const parent = mkdtempSync(join(tmpdir(), `turnpike-${name}-`));
    const folder = join(parent, name);
    cpSync(join(ROOT, 'examples', name), folder, { recursive: true, filter: (path) => !/(\.terraform|tfstate|_override\.tf|\.zip)/.test(path) });
    mkdirSync(join(parent, 'data'));
    return new TerraformExample(parent, name, await startTurnpike({ dataFolder: join(parent, 'data'), options: ['--drain-seconds', '0', ...options] }));
  }

  /** `node ../zip.mjs FOLDER ARCHIVE` */
  zip(source: string, archive: string): void {
    execFileSync(process.execPath, [join(ROOT, 'examples', 'zip.mjs'), source, archive], { cwd: this.folder });
  }

  edit(file: string, from: string, to: string): void {
    const text = readFileSync(join(this.folder, file), 'utf8');
    assert.ok(text.includes(from), `${file} has no ${from}`);
    writeFileSync(join(this.folder, file), text.replace(from, to));
  }

  /** What Terraform printed; it must succeed. */
  async run(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.#terraform(...args);
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output}\n${this.turnpike.printed()}`);
    return output;
  }

  async output(name: string): Promise<string> {
    return (await this.run('output', '-raw', name)).trim();
  }

  async initialize(): Promise<void> {
    const wrote = spawnSync(process.execPath, [join(ROOT, 'bin', 'turnpike.mjs'), 'terraform', '--write', this.folder, '--endpoint', this.turnpike.endpoint], { encoding: 'utf8' });
    assert.equal(wrote.status, 0, wrote.stderr);
    await this.run('init', '-no-color');
    this.#root = await (await fetch(`${this.turnpike.endpoint}/_admin/ca.pem`)).text();
  }

  /** Applies, and sees to it that nothing is left to be done; what was printed. */
  async apply(...variables: readonly string[]): Promise<string> {
    const given = variables.flatMap((variable) => ['-var', variable]);
    const output = await this.run('apply', '-auto-approve', '-no-color', ...given);
    const plan = await this.#terraform('plan', '-detailed-exitcode', '-no-color', ...given);
    assert.equal(plan.code, 0, `there is drift after the apply:\n${plan.output}`);
    return output;
  }

  async destroy(...variables: readonly string[]): Promise<void> {
    await this.run('destroy', '-auto-approve', '-no-color', ...variables.flatMap((variable) => ['-var', variable]));
  }

  async status(): Promise<Status> {
    return (await (await fetch(`${this.turnpike.endpoint}/_admin/status`)).json()) as Status;
  }

  /** As `curl --cacert root.pem`: by the name, with only the local authority trusted. */
  ask(origin: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }> {
    const { hostname, host, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: port === '' ? 443 : port, servername: hostname, path, method, ca: this.#root, headers: { host, ...headers } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => void parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.turnpike.stop();
    rmSync(this.#parent, { recursive: true, force: true });
  }
}
