import type { Clock, Random, Seal } from '../../kernel/index.ts';
import type { Action, Pool } from '../../snapshot/index.ts';
import type { RequestIds, Target } from '../exchange/index.ts';
import { FunctionUrlSignatures, type Signers } from '../policies/index.ts';
import { ForwardTarget, FunctionTarget, FunctionUrlTarget, linkFixedResponse, linkRedirect, StickyPoolsTarget, UnservableTarget, WeightedTarget, type FunctionCaller, type LinkedFunctionPool, type RequestHeadWriter, type StickyEndpoints, type TraceIds, type WeighedPool } from '../targets/index.ts';
import { ApisTarget, type LinkedStage } from './apis/apis-target.ts';
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
  readonly seal: Seal;
  readonly sticky: StickyEndpoints;
  readonly traceIds: TraceIds;
  readonly clock: Clock;
  readonly signers: () => Signers;
  /** The stages that entrances lead to. */
  readonly apis: { readonly stages: ReadonlyMap<string, LinkedStage>; readonly requestIds: RequestIds };
}

/** Makes the target that performs an action. */
export function linkAction(action: Action, context: ActionContext): Target {
  switch (action.kind) {
    case 'forward': {
      const choices = action.pools.map(({ pool, weight }) => ({ item: linkPool(pool, context), weight }));
      return choices.length === 1 ? choices[0]!.item : new WeightedTarget(new WeightedChoice(choices, context.random));
    }
    case 'sticky-forward': {
      const pools = action.pools.map(({ pool, weight }): WeighedPool => ({ id: pool, weight, target: linkPool(pool, context) }));
      const choice = new WeightedChoice(pools.map((item) => ({ item, weight: item.weight })), context.random);
      return new StickyPoolsTarget(pools, { choice, seal: context.seal, durationMs: action.durationMs });
    }
    case 'redirect':
      return linkRedirect(action);
    case 'fixed-response':
      return linkFixedResponse(action);
    case 'apis':
      return new ApisTarget(action, context.apis);
    case 'function-url': {
      const { caller, random, traceIds, signers, clock } = context;
      const signatures = action.auth === 'iam' ? new FunctionUrlSignatures(action, { signers, clock }) : null;
      return new FunctionUrlTarget(action, { caller, random, traceIds, signed: signatures && ((exchange, body) => signatures.caller(exchange, body)) });
    }
    case 'unservable':
      return new UnservableTarget(action.status, action.why);
  }
}

function linkPool(id: string, { pools, head, caller, sticky }: ActionContext): Target {
  const link = pools.get(id);
  switch (link?.kind) {
    case 'http':
      return new ForwardTarget(link.linked, { head, sticky });
    case 'function':
      return new FunctionTarget(link.linked, { head, caller });
    case undefined:
      return new UnservableTarget(503, `the snapshot has no pool ${id}`);
  }
}
