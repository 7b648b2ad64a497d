import { LiteralTree } from './literal-tree.ts';
import type { RequestView } from './request-view.ts';
import type { Searchable } from './search.ts';
import type { TextKey } from './wildcard.ts';

/** Finds what is filed under a text, under its beginnings and under its ends. */
export class TextIndex {
  #exact: Map<string, Searchable> | null = null;
  #prefixes: LiteralTree | null = null;
  #suffixes: LiteralTree | null = null;

  set(key: TextKey, found: Searchable): void {
    switch (key.shape) {
      case 'exact':
        (this.#exact ??= new Map()).set(key.text, found);
        return;
      case 'prefix':
        (this.#prefixes ??= new LiteralTree(false)).set(key.text, found);
        return;
      case 'suffix':
        (this.#suffixes ??= new LiteralTree(true)).set(key.text, found);
        return;
    }
  }

  search(text: string, view: RequestView, best: number): number {
    if (this.#exact !== null) {
      const found = this.#exact.get(text);
      if (found !== undefined) best = found.search(view, best);
    }
    if (this.#prefixes !== null) best = this.#prefixes.search(text, view, best);
    if (this.#suffixes !== null) best = this.#suffixes.search(text, view, best);
    return best;
  }
}
