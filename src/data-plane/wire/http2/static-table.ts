import { field, type HeaderField } from './field.ts';

const ENTRIES: readonly (readonly [name: string, value?: string])[] = [
  [':authority'], [':method', 'GET'], [':method', 'POST'], [':path', '/'], [':path', '/index.html'], [':scheme', 'http'], [':scheme', 'https'],
  [':status', '200'], [':status', '204'], [':status', '206'], [':status', '304'], [':status', '400'], [':status', '404'], [':status', '500'],
  ['accept-charset'], ['accept-encoding', 'gzip, deflate'], ['accept-language'], ['accept-ranges'], ['accept'], ['access-control-allow-origin'],
  ['age'], ['allow'], ['authorization'], ['cache-control'], ['content-disposition'], ['content-encoding'], ['content-language'], ['content-length'],
  ['content-location'], ['content-range'], ['content-type'], ['cookie'], ['date'], ['etag'], ['expect'], ['expires'], ['from'], ['host'],
  ['if-match'], ['if-modified-since'], ['if-none-match'], ['if-range'], ['if-unmodified-since'], ['last-modified'], ['link'], ['location'],
  ['max-forwards'], ['proxy-authenticate'], ['proxy-authorization'], ['range'], ['referer'], ['refresh'], ['retry-after'], ['server'],
  ['set-cookie'], ['strict-transport-security'], ['transfer-encoding'], ['user-agent'], ['vary'], ['via'], ['www-authenticate'],
];

/** RFC 7541 appendix A; the first has index 1, so that there is nothing at 0. */
export const STATIC: readonly (HeaderField | undefined)[] = [undefined, ...ENTRIES.map(([name, value = '']) => field(name, value))];

/** Index of the first dynamic entry. */
export const FIRST_DYNAMIC = STATIC.length;

/** Lowest index with a name. */
export const STATIC_NAMES: ReadonlyMap<string, number> = (() => {
  const names = new Map<string, number>();
  for (let i = 1; i < STATIC.length; i++) if (!names.has(STATIC[i]!.name)) names.set(STATIC[i]!.name, i);
  return names;
})();
