import type { Random } from '../../kernel/index.ts';
import type { Action, Pool } from '../../snapshot/index.ts';
import type { Target } from '../exchange/index.ts';
import { ForwardTarget, FunctionTarget, linkFixedResponse, linkRedirect, UnservableTarget, WeightedTarget, type FunctionCaller, type LinkedFunctionPool, type RequestHeadWriter } from '../targets/index.ts';
import { WeightedChoice, type LinkedPool } from '../upstreams/index.ts';

/** A pool in its linked form. */
export type PoolLink =
  | { readonly kind: 'http'; readonly linked: LinkedPool }
  | { readonly kind: 'function'; readonly linked: LinkedFunctionPool };

export interface ActionContext {
  readonly pools: ReadonlyMap<Pool['id'], PoolLink>;
  readonly head: RequestHeadWriter;
  readonly caller: FunctionCaller;
  readonly random: Random;
}

/** Makes the target that performs an action. */
export function linkAction(action: Action, context: ActionContext): Target {
  switch (action.kind) {
    case 'forward': {
      const choices = action.pools.map(({ pool, weight }) => ({ item: linkPool(pool, context), weight }));
      return choices.length === 1 ? choices[0]!.item : new WeightedTarget(new WeightedChoice(choices, context.random));
    }
    case 'redirect':
      return linkRedirect(action);
    case 'fixed-response':
      return linkFixedResponse(action);
    case 'apis':
      return new UnservableTarget(503, 'APIs are not linked yet');
    case 'unservable':
      return new UnservableTarget(action.status, action.why);
  }
}

function linkPool(id: string, { pools, head, caller }: ActionContext): Target {
  const link = pools.get(id);
  switch (link?.kind) {
    case 'http':
      return new ForwardTarget(link.linked, head);
    case 'function':
      return new FunctionTarget(link.linked, { head, caller });
    case undefined:
      return new UnservableTarget(503, `the snapshot has no pool ${id}`);
  }
}
