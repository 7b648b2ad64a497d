import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VARIABLES_DESCRIPTOR } from './read-variables.ts';
import type { Launch } from './runtime-process.ts';

/** Where AWS has the files of layers. https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
export const OPT = '/opt';

/**
 * $1: the layers, $2: user and group id or nothing, $3 to $6: programs, the rest: what is started. The process sees its function's variables only after it has become the
 * function's user: among them may be LD_PRELOAD and PATH. They come through a descriptor, as an argument would be seen by everybody on the machine.
 */
const MOUNT = `layers=$1 user=$2 mount=$3 setpriv=$4 sh=$5 cat=$6; shift 6
"$mount" -o bind,ro "$layers" ${OPT} || exit 1
become='variables=$("$0" <&${VARIABLES_DESCRIPTOR}) && eval "$variables" && exec "$@" ${VARIABLES_DESCRIPTOR}<&-'
if [ -n "$user" ]; then exec "$setpriv" --reuid "$user" --regid "$user" --clear-groups "$sh" -c "$become" "$cat" "$@"; fi
exec "$sh" -c "$become" "$cat" "$@"`;

type Program = 'unshare' | 'mount' | 'setpriv' | 'sh' | 'cat';

/** Starts processes that have their layers at /opt: each in a mount namespace of its own, which only root may make. */
export class LayerMount {
  readonly #programs: Readonly<Record<Program, string>>;

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
    const [command = '', ...options] = found.#command(OPT, null, [sh, '-c', ':']);
    const nothing = openSync('/dev/null', 'r');
    try {
      return spawnSync(command, options, { env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', nothing] }).status === 0 ? found : null;
    } finally {
      closeSync(nothing);
    }
  }

  /** The same start, with `layers` at /opt. */
  mounted(launch: Launch, layers: string): Launch {
    return { ...launch, command: this.#command(layers, launch.user, launch.command), user: null, variables: 'read', spare: false };
  }

  #command(layers: string, user: number | null, command: readonly string[]): readonly string[] {
    const { unshare, mount, setpriv, sh, cat } = this.#programs;
    return [unshare, '--mount', sh, '-c', MOUNT, 'sh', layers, user === null ? '' : String(user), mount, setpriv, sh, cat, ...command];
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
