import type { RequestView } from './request-view.ts';

/** A part of the index: the best (lowest) position among its routes that match, or `best` where none is better. */
export interface Searchable {
  search(view: RequestView, best: number): number;
}
