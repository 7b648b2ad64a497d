import { join } from 'node:path';
import type { RunningTurnpike } from '../turnpike.ts';
import type { HeapReport } from './heap-probe.ts';

/** What `startTurnpike` has to be given for `usedHeaps`. */
export const HEAP_PROBE: readonly string[] = ['--import', join(import.meta.dirname, 'heap-probe.ts')];

/** Bytes in use after a full collection, by thread. Holds each thread up for some hundred ms. */
export async function usedHeaps(turnpike: RunningTurnpike): Promise<HeapReport['heaps']> {
  const { url } = await turnpike.line('heap-probe');
  return ((await (await fetch(String(url))).json()) as HeapReport).heaps;
}

export function sum(heaps: HeapReport['heaps']): number {
  return Object.values(heaps).reduce((all, one) => all + one, 0);
}
