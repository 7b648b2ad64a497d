import type { ServiceModel } from './model/service-model.ts';
import type { Service } from './operation.ts';

/** What becomes of an operation when it is called. */
export type OperationState =
  | { readonly name: string; readonly state: 'implemented' }
  | { readonly name: string; readonly state: 'refused'; readonly reason: string }
  | { readonly name: string; readonly state: 'not-implemented' };

/**
 * Every operation of a model, in the model's order. `service` is null where nothing of it is served. Throws where the service names an
 * operation that the model lacks, or both implements and refuses one: the table would lie.
 */
export function operationsOf(model: ServiceModel, service: Service | null): readonly OperationState[] {
  const known = new Set(model.operationNames);
  for (const name of Object.keys(service?.operations ?? {})) {
    if (!known.has(name)) throw new Error(`service ${model.name} implements "${name}", which its model does not have`);
    if (service && Object.hasOwn(service.refusals, name)) throw new Error(`service ${model.name} both implements and refuses ${name}`);
  }
  for (const name of Object.keys(service?.refusals ?? {})) if (!known.has(name)) throw new Error(`service ${model.name} refuses "${name}", which its model does not have`);
  return model.operationNames.map((name) => {
    if (service && Object.hasOwn(service.operations, name)) return { name, state: 'implemented' };
    const reason = service && Object.hasOwn(service.refusals, name) ? service.refusals[name] : undefined;
    return reason === undefined ? { name, state: 'not-implemented' } : { name, state: 'refused', reason };
  });
}
