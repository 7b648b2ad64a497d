import type { Kind, ResourceByKind } from '../resources/index.ts';

/** What the compiler reads of the resources: the read side of the store's `World`, which satisfies it as it is. */
export interface World extends Reader {
  readonly revision: number;
  /** All of a kind, in order of creation. */
  list<K extends Kind>(kind: K): readonly ResourceByKind[K][];
}

/** Reads of single resources. What did not change comes back as the same object (`===`). */
export interface Reader {
  get<K extends Kind>(kind: K, id: string): ResourceByKind[K] | undefined;
  /** Those whose `parent` is the given id, in order of creation. */
  children<K extends Kind>(kind: K, parent: string): readonly ResourceByKind[K][];
}
