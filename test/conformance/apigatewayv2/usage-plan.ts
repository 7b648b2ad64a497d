import type { ApiInstallation } from './http-api.ts';

/** API keys and usage plans of an installation. */
export class UsagePlans {
  readonly #apis: ApiInstallation;
  #names = 0;

  constructor(apis: ApiInstallation) {
    this.#apis = apis;
  }

  v1<T = Readonly<Record<string, string>>>(operation: string, input: object): Promise<T> {
    return this.#apis.aws<T>('apigateway', operation, input);
  }

  /** A plan for a stage, and keys in it. */
  async plan(apiId: string, { stage = '$default', keys = 1, throttles = {}, ...more }: { readonly stage?: string; readonly keys?: number; readonly throttles?: object; readonly throttle?: object; readonly quota?: object } = {}): Promise<{ readonly id: string; readonly keys: readonly { readonly id: string; readonly value: string }[] }> {
    const { id } = await this.v1<{ id: string }>('CreateUsagePlan', { name: `plan-${++this.#names}`, apiStages: [{ apiId, stage, throttle: throttles }], ...more });
    const made = [];
    for (let at = 0; at < keys; at++) {
      const key = await this.v1<{ id: string; value: string }>('CreateApiKey', { name: `key-${++this.#names}`, enabled: true });
      await this.v1('CreateUsagePlanKey', { usagePlanId: id, keyId: key.id, keyType: 'API_KEY' });
      made.push(key);
    }
    return { id, keys: made };
  }

  replace(path: string, value: string): { readonly patchOperations: readonly object[] } {
    return { patchOperations: [{ op: 'replace', path, value }] };
  }

  /** Used and left of today. */
  async today(usagePlanId: string, keyId: string): Promise<readonly [number, number]> {
    const day = new Date().toISOString().slice(0, 10);
    const { items } = await this.v1<{ items: Readonly<Record<string, readonly (readonly [number, number])[]>> }>('GetUsage', { usagePlanId, keyId, startDate: day, endDate: day });
    return items[keyId]![0]!;
  }
}
