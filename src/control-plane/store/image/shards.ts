const SHARDS = 128;

interface Shard<V> {
  owner: object | null;
  readonly entries: Map<string, V>;
}

/**
 * A map of strings with cheap copies: a draft copies only the shards that it writes to, so a commit of one row among ten thousand copies about
 * eighty entries and not all of them. Like `Rows`, a shard belongs to the draft that made it and is fixed afterwards.
 */
export class Shards<V> {
  #owner: object | null;
  readonly #shards: (Shard<V> | undefined)[];

  constructor(owner: object | null = null, shards: (Shard<V> | undefined)[] = Array.from({ length: SHARDS })) {
    this.#owner = owner;
    this.#shards = shards;
  }

  get(key: string): V | undefined {
    return this.#shards[shardOf(key)]?.entries.get(key);
  }

  *entries(): Generator<[string, V]> {
    for (const shard of this.#shards) if (shard) yield* shard.entries;
  }

  writable(owner: object): Shards<V> {
    return this.#owner === owner ? this : new Shards(owner, this.#shards.slice());
  }

  /** Only on what `writable(owner)` returned. */
  set(key: string, value: V): void {
    this.#own(shardOf(key)).set(key, value);
  }

  /** Only on what `writable(owner)` returned. */
  delete(key: string): void {
    this.#own(shardOf(key)).delete(key);
  }

  #own(index: number): Map<string, V> {
    const shard = this.#shards[index];
    if (shard && shard.owner === this.#owner) return shard.entries;
    const copy: Shard<V> = { owner: this.#owner, entries: new Map(shard?.entries) };
    this.#shards[index] = copy;
    return copy.entries;
  }
}

/** FNV-1a over the end of the key: ids and ARNs differ there. */
function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = Math.max(0, key.length - 24); i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & (SHARDS - 1);
}
