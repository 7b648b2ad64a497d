import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { awsProvider, terraformIn, type TerraformRun } from './terraform.ts';
import { type RunningTurnpike, startTurnpike } from './turnpike.ts';

/** The real Terraform in a folder of its own, with a Turnpike of its own: what it applies is asked of that one. */
export class TerraformStage implements AsyncDisposable {
  readonly folder: string;
  readonly dataFolder: string;
  readonly turnpike: RunningTurnpike;
  readonly #terraform: (...args: readonly string[]) => Promise<TerraformRun>;

  private constructor(folders: { readonly folder: string; readonly dataFolder: string }, turnpike: RunningTurnpike) {
    this.folder = folders.folder;
    this.dataFolder = folders.dataFolder;
    this.turnpike = turnpike;
    this.#terraform = terraformIn(this.folder);
  }

  /** `provider`: what the provider's block says beside the endpoints. */
  static async start({ name, provider = '' }: { readonly name: string; readonly provider?: string }): Promise<TerraformStage> {
    const folder = mkdtempSync(join(tmpdir(), `turnpike-${name}-`));
    const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
    const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0'] });
    const stage = new TerraformStage({ folder, dataFolder }, turnpike);
    stage.write('provider.tf', awsProvider(turnpike.endpoint, provider));
    return stage;
  }

  /** Settings of AWS's SDK for the same account. */
  get settings(): { readonly endpoint: string; readonly region: string; readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } } {
    return { endpoint: this.turnpike.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  }

  write(file: string, content: string | Buffer): void {
    writeFileSync(join(this.folder, file), content);
  }

  copy(...paths: readonly string[]): void {
    for (const path of paths) this.write(basename(path), readFileSync(path));
  }

  /** A certificate that signs itself: `NAME.pem` and `NAME.key`. */
  certificate(name: string, ...domains: readonly string[]): void {
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj', `/CN=${domains[0]}`, '-addext', `subjectAltName=${domains.map((domain) => `DNS:${domain}`).join(',')}`, '-keyout', `${name}.key`, '-out', `${name}.pem`];
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'ignore' });
  }

  run(...args: readonly string[]): Promise<TerraformRun> {
    return this.#terraform(...args, '-no-color');
  }

  /** What it printed; where it fails, what is wrong. */
  async succeeds(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output.slice(Math.max(0, output.indexOf('Error:')))}\n${this.turnpike.printed()}`);
    return output;
  }

  /** Nothing is left to change. */
  async settled(when: string): Promise<void> {
    const { code, output } = await this.run('plan', '-detailed-exitcode');
    assert.equal(code, 0, `there is drift after ${when}:\n${output}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.turnpike.stop();
    for (const folder of [this.folder, this.dataFolder]) rmSync(folder, { recursive: true, force: true });
  }
}
