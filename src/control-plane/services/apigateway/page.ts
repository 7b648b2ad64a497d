import { InvalidMarker, paginate } from '../../../aws/index.ts';
import { badRequest } from './error.ts';
import type { PageRequest } from './wire.ts';

/** "The default value is 25 and the maximum value is 500." */
const USUAL = 25;
const MOST = 500;

export interface Listed<T> {
  readonly items: readonly T[];
  readonly position?: string;
}

/** One page of what is in order of creation. */
export function page<T extends { readonly id: string }>(all: readonly T[], { position, limit = USUAL }: PageRequest, scope: string): Listed<T> {
  if (limit < 1) throw badRequest('Limit value must be greater than 0');
  try {
    const { items, next } = paginate(all, { marker: position, limit: Math.min(limit, MOST), key: ({ id }) => id, scope });
    return next === null ? { items } : { items, position: next };
  } catch (error) {
    if (error instanceof InvalidMarker) throw badRequest('Invalid position parameter specified');
    throw error;
  }
}
