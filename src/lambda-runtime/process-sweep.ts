import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The processes that live now; empty where the system does not tell (no /proc). */
export function livingProcesses(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  } catch {
    return [];
  }
}

/**
 * Ends those among the given processes that were started with an environment that holds one of `variables` (`NAME=VALUE`, or the beginning of one): functions, and
 * what they have started, inherit variables that nobody else has.
 */
export async function killByVariable(pids: readonly number[], variables: readonly string[]): Promise<void> {
  for (const pid of pids) {
    const environment = `\0${await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')}`;
    if (!variables.some((variable) => environment.includes(`\0${variable}`))) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}
