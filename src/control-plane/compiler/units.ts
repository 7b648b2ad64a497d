import type { Kind, ResourceByKind } from '../resources/index.ts';
import { freeze, shared, type Diagnostic } from '../../snapshot/index.ts';
import type { Reader, World } from './world.ts';

/**
 * The compiler's memory. A unit is a piece of the snapshot that is made from some resources (a listener's, a pool). Everything that its maker
 * reads is recorded; as long as the same reads give the same objects again, the piece made last is still right and is not made anew. Nobody
 * lists what a piece depends on, so nobody can forget something.
 */
export class Units {
  #units = new Map<string, Unit>();

  round(world: World, now: number): Round {
    const kept = new Map<string, Unit>();
    const before = this.#units;
    this.#units = kept;
    return new Round({ world, now, before, kept });
  }
}

interface Unit {
  readonly trace: Trace;
  readonly product: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a maker is given: recorded reads, and the way to say what is wrong. */
export interface Maker extends Reader {
  /** Whether `time` (milliseconds) is still to come. */
  isAhead(time: number): boolean;
  tell(diagnostic: Diagnostic): void;
}

interface Memory {
  readonly world: World;
  readonly now: number;
  readonly before: ReadonlyMap<string, Unit>;
  readonly kept: Map<string, Unit>;
}

/** One run of the compiler. Units that a run does not ask for are forgotten with the next. */
export class Round {
  readonly #memory: Memory;
  readonly diagnostics: Diagnostic[] = [];
  /** When a product will change though no resource does; null: never. */
  validUntil: number | null = null;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** The product of the unit `key`, made by `make` where it has to be. Equal products keep their identity, whole and in parts. */
  unit<T>(key: string, make: (maker: Maker) => T): T {
    const { world, now, before, kept } = this.#memory;
    let unit = kept.get(key);
    if (!unit) {
      const last = before.get(key);
      try {
        unit = last?.trace.holds(world, now) ? last : made(new Trace(world, now), make, last);
      } catch (error) {
        // What is wrong is of our own making, or was stored by a build whose resources had another form: whoever reads of it must know which one it is.
        throw new Error(`${key} could not be compiled: ${(error as Error).message}`, { cause: error });
      }
      kept.set(key, unit);
      for (const diagnostic of unit.diagnostics) this.diagnostics.push(diagnostic);
      const turn = unit.trace.nextTurn(now);
      if (turn !== null && (this.validUntil === null || turn < this.validUntil)) this.validUntil = turn;
    }
    return unit.product as T;
  }
}

function made(trace: Trace, make: (maker: Maker) => unknown, last: Unit | undefined): Unit {
  const product = freeze(shared(last?.product, make(trace)));
  return { trace, product, diagnostics: shared(last?.diagnostics, trace.diagnostics) };
}

/** Reads that remember what they gave. Repeated ones are recorded once. */
class Trace implements Maker {
  readonly #world: World;
  readonly #now: number;
  readonly #gets = new Map<Kind, Map<string, unknown>>();
  readonly #children = new Map<Kind, Map<string, readonly unknown[]>>();
  readonly #times = new Map<number, boolean>();
  readonly diagnostics: Diagnostic[] = [];

  constructor(world: World, now: number) {
    this.#world = world;
    this.#now = now;
  }

  get<K extends Kind>(kind: K, id: string): ResourceByKind[K] | undefined {
    const gets = recordsOf(this.#gets, kind);
    if (gets.has(id)) return gets.get(id) as ResourceByKind[K] | undefined;
    const resource = this.#world.get(kind, id);
    gets.set(id, resource);
    return resource;
  }

  children<K extends Kind>(kind: K, parent: string): readonly ResourceByKind[K][] {
    const resources = this.#world.children(kind, parent);
    recordsOf(this.#children, kind).set(parent, resources);
    return resources;
  }

  isAhead(time: number): boolean {
    const ahead = this.#now < time;
    this.#times.set(time, ahead);
    return ahead;
  }

  tell(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  /** The first of the times asked for that is still to come at `now`. */
  nextTurn(now: number): number | null {
    let next: number | null = null;
    for (const time of this.#times.keys()) if (time > now && (next === null || time < next)) next = time;
    return next;
  }

  /** Whether every read would give the same again. */
  holds(world: World, now: number): boolean {
    for (const [time, ahead] of this.#times) if (now < time !== ahead) return false;
    for (const [kind, gets] of this.#gets) for (const [id, resource] of gets) if (world.get(kind, id) !== resource) return false;
    for (const [kind, lists] of this.#children) for (const [parent, list] of lists) if (!sameItems(world.children(kind, parent), list)) return false;
    return true;
  }
}

function recordsOf<T>(records: Map<Kind, Map<string, T>>, kind: Kind): Map<string, T> {
  let found = records.get(kind);
  if (!found) records.set(kind, (found = new Map()));
  return found;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
