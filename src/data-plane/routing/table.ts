import { blockKey } from './address.ts';
import type { Anchor } from './anchor.ts';
import type { CompiledCondition } from './condition.ts';
import type { RequestView } from './request-view.ts';
import type { Searchable } from './search.ts';
import { TextIndex } from './text-index.ts';

/** A route on its way into the index. */
export interface Entry {
  /** Its precedence: 0 is asked first. */
  readonly position: number;
  /** Conditions that the way to here does not prove. */
  readonly open: readonly CompiledCondition[];
  /** Conditions that it could still be filed under. */
  readonly unused: readonly CompiledCondition[];
  /** How many places of the index the route is in already: a bound on its size. */
  readonly copies: number;
}

/** Tables of that size and below are simply gone through. */
const SMALL = 4;
/** A route is never filed in more places than that; beyond, it is gone through. */
const MOST_COPIES = 256;

interface Candidate {
  readonly position: number;
  readonly open: readonly CompiledCondition[];
}

/**
 * An index of routes. Each route is filed under that one of its conditions which the fewest others share (all of its values, so that whichever
 * holds, the route is found); what is filed together and is still many is filed again under the remaining conditions. A request meets the
 * few routes whose filed conditions it satisfies, and those that nothing could file; the rest cost nothing.
 */
export class Table implements Searchable {
  readonly #first: number;
  readonly #candidates: readonly Candidate[];
  #host: TextIndex | null = null;
  #path: TextIndex | null = null;
  #method: TextIndex | null = null;
  #sources: SourceIndex | null = null;
  #headers: HeaderIndex[] | null = null;
  #queryValue: TextIndex | null = null;
  #queryParameters: Map<string, TextIndex> | null = null;

  /** `entries` in order of position. */
  constructor(entries: readonly Entry[]) {
    this.#first = entries[0]?.position ?? Number.POSITIVE_INFINITY;
    const { filed, rest } = file(entries);
    this.#candidates = untilCertain(rest);
    for (const { anchor, entries: together } of filed) this.#set(anchor, new Table(together));
  }

  search(view: RequestView, best: number): number {
    if (this.#first >= best) return best;
    const candidates = this.#candidates;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      if (candidate.position >= best) break;
      if (holds(candidate.open, view)) {
        best = candidate.position;
        break;
      }
    }
    if (this.#host !== null) best = this.#host.search(view.host, view, best);
    if (this.#path !== null) best = this.#path.search(view.path, view, best);
    if (this.#method !== null) best = this.#method.search(view.method, view, best);
    if (this.#sources !== null) best = this.#sources.search(view, best);
    if (this.#headers !== null) for (let i = 0; i < this.#headers.length; i++) best = this.#headers[i]!.search(view, best);
    if (this.#queryValue !== null || this.#queryParameters !== null) best = this.#searchQuery(view, best);
    return best;
  }

  #searchQuery(view: RequestView, best: number): number {
    view.readQuery();
    for (let i = 0; i < view.parameters; i++) {
      const value = view.values[i]!;
      if (this.#queryValue !== null) best = this.#queryValue.search(value, view, best);
      const named = this.#queryParameters === null ? undefined : this.#queryParameters.get(view.keys[i]!);
      if (named !== undefined) best = named.search(value, view, best);
    }
    return best;
  }

  #set(anchor: Anchor, table: Table): void {
    switch (anchor.subject) {
      case 'host':
        return (this.#host ??= new TextIndex()).set(anchor.key, table);
      case 'path':
        return (this.#path ??= new TextIndex()).set(anchor.key, table);
      case 'method':
        return (this.#method ??= new TextIndex()).set(anchor.key, table);
      case 'query-value':
        return (this.#queryValue ??= new TextIndex()).set(anchor.key, table);
      case 'query-parameter': {
        const named = (this.#queryParameters ??= new Map());
        if (!named.has(anchor.name)) named.set(anchor.name, new TextIndex());
        return named.get(anchor.name)!.set(anchor.key, table);
      }
      case 'header': {
        const headers = (this.#headers ??= []);
        let index = headers.find(({ slot }) => slot === anchor.slot);
        if (!index) headers.push((index = new HeaderIndex(anchor.slot)));
        return index.values.set(anchor.key, table);
      }
      case 'source-ip':
        return (this.#sources ??= new SourceIndex()).set(anchor.block, table);
    }
  }
}

class HeaderIndex {
  readonly slot: number;
  readonly values = new TextIndex();

  constructor(slot: number) {
    this.slot = slot;
  }

  search(view: RequestView, best: number): number {
    const values = view.header(this.slot);
    for (let i = 0; i < values.length; i++) best = this.values.search(values[i]!, view, best);
    return best;
  }
}

/** Blocks by the length of their prefix: one look-up for each length that occurs. */
class SourceIndex {
  readonly #lengths: { readonly family: 0 | 4 | 6; readonly length: number; readonly blocks: Map<number, Table> }[] = [];

  set(block: { readonly family: 0 | 4 | 6; readonly length: number; readonly key: number }, table: Table): void {
    let row = this.#lengths.find(({ family, length }) => family === block.family && length === block.length);
    if (!row) this.#lengths.push((row = { family: block.family, length: block.length, blocks: new Map() }));
    row.blocks.set(block.key, table);
  }

  search(view: RequestView, best: number): number {
    const address = view.address;
    for (let i = 0; i < this.#lengths.length; i++) {
      const row = this.#lengths[i]!;
      if (row.family !== address.family) continue;
      const found = row.blocks.get(blockKey(address, row.length));
      if (found !== undefined) best = found.search(view, best);
    }
    return best;
  }
}

function holds(conditions: readonly CompiledCondition[], view: RequestView): boolean {
  for (let i = 0; i < conditions.length; i++) if (conditions[i]!.matching(view) < 0) return false;
  return true;
}

/** Nothing after a route that certainly matches can be reached. */
function untilCertain(entries: readonly Entry[]): Candidate[] {
  const certain = entries.findIndex(({ open }) => open.length === 0);
  const reachable = certain < 0 ? entries : entries.slice(0, certain + 1);
  return reachable.map(({ position, open }) => ({ position, open }));
}

interface Group {
  readonly anchor: Anchor;
  readonly entries: Entry[];
}

const NOTHING_FILED: readonly Group[] = [];

function file(entries: readonly Entry[]): { readonly filed: Iterable<Group>; readonly rest: readonly Entry[] } {
  if (entries.length <= SMALL) return { filed: NOTHING_FILED, rest: entries };
  const sharing = new Map<number, number>();
  for (const { unused } of entries) {
    for (const { filings } of unused) for (const { id } of filings) sharing.set(id, (sharing.get(id) ?? 0) + 1);
  }
  const groups = new Map<number, Group>();
  const rest: Entry[] = [];
  for (const entry of entries) {
    const chosen = rarest(entry, sharing, entries.length);
    if (chosen === null) {
      rest.push(entry);
      continue;
    }
    const proven = without(entry.open, chosen);
    const unused = without(entry.unused, chosen);
    const copies = entry.copies * chosen.filings.length;
    for (const { id, anchor, proves } of chosen.filings) {
      let group = groups.get(id);
      if (!group) groups.set(id, (group = { anchor, entries: [] }));
      group.entries.push({ position: entry.position, open: proves ? proven : entry.open, unused, copies });
    }
  }
  return { filed: groups.values(), rest };
}

/** The condition whose commonest value the fewest entries share; null where none would make the table smaller. */
function rarest(entry: Entry, sharing: ReadonlyMap<number, number>, total: number): CompiledCondition | null {
  let chosen: CompiledCondition | null = null;
  let least = total;
  for (const condition of entry.unused) {
    const { filings } = condition;
    if (filings.length === 0 || entry.copies * filings.length > MOST_COPIES) continue;
    let most = 0;
    for (const { id } of filings) most = Math.max(most, sharing.get(id)!);
    if (most < least) {
      least = most;
      chosen = condition;
    }
  }
  return chosen;
}

const NO_CONDITIONS: readonly CompiledCondition[] = [];

function without(conditions: readonly CompiledCondition[], one: CompiledCondition): readonly CompiledCondition[] {
  if (conditions.length === 1 && conditions[0] === one) return NO_CONDITIONS;
  return conditions.filter((condition) => condition !== one);
}
