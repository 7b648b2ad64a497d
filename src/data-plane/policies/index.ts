import type { PolicyByKind } from '../../snapshot/index.ts';
import type { Step } from '../exchange/index.ts';
import { linkTransform } from './transform/transform.ts';

/** How each kind of policy becomes a step. A kind added to `PolicyByKind` does not type-check until it has its entry here. */
export type StepFactories = { readonly [K in keyof PolicyByKind]: (settings: PolicyByKind[K]) => Step };

export const stepFactories: StepFactories = {
  transform: linkTransform,
};

/** The step of one policy, made when its generation is linked. */
export function linkStep<K extends keyof PolicyByKind>({ kind, settings }: { readonly kind: K; readonly settings: PolicyByKind[K] }): Step {
  const make: (settings: PolicyByKind[K]) => Step = stepFactories[kind];
  return make(settings);
}
