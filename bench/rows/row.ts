import { mkdir } from 'node:fs/promises';
import { freePort } from '../../test/support/free-port.ts';
import type { Certificate, Contender, Served } from '../contenders/contender.ts';
import { measured, skipped, type Measurement, type RowResult, type Sample } from '../measurement.ts';

/** What a run of the bench gives every row. */
export interface Bench {
  readonly folder: string;
  readonly backendPort: number;
  readonly grpcPort: number;
  readonly indexingPort: number;
  readonly certificate: Certificate;
  /** File with one gRPC message. */
  readonly grpcMessage: string;
  readonly rounds: number;
  /** Length of a counted run. */
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface Row {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly contenders: readonly Contender[];
  /** Rounds, where repeating would not measure the same again; null: as many as the bench has. */
  readonly rounds: number | null;
  /** What stands in the place of the bench's backend, where that cannot serve it: for each contender anew, since the ports of very many connections are not free again at once. */
  readonly targets?: () => Promise<Targets>;
  /** One counted run. `port` is the contender's. */
  sample(served: Served, port: number, bench: Bench): Promise<Sample>;
}

export interface Targets {
  readonly port: number;
  stop(): Promise<void>;
}

interface Entrant {
  readonly contender: Contender;
  readonly port: number;
  readonly served: Served | null;
  readonly why: string;
  readonly samples: Sample[];
}

/** Starts every contender, then runs them in turn (A B C, B C A, ...), so that whatever else the machine does meets all alike. */
export async function runRow(row: Row, bench: Bench): Promise<RowResult> {
  const entrants: Entrant[] = [];
  const targets: Targets[] = [];
  try {
    for (const contender of row.contenders) {
      const its = await row.targets?.();
      if (its !== undefined) targets.push(its);
      entrants.push(await enter(contender, entrants.length, row, its === undefined ? bench : { ...bench, backendPort: its.port }));
    }
    const running = entrants.filter((entrant) => entrant.served !== null);
    for (let round = 0; round < (row.rounds ?? bench.rounds); round++) {
      for (let turn = 0; turn < running.length; turn++) {
        const entrant = running[(round + turn) % running.length]!;
        const sample = await row.sample(entrant.served!, entrant.port, bench);
        entrant.samples.push(sample);
        bench.log(`  ${row.name} round ${round + 1} ${entrant.contender.label}: ${sample.cost.toFixed(2)} ${row.unit}, ${sample.rate?.toFixed(0) ?? '-'}/s, ${sample.errors} errors`);
      }
    }
  } finally {
    await Promise.all([...entrants.map((entrant) => entrant.served?.running.stop()), ...targets.map((its) => its.stop())]);
  }
  const measurements: Measurement[] = entrants.map((entrant) =>
    entrant.served === null ? skipped(entrant.contender, entrant.why) : measured(entrant.contender, entrant.samples),
  );
  return { name: row.name, title: row.title, unit: row.unit, measurements };
}

async function enter(contender: Contender, index: number, row: Row, bench: Bench): Promise<Entrant> {
  const port = await freePort();
  const absent = (why: string): Entrant => {
    bench.log(`  ${row.name}: without ${contender.label}: ${why}`);
    return { contender, port, served: null, why, samples: [] };
  };
  if (contender.version === null) return absent('not on this machine');
  const folder = `${bench.folder}/${row.name}-${index}`;
  await mkdir(folder, { recursive: true });
  try {
    const served = await contender.start({ port, backendPort: bench.backendPort, grpcPort: bench.grpcPort, indexingPort: bench.indexingPort, folder, certificate: bench.certificate });
    return { contender, port, served, why: '', samples: [] };
  } catch (error) {
    return absent(error instanceof Error ? error.message.slice(0, 400) : String(error));
  }
}
