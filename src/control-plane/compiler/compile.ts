import { emptySnapshot, freeze, shared, type Diagnostic, type Snapshot } from '../../snapshot/index.ts';
import { compileApis } from './apigatewayv2/apis.ts';
import { compileLoadBalancers } from './elbv2/load-balancers.ts';
import { Rules } from './elbv2/rule.ts';
import type { Installation } from './installation.ts';
import { compileFunctions } from './lambda/functions.ts';
import { Units } from './units.ts';
import type { World } from './world.ts';

export interface Compiled {
  readonly snapshot: Snapshot;
  /** What is not served as its owner may expect. */
  readonly diagnostics: readonly Diagnostic[];
  /** When the result will change though no resource does (draining ends), milliseconds since the epoch: compile again then. Null: never. */
  readonly validUntil: number | null;
}

/**
 * Resources become a snapshot. The result depends on nothing but the arguments; what a compiler remembers makes the next run cheap and lets
 * everything that did not change keep its identity, in the snapshot and in the diagnostics.
 */
export class Compiler {
  readonly #units = new Units();
  readonly #rules = new Rules();
  #last: Compiled = { snapshot: emptySnapshot, diagnostics: [], validUntil: null };

  compile(world: World, installation: Installation): Compiled {
    const round = this.#units.round(world, installation.now);
    const balancers = compileLoadBalancers(world, installation, { round, rules: this.#rules });
    const apis = compileApis(world, { installation, round, balancers: balancers.listeners });
    const functions = compileFunctions(world, round);
    const compiled: Compiled = {
      snapshot: {
        format: 1,
        revision: world.revision,
        listeners: byId([...balancers.listeners, ...apis.listeners]),
        pools: byId(balancers.pools),
        certificates: byId([...balancers.certificates, ...apis.certificates]),
        functions: byId(functions),
        stages: byId(apis.stages),
        plans: byId(apis.plans),
        identities: byId(apis.identities),
      },
      diagnostics: [...round.diagnostics, ...balancers.diagnostics, ...apis.diagnostics],
      validUntil: round.validUntil,
    };
    this.#last = freeze(shared(this.#last, compiled));
    return this.#last;
  }
}

/** One run from nothing. */
export function compile(world: World, installation: Installation): Compiled {
  return new Compiler().compile(world, installation);
}

function byId<Node extends { readonly id: string }>(nodes: readonly Node[]): Readonly<Record<string, Node>> {
  return Object.fromEntries(nodes.map((node) => [node.id, node]));
}
