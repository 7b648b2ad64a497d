import type { PolicyByKind } from '../../snapshot/index.ts';
import type { Step } from '../exchange/index.ts';
import { JwtStep } from './jwt/step.ts';
import { linkTransform } from './transform/transform.ts';
import type { PolicyWorker } from './worker.ts';

export { PolicyWorker } from './worker.ts';

/** How each kind of policy becomes a step. A kind added to `PolicyByKind` does not type-check until it has its entry here. */
export type StepFactories = { readonly [K in keyof PolicyByKind]: (settings: PolicyByKind[K], worker: PolicyWorker) => Step };

export const stepFactories: StepFactories = {
  jwt: (settings, worker) => new JwtStep(settings, worker),
  transform: linkTransform,
};

/** The step of one policy, made when its generation is linked. */
export function linkStep<K extends keyof PolicyByKind>({ kind, settings }: { readonly kind: K; readonly settings: PolicyByKind[K] }, worker: PolicyWorker): Step {
  const make: (settings: PolicyByKind[K], worker: PolicyWorker) => Step = stepFactories[kind];
  return make(settings, worker);
}
