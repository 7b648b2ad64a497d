import { InvalidMarker, paginate } from '../../../aws/index.ts';
import type { Resource } from '../../resources/index.ts';
import { badRequest } from './error.ts';

interface PageRequest {
  readonly MaxResults?: string | number | undefined;
  readonly NextToken?: string | undefined;
}

/** The most that one answer holds, and what it holds where the caller does not say. */
const MOST = 500;

/** One page of what is in order of creation. */
export function page<T extends Resource>(all: readonly T[], request: PageRequest, scope: string): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const limit = size(request.MaxResults);
  try {
    const { items, next } = paginate(all, { marker: request.NextToken, limit, key: (item) => item.id, scope });
    return { items, next: next === null ? {} : { NextToken: next } };
  } catch (error) {
    if (error instanceof InvalidMarker) throw badRequest('Invalid nextToken specified');
    throw error;
  }
}

function size(asked: string | number | undefined): number {
  if (asked === undefined || asked === '') return MOST;
  const number = Number(asked);
  if (!Number.isInteger(number) || number < 1) throw badRequest(`Invalid maxResults specified: ${asked}. It must be a whole number from 1 to ${MOST}`);
  return Math.min(number, MOST);
}
