import type { Datum } from '../control-plane/services/index.ts';
import type { ApiMetrics } from '../observe/index.ts';
import { routeLabel, type ApiStage } from '../snapshot/index.ts';
import { distribution, growth, MetricsCollector, type CollectorSettings } from './metrics-collector.ts';

export interface ApiMetricsSettings extends CollectorSettings {
  /** Slots by `StageIdentity.label`. */
  readonly owners: () => { readonly apis: ReadonlyMap<string, number> };
}

const NAMESPACE = 'AWS/ApiGateway';

/**
 * What the data plane counts of APIs, as CloudWatch has it: by API, by API and stage, and for WebSocket APIs by route where that is asked for.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
 */
export class ApiMetricsCollector extends MetricsCollector<ApiMetricsSettings> {
  readonly #stages = new Map<string, ApiMetrics>();

  collect(): void {
    const { reader, owners, snapshot } = this.settings;
    const stages = Object.values(snapshot().stages);
    const seen = new Set<string>();
    /** What was counted for a label since it was last asked; null: there is no room for its counters. */
    const since = (label: string): Since | null => {
      seen.add(label);
      const slot = owners().apis.get(label);
      if (slot === undefined) return null;
      const before = this.#stages.get(label);
      const current = reader().api(slot);
      this.#stages.set(label, current);
      return { before, current, grown: growth(current, before) };
    };
    for (const stage of stages) {
      const counted = since(stage.label);
      const api = { name: 'ApiId', value: stage.apiId };
      const own = { name: 'Stage', value: stage.stage };
      if (stage.kind === 'http') {
        if (counted !== null) this.#putHttp(counted, this.#putter(stage, [[api], [api, own]]));
        continue;
      }
      if (counted !== null) this.#putWebSocket(counted, this.#putter(stage, [[api], [api, own]]));
      for (const route of stage.routes) {
        const ofRoute = route.metered ? since(routeLabel(stage, route)) : null;
        if (ofRoute !== null) this.#putWebSocket(ofRoute, this.#putter(stage, [[api, own, { name: 'Route', value: route.key }]]));
      }
    }
    for (const label of this.#stages.keys()) if (!seen.has(label)) this.#stages.delete(label);
  }

  #putter({ account, region }: ApiStage, all: readonly (readonly Dimension[])[]): Put {
    const { clock, data } = this.settings;
    const at = clock.now();
    return (name, datum, unit) => {
      if (datum === null) return;
      for (const dimensions of all) data.put({ account, region, namespace: NAMESPACE, name, dimensions }, { at, unit, datum });
    };
  }

  #putHttp({ before, current, grown }: Since, put: Put): void {
    const requests = grown(({ count }) => count);
    if (requests === 0) return;
    put('Count', times(requests), 'Count');
    // each request counts, with 0 or 1: the average is the rate of errors
    for (const [name, errors] of [['4xx', grown(({ status4xx }) => status4xx)], ['5xx', grown(({ status5xx }) => status5xx)]] as const) {
      put(name, { count: requests, sum: errors, min: errors === requests ? 1 : 0, max: errors === 0 ? 0 : 1, values: new Map([[0, requests - errors], [1, errors]].filter(([, often]) => often! > 0) as [number, number][]) }, 'Count');
    }
    const bytes = grown(({ dataProcessed }) => dataProcessed);
    put('DataProcessed', { count: requests, sum: bytes, min: bytes / requests, max: bytes / requests, values: null }, 'Bytes');
    put('Latency', milliseconds(distribution(current.latency, before?.latency)), 'Milliseconds');
    put('IntegrationLatency', milliseconds(distribution(current.integrationLatency, before?.integrationLatency)), 'Milliseconds');
  }

  #putWebSocket({ before, current, grown }: Since, put: Put): void {
    const counters = [
      ['ConnectCount', grown(({ connectCount }) => connectCount)], ['MessageCount', grown(({ messageCount }) => messageCount)], ['ClientError', grown(({ clientError }) => clientError)],
      ['IntegrationError', grown(({ integrationError }) => integrationError)], ['ExecutionError', grown(({ executionError }) => executionError)],
    ] as const;
    for (const [name, count] of counters) if (count > 0) put(name, times(count), 'Count');
    if (grown(({ integrated }) => integrated) > 0) put('IntegrationLatency', milliseconds(distribution(current.integrationLatency, before?.integrationLatency)), 'Milliseconds');
  }
}

interface Dimension {
  readonly name: string;
  readonly value: string;
}

interface Since {
  readonly before: ApiMetrics | undefined;
  readonly current: ApiMetrics;
  /** By how much a counter has grown. */
  readonly grown: (read: (metrics: ApiMetrics) => number) => number;
}

type Put = (name: string, datum: Datum | null, unit: string) => void;

/** So many ones. */
function times(count: number): Datum {
  return { count, sum: count, min: 1, max: 1, values: new Map([[1, count]]) };
}

function milliseconds(datum: Datum | null): Datum | null {
  if (datum === null) return null;
  const { count, sum, min, max, values } = datum;
  return { count, sum: sum * 1000, min: min * 1000, max: max * 1000, values: values === null ? null : new Map([...values].map(([value, often]) => [value * 1000, often])) };
}
