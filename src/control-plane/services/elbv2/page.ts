import { validationError } from './error.ts';

/** One page of a list, by `Marker` and `PageSize`. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Spread into the answer: `NextMarker` where there is more. */
  readonly next: { NextMarker?: string };
}

interface Asked {
  readonly Marker?: string | undefined;
  readonly PageSize?: number | undefined;
}

/** AWS's largest and default page. */
const LARGEST = 400;

/**
 * A marker holds the position and the id of the last item shown: when that item is still there the next page begins after it, so that deletions
 * before it skip nothing.
 */
export function page<T>(all: readonly T[], asked: Asked, idOf: (item: T) => string): Page<T> {
  const size = Math.min(asked.PageSize ?? LARGEST, LARGEST);
  const start = asked.Marker === undefined ? 0 : after(all, asked.Marker, idOf);
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  if (last === undefined || start + size >= all.length) return { items, next: {} };
  return { items, next: { NextMarker: Buffer.from(`${start + size}:${idOf(last)}`).toString('base64') } };
}

function after<T>(all: readonly T[], marker: string, idOf: (item: T) => string): number {
  const match = /^(\d{1,9}):(.+)$/s.exec(Buffer.from(marker, 'base64').toString());
  if (!match) throw validationError(`'${marker}' is not a valid marker`);
  const position = Number(match[1]);
  const found = all.findIndex((item) => idOf(item) === match[2]);
  return found === -1 ? position : found + 1;
}
