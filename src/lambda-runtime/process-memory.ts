import { readdirSync, readFileSync } from 'node:fs';

const PAGE = 4096;
/** Processes of one environment that are looked at: AWS lets one have 1,024 processes and threads. */
const MOST = 1024;

/**
 * Memory that a process and all that it has started have for themselves, in bytes: what is resident, without what is mapped from files, which others share. What a fork shares with its
 * parent is counted once where the sum is above `limit`, since to tell it costs the kernel a walk. Null where the system does not tell (no /proc).
 */
export function usedBytes(pid: number, limit: number): number | null {
  const own = residentBytes(pid);
  if (own === null) return null;
  const started = startedBy(pid);
  if (started.length === 0) return own;
  const sum = started.reduce((total, each) => total + (residentBytes(each) ?? 0), own);
  if (sum <= limit) return sum;
  const shares = [pid, ...started].map(anonymousShare);
  return shares.includes(null) ? sum : shares.reduce<number>((total, share) => total + share!, 0);
}

function residentBytes(pid: number): number | null {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return (Number(resident) - Number(shared)) * PAGE;
  } catch {
    return null;
  }
}

/** Its part of the memory that is no file's, each page divided among those that have it. Null where the kernel does not tell; 0 of a process that has ended. */
function anonymousShare(pid: number): number | null {
  try {
    const found = /^Pss_Anon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
    return found === null ? null : Number(found[1]) * 1024;
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '') ? 0 : null;
  }
}

/** The processes that descend from one: children are written down by the thread that started them. */
function startedBy(pid: number): readonly number[] {
  const found: number[] = [];
  const look = (parent: number): void => {
    try {
      for (const thread of readdirSync(`/proc/${parent}/task`)) {
        for (const child of readFileSync(`/proc/${parent}/task/${thread}/children`, 'latin1').split(' ')) {
          if (child === '' || found.length >= MOST) continue;
          found.push(Number(child));
          look(Number(child));
        }
      }
    } catch {
      // It has ended meanwhile, or the kernel does not tell.
    }
  };
  look(pid);
  return found;
}
