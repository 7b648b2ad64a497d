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

/** Why Terraform, or another program that is needed with it, cannot run here; false when all can. */
export function terraformSkip(...programs: readonly string[]): string | false {
  const missing = ['terraform', ...programs].find((program) => spawnSync(program, ['version'], { stdio: 'ignore' }).status !== 0);
  if (missing !== undefined) return `${missing} is not installed`;
  return providerMirror() === null ? 'the AWS provider is not in a filesystem mirror' : false;
}

const SERVICES = ['acm', 'apigateway', 'apigatewayv2', 'ec2', 'elbv2', 'iam', 'lambda', 'logs', 'servicediscovery', 'sts'];

/** The AWS provider, sent to an endpoint; `more` goes into its block. */
export function awsProvider(endpoint: string, more = ''): string {
  return `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
${SERVICES.map((service) => `    ${service} = "${endpoint}"`).join('\n')}
  }
  ${more}
}
`;
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
