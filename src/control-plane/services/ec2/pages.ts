import { AwsError } from '../../../aws/index.ts';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextToken: string | undefined;
}

/** One page of what is in order of creation. The token names the last noun shown, so that pages stay right while others are created. */
export function page<T extends { readonly id: string }>(nouns: readonly T[], request: PageRequest, [least, most]: readonly [number, number] = [5, 1000]): Page<T> {
  const size = request.MaxResults;
  if (size !== undefined && (size < least || size > most)) {
    throw new AwsError('InvalidParameterValue', `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`);
  }
  const start = request.NextToken ? startAfter(nouns, request.NextToken) : 0;
  const items = size === undefined ? nouns.slice(start) : nouns.slice(start, start + size);
  const end = start + items.length;
  return { items, nextToken: end < nouns.length ? encode(items.at(-1)!.id, end) : undefined };
}

function encode(id: string, index: number): string {
  return Buffer.from(JSON.stringify([id, index])).toString('base64url');
}

function startAfter(nouns: readonly { readonly id: string }[], token: string): number {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    parsed = null;
  }
  if (!Array.isArray(parsed) || typeof parsed[0] !== 'string' || typeof parsed[1] !== 'number') {
    throw new AwsError('InvalidParameterValue', `Unable to parse pagination token`);
  }
  const [id, index] = parsed as [string, number];
  const at = nouns.findIndex((noun) => noun.id === id);
  // The noun has gone since: go on from the place where it was.
  return at >= 0 ? at + 1 : Math.min(Math.max(index - 1, 0), nouns.length);
}
