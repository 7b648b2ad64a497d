import type { FunctionReference } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import { qualifiedArn, resolve, type Resolved } from './lookup.ts';

/** Which version of an alias with a routing configuration is next: each gets its share to within one invocation. */
export class AliasTurns {
  /** By alias: its configuration, and what the additional version is owed. */
  readonly #turns = new Map<string, { readonly routing: unknown; owed: number }>();

  resolve(world: World, found: FunctionReference): Resolved {
    const arn = qualifiedArn(found);
    const routing = world.get('lambda/alias', arn)?.routing ?? null;
    if (routing === null) {
      this.#turns.delete(arn);
      return resolve(world, found);
    }
    let turn = this.#turns.get(arn);
    if (turn?.routing !== routing) {
      turn = { routing, owed: 0 };
      this.#turns.set(arn, turn);
    }
    turn.owed += routing.weight;
    // half a turn early: its first one is then in the middle of what it is due after
    const moved = turn.owed >= 0.5 && routing.weight > 0;
    if (moved) turn.owed -= 1;
    return resolve(world, found, moved ? 0 : 1);
  }
}
