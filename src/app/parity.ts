import { operationsOf, type Models, type Service } from '../aws/index.ts';
import type { ServiceParity, SettingParity } from '../control-plane/admin/index.ts';

/** What each service does of what AWS's model lists: for `turnpike parity` and docs/parity. */
export function parityOf(models: Models, services: readonly Service[], notes: Readonly<Record<string, readonly SettingParity[]>>): readonly ServiceParity[] {
  return services.map((service) => {
    const model = models.model(service.name);
    return { service: service.name, title: model.serviceId, operations: operationsOf(model, service), notes: notes[service.name] ?? [] };
  });
}
