import { mkdir } from 'node:fs/promises';
import type { Measured } from '../process.ts';
import type { Contender, Served } from './contender.ts';

/** So many processes of a contender that share its port (SO_REUSEPORT), where one may not have as many files open as it would need. */
export function several(contender: Contender, count: number): Contender {
  if (count === 1) return contender;
  return {
    ...contender,
    async start(job) {
      const all: Served[] = [];
      try {
        for (let i = 0; i < count; i++) {
          const folder = `${job.folder}/${i}`;
          await mkdir(folder);
          all.push(await contender.start({ ...job, folder }));
        }
      } catch (error) {
        await Promise.all(all.map(({ running }) => running.stop()));
        throw error;
      }
      return { running: together(all.map(({ running }) => running)), host: null };
    },
  };
}

function together(all: readonly Measured[]): Measured {
  const sum = (of: (one: Measured) => number): number => all.reduce((so, one) => so + of(one), 0);
  return {
    cpu: () => sum((one) => one.cpu()),
    resident: () => sum((one) => one.resident()),
    anonymous: () => sum((one) => one.anonymous()),
    get processes() {
      return sum((one) => one.processes);
    },
    stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
  };
}
