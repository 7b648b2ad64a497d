import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT, type Command } from '../command.ts';
import { ENDPOINT_OPTION } from '../server-options.ts';

const OVERRIDE = 'turnpike_override.tf';
const PROVIDER = 'turnpike_provider.tf';
/** So that a file of somebody's own is never overwritten, nor one of ours taken for a configuration's provider block. */
const MARK = '# Written by `turnpike terraform --write`: points the AWS provider at a local Turnpike. Delete it to go back to AWS.\n';

export const terraformCommand: Command = {
  name: 'terraform',
  summary: "print or write the provider block that points Terraform's AWS provider here",
  details:
    `With --write, the block goes into ${OVERRIDE} where a file of the folder has a provider "aws" block (Terraform merges overrides into it; the region stays the configuration's own, ` +
    `where it has one), else into ${PROVIDER}.`,
  arguments: [{ name: 'FOLDER', required: false, description: 'of the configuration; this folder when left out' }],
  options: [
    { name: 'write', value: null, description: 'write it into the folder instead' },
    { name: 'region', value: 'REGION', description: 'us-east-1' },
    ENDPOINT_OPTION,
  ],
  examples: ['turnpike terraform', 'turnpike terraform --write infra && terraform -chdir=infra apply'],
  async run({ positionals: [given], texts, flags }, { host, client, show }) {
    const folder = resolve(host.cwd, given ?? '.');
    const base = flags.has('write') ? await baseProvider(folder) : null;
    const region = texts['region'] ?? (base !== null && /^\s*region\s*=/m.test(base) ? '' : 'us-east-1');
    const block = await client.text(`/_admin/terraform?region=${encodeURIComponent(region)}`);
    if (!flags.has('write')) {
      show({ provider: block }, () => block.trimEnd());
      return EXIT.done;
    }
    const file = join(folder, base === null ? PROVIDER : OVERRIDE);
    const before = await readFile(file, 'utf8').catch(() => null);
    if (before !== null && !before.startsWith(MARK.slice(0, 20))) {
      host.err(`${file} exists and was not written by turnpike: rename it, or print the block with \`turnpike terraform\` and place it yourself.`);
      return EXIT.failed;
    }
    await writeFile(file, MARK + block);
    show({ file, provider: block }, () => `Wrote ${file}`);
    return EXIT.done;
  },
};

/** The text of the file with the configuration's own `provider "aws"` block; null where it has none. */
async function baseProvider(folder: string): Promise<string | null> {
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith('.tf') || name === PROVIDER || name.endsWith('_override.tf') || name === 'override.tf') continue;
    const text = await readFile(join(folder, name), 'utf8');
    if (/^\s*provider\s+"aws"\s*\{/m.test(text)) return text;
  }
  return null;
}
