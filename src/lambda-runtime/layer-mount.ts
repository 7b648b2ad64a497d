import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VARIABLES_DESCRIPTOR } from './read-variables.ts';
import type { Launch } from './runtime-process.ts';

/** Where AWS has the files of layers. https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
export const OPT = '/opt';

/**
 * $1: the layers, $2: a file for /etc/hosts or nothing, $3: user and group id or nothing, $4 to $7: programs, the rest: what is started. The process sees its function's variables only after it has become the
 * function's user: among them may be LD_PRELOAD and PATH. They come through a descriptor, as an argument would be seen by everybody on the machine.
 */
const MOUNT = `layers=$1 hosts=$2 user=$3 mount=$4 setpriv=$5 sh=$6 cat=$7; shift 7
"$mount" -o bind,ro "$layers" ${OPT} || exit 1
if [ -n "$hosts" ]; then "$mount" -o bind,ro "$hosts" /etc/hosts || exit 1; fi
become='variables=$("$0" <&${VARIABLES_DESCRIPTOR}) && eval "$variables" && exec "$@" ${VARIABLES_DESCRIPTOR}<&-'
if [ -n "$user" ]; then exec "$setpriv" --reuid "$user" --regid "$user" --clear-groups "$sh" -c "$become" "$cat" "$@"; fi
exec "$sh" -c "$become" "$cat" "$@"`;

/** What is mounted for a process: the folder that is at /opt, and the file that is at /etc/hosts (null: the machine's). */
export interface MountedFiles {
  readonly layers: string;
  readonly hosts: string | null;
}

type Program = 'unshare' | 'mount' | 'setpriv' | 'sh' | 'cat';

/** Starts processes that have their layers at /opt: each in a mount namespace of its own, which only root may make. */
export class LayerMount {
  readonly #programs: Readonly<Record<Program, string>>;
  #addresses = 0;

  private constructor(programs: Readonly<Record<Program, string>>) {
    this.#programs = programs;
  }

  /** Null where it cannot be done here, or where /opt holds what a function needs to run. `needed`: folders and interpreters of functions. */
  static find(path: string, needed: readonly string[]): LayerMount | null {
    if (process.platform !== 'linux' || process.getuid?.() !== 0 || !isFolder(OPT)) return null;
    if ([process.execPath, ...needed].some(isBelowOpt)) return null;
    const [unshare, mount, setpriv, sh, cat] = (['unshare', 'mount', 'setpriv', 'sh', 'cat'] as const).map((name) => programOf(name, path));
    if (!unshare || !mount || !setpriv || !sh || !cat) return null;
    const found = new LayerMount({ unshare, mount, setpriv, sh, cat });
    // A container's root may not mount.
    const [command = '', ...options] = found.#command({ layers: OPT, hosts: null }, null, [sh, '-c', ':']);
    const nothing = openSync('/dev/null', 'r');
    try {
      return spawnSync(command, options, { env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', nothing] }).status === 0 ? found : null;
    } finally {
      closeSync(nothing);
    }
  }

  /** The same start, with the layers at /opt. */
  mounted(launch: Launch, files: MountedFiles): Launch {
    return { ...launch, command: this.#command(files, launch.user, launch.command), user: null, variables: 'read', spare: false };
  }

  /** A loopback address for one environment, so that what listens on the name that each has for itself (sandbox.localdomain) takes no port from another. */
  nextAddress(): string {
    const n = this.#addresses++ % (250 * 256 * 254);
    return `127.${1 + Math.floor(n / (256 * 254))}.${Math.floor(n / 254) % 256}.${1 + (n % 254)}`;
  }

  /** The text of /etc/hosts for an environment at `address`. */
  static hosts(address: string): string {
    const own = readFileSync('/etc/hosts', { encoding: 'utf8' });
    return `${own.trimEnd()}\n${address} sandbox.localdomain sandbox\n`;
  }

  #command({ layers, hosts }: MountedFiles, user: number | null, command: readonly string[]): readonly string[] {
    const { unshare, mount, setpriv, sh, cat } = this.#programs;
    return [unshare, '--mount', sh, '-c', MOUNT, 'sh', layers, hosts ?? '', user === null ? '' : String(user), mount, setpriv, sh, cat, ...command];
  }
}

function programOf(name: string, path: string): string | null {
  for (const folder of path.split(':')) {
    if (!folder.startsWith('/') || isBelowOpt(folder)) continue;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // It may be in the next.
    }
  }
  return null;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isBelowOpt(path: string): boolean {
  const isBelow = (real: string): boolean => real === OPT || real.startsWith(`${OPT}/`);
  if (isBelow(path)) return true;
  try {
    return isBelow(realpathSync(path));
  } catch {
    return false;
  }
}
