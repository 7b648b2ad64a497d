import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Bytes of memory that a process of this machine has resident (Linux). */
export function residentBytes(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]);
}

/** What its descriptors are, by kind: `socket`, `pipe`, a path. */
export function descriptors(pid: number): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    let kind: string;
    try {
      kind = readlinkSync(`/proc/${pid}/fd/${name}`).replace(/:\[\d+\]$/, '');
    } catch {
      continue;
    }
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

export function descriptorCount(pid: number): number {
  return [...descriptors(pid).values()].reduce((sum, count) => sum + count, 0);
}

/** Seconds of processor time that it has used, all threads together. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  // utime and stime, in ticks of 10 ms (proc(5), sysconf(_SC_CLK_TCK) is 100 on every Linux that Node.js runs on)
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** How many files a process that is started here may have open. */
export function descriptorLimit(): number {
  const limit = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))![1]!;
  return limit === 'unlimited' ? Infinity : Number(limit);
}
