import { basename } from 'node:path';
import type { Measurement, RowResult } from '../measurement.ts';
import type { RowSettings } from './list.ts';
import type { Row } from './row.ts';

/** Rows with the Turnpikes of other checkouts besides, labelled with the names of their folders: what a change costs or saves, round by round. */
export async function withCheckouts(rows: readonly Row[], folders: readonly string[], settings: RowSettings): Promise<readonly Row[]> {
  const lists = await Promise.all(folders.map(async (folder) => ((await import(`${folder}/bench/rows/list.ts`)) as { rowList(settings: RowSettings): readonly Row[] }).rowList(settings)));
  return rows.map((row) => {
    const others = folders.map((folder, index) => {
      const theirs = lists[index]!.find(({ name }) => name === row.name)?.contenders ?? [];
      return theirs.filter(({ program }) => program === 'turnpike').map((contender) => ({ ...contender, label: `${contender.label} (${basename(folder)})` }));
    });
    return { ...row, contenders: [...row.contenders, ...others.flat()] };
  });
}

/** What each costs in comparison with the first peer (where there is none: with the first), round by round: the middle ratio and its quartiles. */
export function pairs({ measurements }: RowResult): readonly string[] {
  const measured = measurements.filter(({ samples }) => samples.length > 0);
  const reference = measured.find(({ program }) => program !== 'turnpike') ?? measured[0];
  if (reference === undefined) return [];
  return measured.filter((one) => one !== reference).map((one) => `${one.label}: ${quartiles(one, reference)} x ${reference.label}`);
}

function quartiles(one: Measurement, reference: Measurement): string {
  const ratios = one.samples.map(({ cost }, round) => cost / reference.samples[round]!.cost).sort((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => ratios[Math.floor((ratios.length - 1) * part)]!.toFixed(3));
  return `${middle} (${low} to ${high})`;
}
