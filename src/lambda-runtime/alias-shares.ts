import type { FunctionDefinition } from './definition.ts';

interface Share {
  readonly id: string;
  readonly weight: number;
  /** What it is owed: its weights so far less the invocations that it had. */
  owed: number;
}

/**
 * Aliases that divide their invocations among versions. The next goes to the version that is owed most, so that after n invocations each has had its share to
 * within one: no dice, and nothing to test statistically.
 */
export class AliasShares {
  #aliases = new Map<string, readonly Share[]>();

  update(definitions: Iterable<FunctionDefinition>): void {
    const next = new Map<string, Share[]>();
    for (const { id, aliases } of definitions) {
      for (const [alias, weight] of Object.entries(aliases)) {
        const owed = this.#aliases.get(alias)?.find((share) => share.id === id && share.weight === weight)?.owed ?? 0;
        const shares = next.get(alias) ?? [];
        shares.push({ id, weight, owed });
        next.set(alias, shares);
      }
    }
    this.#aliases = next;
  }

  has(arn: string): boolean {
    return this.#aliases.has(arn);
  }

  /** Whose turn it is; what is no such alias stands for itself. */
  resolve(arn: string): string {
    const shares = this.#aliases.get(arn);
    if (!shares) return arn;
    let chosen = shares[0]!;
    for (const share of shares) {
      share.owed += share.weight;
      if (share.owed > chosen.owed) chosen = share;
    }
    chosen.owed -= 1;
    return chosen.id;
  }
}
