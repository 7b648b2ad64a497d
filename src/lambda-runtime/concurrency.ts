import { accountOf, type FunctionDefinition, regionOf } from './definition.ts';
import type { ThrottleReason } from './invocation.ts';

/** Invocations under way against one limit. */
interface Gate {
  running: number;
  limit: number;
  readonly reason: ThrottleReason;
}

/**
 * Who may run at the same time: a function with reserved concurrency has that for itself; all others of an account and region share what is left.
 * Versions of a function share its reservation. https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class Concurrency {
  readonly #accountLimit: number;
  readonly #reserved = new Map<string, Gate>();
  readonly #pools = new Map<string, Gate>();
  readonly #provisioned = new Map<string, Gate>();
  /** In the order in which they are tried. */
  #gatesOf = new Map<string, readonly Gate[]>();

  constructor(accountLimit: number) {
    this.#accountLimit = accountLimit;
  }

  /** Takes over the functions' reservations; invocations under way keep counting where they began. */
  update(definitions: Iterable<FunctionDefinition>): void {
    const gatesOf = new Map<string, readonly Gate[]>();
    const provisioned = new Set<string>();
    const reservedSum = new Map<string, number>();
    const seen = new Set<string>();
    for (const definition of definitions) {
      const pool = `${accountOf(definition.id)} ${regionOf(definition.id)}`;
      if (definition.concurrency === null) {
        const shared = gate(this.#pools, pool, 'ConcurrentInvocationLimitExceeded');
        if (definition.provisioned === 0) gatesOf.set(definition.id, [shared]);
        else {
          // What is provisioned is set apart; what comes beyond it takes from what all share.
          const own = gate(this.#provisioned, definition.id, 'ConcurrentInvocationLimitExceeded');
          own.limit = definition.provisioned;
          provisioned.add(definition.id);
          reservedSum.set(pool, (reservedSum.get(pool) ?? 0) + definition.provisioned);
          gatesOf.set(definition.id, [own, shared]);
        }
        continue;
      }
      const owner = definition.id.split(':').slice(0, 7).join(':');
      const own = gate(this.#reserved, owner, 'ReservedFunctionConcurrentInvocationLimitExceeded');
      own.limit = definition.concurrency;
      gatesOf.set(definition.id, [own]);
      if (!seen.has(owner)) reservedSum.set(pool, (reservedSum.get(pool) ?? 0) + definition.concurrency);
      seen.add(owner);
    }
    for (const [pool, shared] of this.#pools) shared.limit = Math.max(this.#accountLimit - (reservedSum.get(pool) ?? 0), 0);
    for (const owner of this.#reserved.keys()) if (!seen.has(owner)) this.#reserved.delete(owner);
    for (const id of this.#provisioned.keys()) if (!provisioned.has(id)) this.#provisioned.delete(id);
    this.#gatesOf = gatesOf;
  }

  /** Counts an invocation in: the way to count it out again, or why it may not run. */
  enter(id: string): (() => void) | ThrottleReason {
    const gates = this.#gatesOf.get(id);
    if (!gates) return () => {};
    const at = gates.find(({ running, limit }) => running < limit);
    if (!at) return gates.at(-1)!.reason;
    at.running++;
    return () => {
      at.running--;
    };
  }
}

function gate(gates: Map<string, Gate>, key: string, reason: ThrottleReason): Gate {
  let found = gates.get(key);
  if (!found) {
    found = { running: 0, limit: 0, reason };
    gates.set(key, found);
  }
  return found;
}
