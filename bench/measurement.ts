import type { Contender } from './contenders/contender.ts';

/** One counted run of one contender. */
export interface Sample {
  /** What the row measures, in its unit: CPU microseconds a request, a megabyte, a connection; or bytes a connection. */
  readonly cost: number;
  /** Requests (connections) a second; null where nothing was driven. */
  readonly rate: number | null;
  /** Microseconds; null where nothing was timed. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly errors: number;
}

export interface Measurement {
  readonly label: string;
  readonly program: string;
  readonly version: string;
  readonly samples: readonly Sample[];
  /** Medians of the samples; errors are summed. Null: it did not run, and `skipped` says why. */
  readonly median: Sample | null;
  readonly skipped: string | null;
}

export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly measurements: readonly Measurement[];
}

export function measured(contender: Contender, samples: readonly Sample[]): Measurement {
  const middle = (pick: (sample: Sample) => number | null): number | null => {
    const values = samples.map(pick).filter((value) => value !== null).sort((a, b) => a - b);
    return values.length === 0 ? null : (values[Math.floor((values.length - 1) / 2)]! + values[Math.ceil((values.length - 1) / 2)]!) / 2;
  };
  const cost = middle((sample) => sample.cost);
  return {
    label: contender.label,
    program: contender.program,
    version: contender.version ?? 'absent',
    samples,
    median:
      cost === null
        ? null
        : {
            cost, rate: middle((s) => s.rate), p50: middle((s) => s.p50), p99: middle((s) => s.p99), p999: middle((s) => s.p999),
            errors: samples.reduce((sum, sample) => sum + sample.errors, 0),
          },
    skipped: cost === null ? 'no run succeeded' : null,
  };
}

export function skipped(contender: Contender, why: string): Measurement {
  return { label: contender.label, program: contender.program, version: contender.version ?? 'absent', samples: [], median: null, skipped: why };
}

/** Cost of one contender over that of another in the same row; null when either did not run. */
export function ratio(row: RowResult | undefined, label: string, of: string): number | null {
  const cost = (wanted: string): number | null => row?.measurements.find((m) => m.label === wanted)?.median?.cost ?? null;
  const [above, below] = [cost(label), cost(of)];
  return above === null || below === null || below === 0 ? null : above / below;
}
