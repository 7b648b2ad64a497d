import { AwsError } from '../../../aws/index.ts';

export interface MarkerRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface MarkerPage<T> {
  readonly items: readonly T[];
  readonly IsTruncated: boolean;
  readonly Marker: string | undefined;
}

/** One page, in order of `key`; a hundred where the caller names no number. The marker is the key of the last item shown. */
export function markerPage<T>(all: readonly T[], request: MarkerRequest, key: (item: T) => string): MarkerPage<T> {
  const sorted = all.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  const after = request.Marker === undefined ? null : decode(request.Marker);
  const rest = after === null ? sorted : sorted.filter((item) => key(item) > after);
  const items = rest.slice(0, request.MaxItems ?? 100);
  const IsTruncated = items.length < rest.length;
  return { items, IsTruncated, Marker: IsTruncated ? Buffer.from(`m:${key(items.at(-1)!)}`).toString('base64url') : undefined };
}

function decode(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith('m:')) throw new AwsError('ValidationError', `Invalid Marker: ${marker}`);
  return text.slice(2);
}
