import { invalid } from './error.ts';

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** Lambda shows at most fifty, whatever MaxItems says. */
const MOST = 50;

/** One page of what is in order. The marker names the last one shown, so that pages stay right while others come and go. */
export function page<T extends { readonly id: string }>(all: readonly T[], request: PageRequest): { readonly items: readonly T[]; readonly marker: string | undefined } {
  const start = request.Marker === undefined || request.Marker === '' ? 0 : after(all, request.Marker);
  const size = Math.min(request.MaxItems ?? MOST, MOST);
  const items = all.slice(start, start + size);
  const end = start + items.length;
  return { items, marker: end < all.length ? Buffer.from(JSON.stringify([items.at(-1)!.id, end])).toString('base64url') : undefined };
}

function after(all: readonly { readonly id: string }[], marker: string): number {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(marker, 'base64url').toString());
  } catch {
    read = null;
  }
  const [id, position] = Array.isArray(read) ? (read as unknown[]) : [];
  if (typeof id !== 'string' || typeof position !== 'number') throw invalid('Invalid Marker: pass the NextMarker of the page before.');
  const at = all.findIndex((each) => each.id === id);
  // It has gone since: go on from where it was.
  return at >= 0 ? at + 1 : Math.min(Math.max(position - 1, 0), all.length);
}
