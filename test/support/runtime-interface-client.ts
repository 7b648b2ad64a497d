import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What its native addon is built with. */
const TOOLS = ['npm', 'make', 'g++', 'cmake', 'autoreconf', 'libtoolize', 'python3'];
const INSTALL_WITHIN_MS = 840_000;

/**
 * AWS's runtime client for Node, aws-lambda-ric. It is no dependency, since its native addon is built with libcurl for minutes: `folder` names a folder that has it,
 * or into which it is installed now, where the machine can. The path of its program, or why there is none.
 */
export function runtimeInterfaceClient(folder: string | undefined): { readonly program: string } | { readonly missing: string } {
  if (folder === undefined) return { missing: 'AWS_LAMBDA_RIC names no folder that has aws-lambda-ric, or shall get it' };
  const found = programIn(folder);
  if (found !== null) return { program: found };
  const absent = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (absent.length > 0) return { missing: `${folder} has no aws-lambda-ric, and to build it this machine lacks ${absent.join(', ')}` };
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', 'aws-lambda-ric'], { timeout: INSTALL_WITHIN_MS, encoding: 'utf8' });
  const installed = programIn(folder);
  if (installed === null) throw new Error(`npm install aws-lambda-ric ended with ${status}: ${stderr.slice(-2000)}`);
  return { program: installed };
}

/** As its manifest names it: where it lies is another in each of its versions. */
function programIn(folder: string): string | null {
  const home = join(folder, 'node_modules', 'aws-lambda-ric');
  try {
    const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { readonly bin: string | Readonly<Record<string, string>> };
    return join(home, typeof bin === 'string' ? bin : bin['aws-lambda-ric']!);
  } catch {
    return null;
  }
}
