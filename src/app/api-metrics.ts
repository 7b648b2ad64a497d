import type { Datum } from '../control-plane/services/index.ts';
import type { ApiMetrics } from '../observe/index.ts';
import { distribution, growth, MetricsCollector, type CollectorSettings } from './metrics-collector.ts';

export interface ApiMetricsSettings extends CollectorSettings {
  /** Slots by `StageIdentity.label`. */
  readonly owners: () => { readonly apis: ReadonlyMap<string, number> };
}

const NAMESPACE = 'AWS/ApiGateway';

/**
 * What the data plane counts of HTTP APIs, as CloudWatch has it: by API, and by API and stage.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export class ApiMetricsCollector extends MetricsCollector<ApiMetricsSettings> {
  readonly #stages = new Map<string, ApiMetrics>();

  collect(): void {
    const { clock, data, reader, owners, snapshot } = this.settings;
    const stages = Object.values(snapshot().stages).filter(({ kind }) => kind === 'http');
    const labels = new Set(stages.map(({ label }) => label));
    for (const label of this.#stages.keys()) if (!labels.has(label)) this.#stages.delete(label);
    const at = clock.now();
    for (const { label, account, region, apiId, stage } of stages) {
      const slot = owners().apis.get(label);
      if (slot === undefined) continue;
      const before = this.#stages.get(label);
      const current = reader().api(slot);
      this.#stages.set(label, current);
      const grown = growth(current, before);
      const requests = grown(({ count }) => count);
      if (requests === 0) continue;
      const put = (name: string, datum: Datum | null, unit: string): void => {
        if (datum === null) return;
        for (const dimensions of [[{ name: 'ApiId', value: apiId }], [{ name: 'ApiId', value: apiId }, { name: 'Stage', value: stage }]]) data.put({ account, region, namespace: NAMESPACE, name, dimensions }, { at, unit, datum });
      };
      put('Count', { count: requests, sum: requests, min: 1, max: 1, values: new Map([[1, requests]]) }, 'Count');
      // each request counts, with 0 or 1: the average is the rate of errors
      for (const [name, errors] of [['4xx', grown(({ status4xx }) => status4xx)], ['5xx', grown(({ status5xx }) => status5xx)]] as const) {
        put(name, { count: requests, sum: errors, min: errors === requests ? 1 : 0, max: errors === 0 ? 0 : 1, values: new Map([[0, requests - errors], [1, errors]].filter(([, times]) => times! > 0) as [number, number][]) }, 'Count');
      }
      const bytes = grown(({ dataProcessed }) => dataProcessed);
      put('DataProcessed', { count: requests, sum: bytes, min: bytes / requests, max: bytes / requests, values: null }, 'Bytes');
      put('Latency', milliseconds(distribution(current.latency, before?.latency)), 'Milliseconds');
      put('IntegrationLatency', milliseconds(distribution(current.integrationLatency, before?.integrationLatency)), 'Milliseconds');
    }
  }
}

function milliseconds(datum: Datum | null): Datum | null {
  if (datum === null) return null;
  const { count, sum, min, max, values } = datum;
  return { count, sum: sum * 1000, min: min * 1000, max: max * 1000, values: values === null ? null : new Map([...values].map(([value, times]) => [value * 1000, times])) };
}
