import { createHmac } from 'node:crypto';

/** A marker that this program did not make, or not for this list. Each service words it under its own code. */
export class InvalidMarker extends Error {
  override readonly name = 'InvalidMarker';

  constructor() {
    super('The marker is not one that an earlier answer to this operation returned.');
  }
}

export interface Page<T> {
  readonly items: readonly T[];
  /** What the caller hands in for the next page; null on the last one. */
  readonly next: string | null;
}

/**
 * Cuts one page out of `items`, which are in the order of their keys or in a fixed order of their own. A marker names the last item of the page
 * before it, so items that come and go in between neither repeat nor get lost. `scope` ties a marker to one list (operation and filter).
 * Throws InvalidMarker.
 */
export function paginate<T>(
  items: readonly T[],
  options: { readonly marker?: string | null | undefined; readonly limit: number; readonly key: (item: T) => string; readonly scope?: string },
): Page<T> {
  const { limit, key, scope = '' } = options;
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`a page holds at least one item, got a limit of ${limit}`);
  const from = options.marker === undefined || options.marker === null || options.marker === '' ? 0 : startAfter(items, readMarker(options.marker, scope), key);
  const page = items.slice(from, from + limit);
  const last = page.at(-1);
  return { items: page, next: last !== undefined && from + limit < items.length ? writeMarker(key(last), scope) : null };
}

function startAfter<T>(items: readonly T[], last: string, key: (item: T) => string): number {
  const at = items.findIndex((item) => key(item) === last);
  if (at >= 0) return at + 1;
  const later = items.findIndex((item) => key(item) > last);
  return later < 0 ? items.length : later;
}

/**
 * The tag makes altered and invented markers evident. Its key is no secret: a marker grants nothing, a list is read with the caller's rights
 * whatever it says; and a marker must outlive a restart and hold on every node.
 */
function tagOf(key: string, scope: string): string {
  return createHmac('sha256', 'turnpike marker 1').update(`${scope}\n${key}`, 'utf8').digest('base64url').slice(0, 16);
}

function writeMarker(key: string, scope: string): string {
  return `${tagOf(key, scope)}${Buffer.from(key, 'utf8').toString('base64url')}`;
}

function readMarker(marker: string, scope: string): string {
  if (marker.length > 8192 || !/^[A-Za-z0-9_-]{16,}$/.test(marker)) throw new InvalidMarker();
  const key = Buffer.from(marker.slice(16), 'base64url').toString('utf8');
  if (writeMarker(key, scope) !== marker) throw new InvalidMarker();
  return key;
}
