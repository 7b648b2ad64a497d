import { single, type Datum, type DimensionValue } from '../control-plane/services/index.ts';
import type { BalancerMetrics, PoolMetrics } from '../observe/index.ts';
import type { Pool, ReportReader } from '../snapshot/index.ts';
import { COLLECTED_EVERY_MS, distribution, growth, MetricsCollector, type CollectorSettings } from './metrics-collector.ts';

export interface BalancerMetricsSettings extends CollectorSettings {
  readonly owners: () => { readonly balancers: ReadonlyMap<string, number>; readonly pools: ReadonlyMap<string, number> };
  readonly reports: Pick<ReportReader, 'targetHealth'>;
}

const NAMESPACE = 'AWS/ApplicationELB';

/**
 * What the data plane counts, as CloudWatch has it: names, dimensions and units of
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class BalancerMetricsCollector extends MetricsCollector<BalancerMetricsSettings> {
  readonly #balancers = new Map<string, BalancerMetrics>();
  readonly #pools = new Map<string, PoolMetrics>();
  /** As of the last look at the gauges. */
  readonly #gauged = new Map<string, BalancerMetrics>();
  #gaugedAt = -Infinity;

  collect(): void {
    const { clock, reader, owners, snapshot } = this.settings;
    const { listeners, pools } = snapshot();
    const now = clock.now();
    const metrics = reader();
    // gauges are looked at in the rhythm of the clock, however often somebody reads
    const gauges = clock.monotonic() - this.#gaugedAt >= COLLECTED_EVERY_MS - 1;
    if (gauges) this.#gaugedAt = clock.monotonic();
    const balancers = new Map(Object.values(listeners).map((listener) => [listener.ownerLabel, listener.owner]));
    const usedBy = new Map<string, Set<string>>();
    for (const { ownerLabel, routes, fallback } of Object.values(listeners)) {
      for (const { action } of [...routes, fallback]) {
        if (action.kind !== 'forward') continue;
        for (const { pool } of action.pools) (usedBy.get(pool) ?? usedBy.set(pool, new Set()).get(pool)!).add(ownerLabel);
      }
    }
    for (const map of [this.#balancers, this.#gauged]) for (const label of map.keys()) if (!balancers.has(label)) map.delete(label);
    const labels = new Set(Object.values(pools).map(({ label }) => label));
    for (const label of this.#pools.keys()) if (!labels.has(label)) this.#pools.delete(label);
    for (const [label, arn] of balancers) {
      const slot = owners().balancers.get(label);
      if (slot !== undefined) this.#balancer({ label, arn, now, gauges }, metrics.balancer(slot));
    }
    for (const pool of Object.values(pools)) {
      const slot = owners().pools.get(pool.label);
      if (slot === undefined) continue;
      // a target group serves one load balancer
      const [balancer] = usedBy.get(pool.id) ?? [];
      if (balancer !== undefined) this.#pool({ pool, balancer, now, gauges }, metrics.pool(slot));
    }
  }

  #balancer({ label, arn, now, gauges }: { readonly label: string; readonly arn: string; readonly now: number; readonly gauges: boolean }, current: BalancerMetrics): void {
    const before = this.#balancers.get(label);
    this.#balancers.set(label, current);
    const put = this.#putter(arn, now, [[{ name: 'LoadBalancer', value: label }]]);
    if (gauges) put('ActiveConnectionCount', single(current.connectionsActive));
    const grown = growth(current, before);
    for (const [name, read, unit] of BALANCER_COUNTERS) put(name, count(grown(read)), unit);
    for (const code of [500, 502, 503, 504]) put(`HTTPCode_ELB_${code}_Count`, count(grown(({ elbCodes }) => elbCodes.get(code) ?? 0)));
    const logins = grown(({ loginCount }) => loginCount);
    if (logins > 0) {
      const ms = grown(({ loginMs }) => loginMs);
      put('ELBAuthLatency', { count: logins, sum: ms, min: ms / logins, max: ms / logins, values: logins === 1 ? new Map([[ms, 1]]) : null }, 'Milliseconds');
    }
    if (gauges) {
      put('ConsumedLCUs', single(consumed(current, this.#gauged.get(label) ?? current)));
      this.#gauged.set(label, current);
    }
  }

  #pool({ pool, balancer, now, gauges }: { readonly pool: Pool; readonly balancer: string; readonly now: number; readonly gauges: boolean }, current: PoolMetrics): void {
    const before = this.#pools.get(pool.label);
    this.#pools.set(pool.label, current);
    const both = [{ name: 'TargetGroup', value: pool.label }, { name: 'LoadBalancer', value: balancer }];
    const put = this.#putter(pool.id, now, [both, [{ name: 'LoadBalancer', value: balancer }]]);
    const ofGroup = this.#putter(pool.id, now, [both]);
    const grown = growth(current, before);
    ofGroup('RequestCount', count(grown((m) => m.requests)));
    for (const [name, read] of POOL_COUNTERS) put(name, count(grown(read)));
    put('TargetResponseTime', distribution(current.responseTime, before?.responseTime), 'Seconds');
    if (pool.kind !== 'http') return;
    const states = pool.endpoints.map(({ target, port }) => this.settings.reports.targetHealth(pool.id, target, port)?.state ?? 'initial');
    const healthy = states.filter((state) => state === 'healthy').length;
    const unhealthy = states.filter((state) => state === 'unhealthy').length;
    if (gauges) {
      ofGroup('HealthyHostCount', single(healthy));
      ofGroup('UnHealthyHostCount', single(unhealthy));
    }
    const requests = grown((m) => m.requests);
    if (healthy > 0 && requests > 0) {
      this.#putter(pool.id, now, [both, [{ name: 'TargetGroup', value: pool.label }]])('RequestCountPerTarget', { count: 1, sum: requests / healthy, min: requests / healthy, max: requests / healthy, values: null });
    }
  }

  #putter(arn: string, at: number, dimensions: readonly (readonly DimensionValue[])[]) {
    const [, , , region = '', account = ''] = arn.split(':');
    return (name: string, datum: Datum | null, unit = 'Count'): void => {
      if (datum === null) return;
      for (const each of dimensions) this.settings.data.put({ account, region, namespace: NAMESPACE, name, dimensions: each }, { at, unit, datum });
    };
  }
}

const BALANCER_COUNTERS: readonly (readonly [name: string, read: (metrics: BalancerMetrics) => number, unit?: string])[] = [
  ['RequestCount', (m) => m.routed],
  ['NewConnectionCount', (m) => m.connectionsOpened],
  ['RejectedConnectionCount', (m) => m.connectionsRejected],
  ['ClientTLSNegotiationErrorCount', (m) => m.tlsErrors],
  ['ProcessedBytes', (m) => m.bytesIn + m.bytesOut, 'Bytes'],
  ['RuleEvaluations', (m) => m.ruleEvaluations],
  ['HTTPCode_ELB_3XX_Count', (m) => m.elb3xx],
  ['HTTPCode_ELB_4XX_Count', (m) => m.elb4xx],
  ['HTTPCode_ELB_5XX_Count', (m) => m.elb5xx],
  ['HTTP_Fixed_Response_Count', (m) => m.fixedResponses],
  ['HTTP_Redirect_Count', (m) => m.redirects],
  ['DesyncMitigationMode_NonCompliant_Request_Count', (m) => m.nonCompliant],
  ['JWTValidationSuccessCount', (m) => m.jwtPassed],
  ['JWTValidationFailureCount', (m) => m.jwtRefused],
  ['ELBAuthSuccess', (m) => m.loginSucceeded],
  ['ELBAuthRefreshTokenSuccess', (m) => m.loginRefreshed],
  ['ELBAuthFailure', (m) => m.loginFailed],
  ['ELBAuthError', (m) => m.loginErrors],
  ['ELBAuthUserClaimsSizeExceeded', (m) => m.loginClaimsTooLarge],
];

const POOL_COUNTERS: readonly (readonly [name: string, read: (metrics: PoolMetrics) => number])[] = [
  ['HTTPCode_Target_2XX_Count', (m) => m.target2xx],
  ['HTTPCode_Target_3XX_Count', (m) => m.target3xx],
  ['HTTPCode_Target_4XX_Count', (m) => m.target4xx],
  ['HTTPCode_Target_5XX_Count', (m) => m.target5xx],
  ['TargetConnectionErrorCount', (m) => m.connectionErrors],
  ['TargetTLSNegotiationErrorCount', (m) => m.tlsErrors],
];

/** "There is a nonzero value": a minute without any has no data. */
function count(times: number): Datum | null {
  // AWS: "Minimum, Maximum, and Average all return 1"
  return times === 0 ? null : { count: times, sum: times, min: 1, max: 1, values: new Map([[1, times]]) };
}

/** Load balancer capacity units of ten seconds: the largest of the four. https://aws.amazon.com/elasticloadbalancing/pricing/ */
function consumed(now: BalancerMetrics, before: BalancerMetrics): number {
  const seconds = COLLECTED_EVERY_MS / 1000;
  const a = (now.connectionsOpened - before.connectionsOpened) / seconds / 25;
  const b = now.connectionsActive / 3000;
  const c = ((now.bytesIn + now.bytesOut - before.bytesIn - before.bytesOut) / 1e9) * (3600 / seconds);
  const d = (now.ruleEvaluations - before.ruleEvaluations) / seconds / 1000;
  return Math.max(a, b, c, d, 0);
}
