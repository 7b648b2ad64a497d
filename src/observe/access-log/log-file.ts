import type { AccessLog } from '../../snapshot/index.ts';

/** AWS delivers a file every five minutes, named after the end of its interval. */
export const INTERVAL_MS = 5 * 60 * 1000;

/** End (exclusive) of the interval that holds `wall`, milliseconds since the epoch. */
export function intervalEnd(wall: number): number {
  return (Math.floor(wall / INTERVAL_MS) + 1) * INTERVAL_MS;
}

export interface LogNode {
  /** Address of the balancer node, as file names say it. */
  readonly address: string;
  /** Eight characters a-z0-9: keeps apart what several workers write for the same interval. */
  readonly random: string;
}

/** Path below the log root: `<path>/yyyy/mm/dd/<file>_<yyyymmddThhmmZ>_<address>_<random>.log`. */
export function logFileName(log: AccessLog, end: number, node: LogNode): string {
  const iso = new Date(end).toISOString();
  const stamp = iso.slice(0, 16).replaceAll('-', '').replace(':', '') + 'Z';
  const folder = log.path.split('/').filter((part) => part !== '').map(safePart);
  const name = safePart(`${log.file}_${stamp}_${node.address.replaceAll(':', '-')}_${node.random}.log`);
  return [...folder, iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10), name].join('/');
}

/** Prefixes are chosen by users: none of their parts may climb out of the root or hold what a file name cannot. */
function safePart(part: string): string {
  if (part === '.' || part === '..') return part.replaceAll('.', '%2E');
  return part.replace(/[\0/\\]/g, '_');
}
