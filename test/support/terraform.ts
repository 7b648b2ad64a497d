import { spawn, spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PLACES = ['/opt/*', '/usr/share/terraform/*', '/usr/local/share/terraform/*', '/root/.terraform.d/*', '/var/lib/terraform/*'];

/** Folder that holds the AWS provider's filesystem mirror; null where there is none. `TURNPIKE_TERRAFORM_MIRROR` says it where it lies elsewhere. */
export function providerMirror(): string | null {
  const told = process.env['TURNPIKE_TERRAFORM_MIRROR'];
  if (told) return told;
  const found = PLACES.flatMap((place) => globSync(`${place}/registry.terraform.io`))[0];
  return found === undefined ? null : dirname(found);
}

/** Why Terraform cannot run here; false when it can. */
export function terraformSkip(): string | false {
  if (spawnSync('terraform', ['version'], { stdio: 'ignore' }).status !== 0) return 'terraform is not installed';
  return providerMirror() === null ? 'the AWS provider is not in a filesystem mirror' : false;
}

export interface TerraformRun {
  readonly code: number;
  readonly output: string;
}

/** Runs the real Terraform, offline, in a folder. */
export function terraformIn(folder: string): (...args: readonly string[]) => Promise<TerraformRun> {
  const config = join(folder, 'terraform.rc');
  writeFileSync(config, `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(providerMirror())}\n    include = ["registry.terraform.io/hashicorp/aws"]\n  }\n}\n`);
  return (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn('terraform', [...args], { cwd: folder, env: { ...process.env, TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: '1' } });
      const parts: Buffer[] = [];
      child.stdout.on('data', (part: Buffer) => void parts.push(part));
      child.stderr.on('data', (part: Buffer) => void parts.push(part));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString() }));
    });
}
