import { lowerBound, type Histogram } from './histogram.ts';
import type { ApiMetrics, BalancerMetrics, MetricsReader, PoolMetrics } from './metrics-reader.ts';

/** Which slot counts for whom; keys are AWS's dimension values: `app/my-lb/50dc6c495c0c9188`, `targetgroup/my-targets/73e2d6bc24d8a067`. */
export interface MetricsOwners {
  readonly balancers: ReadonlyMap<string, number>;
  readonly pools: ReadonlyMap<string, number>;
  /** `API/STAGE`. */
  readonly apis?: ReadonlyMap<string, number>;
  /** How often the program itself has failed at something, by where. */
  readonly mishaps?: ReadonlyMap<string, number>;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

interface Family<M> {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: (metrics: M) => readonly Sample[];
}

const one = (value: number): readonly Sample[] => [[{}, value]];

const BALANCER_FAMILIES: readonly Family<BalancerMetrics>[] = [
  { name: 'turnpike_requests_total', type: 'counter', help: 'Requests that ended, answered or not.', samples: (m) => one(m.requests) },
  { name: 'turnpike_requests_routed_total', type: 'counter', help: 'Requests for which a target was chosen (RequestCount).', samples: (m) => one(m.routed) },
  { name: 'turnpike_received_bytes_total', type: 'counter', help: 'Bytes of requests, heads included.', samples: (m) => one(m.bytesIn) },
  { name: 'turnpike_sent_bytes_total', type: 'counter', help: 'Bytes of responses, heads included.', samples: (m) => one(m.bytesOut) },
  { name: 'turnpike_connections_opened_total', type: 'counter', help: 'Client connections accepted.', samples: (m) => one(m.connectionsOpened) },
  { name: 'turnpike_connections_active', type: 'gauge', help: 'Client connections open now.', samples: (m) => one(m.connectionsActive) },
  { name: 'turnpike_connections_rejected_total', type: 'counter', help: 'Client connections refused because a limit was reached (RejectedConnectionCount).', samples: (m) => one(m.connectionsRejected) },
  { name: 'turnpike_client_tls_errors_total', type: 'counter', help: 'TLS handshakes that failed (ClientTLSNegotiationErrorCount).', samples: (m) => one(m.tlsErrors) },
  {
    name: 'turnpike_elb_responses_total', type: 'counter', help: 'Answers of the balancer itself, by class (HTTPCode_ELB_nXX_Count).',
    samples: (m) => [[{ code: '2XX' }, m.elb2xx], [{ code: '3XX' }, m.elb3xx], [{ code: '4XX' }, m.elb4xx], [{ code: '5XX' }, m.elb5xx]],
  },
  { name: 'turnpike_elb_response_codes_total', type: 'counter', help: 'Answers of the balancer itself, by status.', samples: (m) => [...m.elbCodes].map(([code, count]) => [{ code: String(code) }, count]) },
  { name: 'turnpike_fixed_responses_total', type: 'counter', help: 'Fixed responses (HTTP_Fixed_Response_Count).', samples: (m) => one(m.fixedResponses) },
  { name: 'turnpike_redirects_total', type: 'counter', help: 'Redirects (HTTP_Redirect_Count).', samples: (m) => one(m.redirects) },
  { name: 'turnpike_faults_total', type: 'counter', help: 'Exchanges that failed, by fault (docs/faults.md).', samples: (m) => [...m.faults].map(([fault, count]) => [{ fault }, count]) },
  { name: 'turnpike_rule_evaluations_total', type: 'counter', help: 'Rules looked at (RuleEvaluations).', samples: (m) => one(m.ruleEvaluations) },
  { name: 'turnpike_non_compliant_requests_total', type: 'counter', help: 'Requests that do not comply with RFC 9112 (DesyncMitigationMode_NonCompliant_Request_Count).', samples: (m) => one(m.nonCompliant) },
  { name: 'turnpike_tokens_total', type: 'counter', help: 'Bearer tokens validated (JWTValidationSuccessCount, JWTValidationFailureCount).', samples: (m) => [[{ result: 'passed' }, m.jwtPassed], [{ result: 'refused' }, m.jwtRefused]] },
  {
    name: 'turnpike_logins_total', type: 'counter', help: 'Logins and refreshes of logins, by what came of them (ELBAuth...).',
    samples: (m) => [[{ result: 'success' }, m.loginSucceeded], [{ result: 'refreshed' }, m.loginRefreshed], [{ result: 'failure' }, m.loginFailed], [{ result: 'error' }, m.loginErrors], [{ result: 'claims_too_large' }, m.loginClaimsTooLarge]],
  },
  { name: 'turnpike_access_log_lines_dropped_total', type: 'counter', help: 'Access log lines lost because the disk was slow or full.', samples: (m) => one(m.logLinesDropped) },
  { name: 'turnpike_access_log_write_errors_total', type: 'counter', help: 'Writes to an access log that the disk refused.', samples: (m) => one(m.logWriteErrors) },
];

const POOL_FAMILIES: readonly Family<PoolMetrics>[] = [
  { name: 'turnpike_target_requests_total', type: 'counter', help: 'Requests given to the target group.', samples: (m) => one(m.requests) },
  {
    name: 'turnpike_target_responses_total', type: 'counter', help: 'Answers of targets, by class (HTTPCode_Target_nXX_Count).',
    samples: (m) => [[{ code: '1XX' }, m.target1xx], [{ code: '2XX' }, m.target2xx], [{ code: '3XX' }, m.target3xx], [{ code: '4XX' }, m.target4xx], [{ code: '5XX' }, m.target5xx]],
  },
  { name: 'turnpike_target_connection_errors_total', type: 'counter', help: 'Requests that ended because no connection to a target could be made (TargetConnectionErrorCount).', samples: (m) => one(m.connectionErrors) },
  { name: 'turnpike_target_tls_errors_total', type: 'counter', help: 'Requests that ended because TLS with the target failed (TargetTLSNegotiationErrorCount).', samples: (m) => one(m.tlsErrors) },
  { name: 'turnpike_target_faults_total', type: 'counter', help: 'Requests that failed at the target or on the way to it.', samples: (m) => one(m.faults) },
];

const API_FAMILIES: readonly Family<ApiMetrics>[] = [
  { name: 'turnpike_api_requests_total', type: 'counter', help: 'Requests to a stage of an API (Count).', samples: (m) => one(m.count) },
  { name: 'turnpike_api_errors_total', type: 'counter', help: 'Answers to clients that say an error, by class (4xx, 5xx).', samples: (m) => [[{ code: '4XX' }, m.status4xx], [{ code: '5XX' }, m.status5xx]] },
  { name: 'turnpike_api_processed_bytes_total', type: 'counter', help: 'Bytes of requests and responses (DataProcessed).', samples: (m) => one(m.dataProcessed) },
  { name: 'turnpike_api_websocket_connects_total', type: 'counter', help: 'Handshakes that ran the $connect integration (ConnectCount).', samples: (m) => one(m.connectCount) },
  { name: 'turnpike_api_websocket_messages_total', type: 'counter', help: 'Messages from and to clients (MessageCount).', samples: (m) => one(m.messageCount) },
  {
    name: 'turnpike_api_websocket_errors_total', type: 'counter', help: 'Runs of routes that failed, by AWS\'s metric (ClientError, IntegrationError, ExecutionError).',
    samples: (m) => [[{ kind: 'ClientError' }, m.clientError], [{ kind: 'IntegrationError' }, m.integrationError], [{ kind: 'ExecutionError' }, m.executionError]],
  },
  { name: 'turnpike_api_access_log_lines_dropped_total', type: 'counter', help: 'Access log lines lost because they came faster than they could be kept.', samples: (m) => one(m.logLinesDropped) },
];

const MISHAPS: Family<number> = { name: 'turnpike_mishaps_total', type: 'counter', help: 'What the program itself has thrown, by where it was at work: each has cost one exchange or one connection.', samples: one };

/** 128 microseconds to 67 seconds, doubling: bounds that the buckets share exactly. */
const LE_MICROSECONDS: readonly number[] = Array.from({ length: 20 }, (_, index) => 2 ** (index + 7));

/** Prometheus text format 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function exposition(reader: MetricsReader, owners: MetricsOwners): string {
  const balancers = [...owners.balancers].map(([key, slot]) => [{ load_balancer: key }, reader.balancer(slot)] as const);
  const pools = [...owners.pools].map(([key, slot]) => [{ target_group: key }, reader.pool(slot)] as const);
  const lines: string[] = [];
  for (const family of BALANCER_FAMILIES) writeFamily(lines, family, balancers);
  writeHistogram(lines, 'turnpike_request_duration_seconds', 'From the first byte of a request to the end of its exchange.', balancers.map(([labels, m]) => [labels, m.duration]));
  for (const family of POOL_FAMILIES) writeFamily(lines, family, pools);
  writeHistogram(lines, 'turnpike_target_response_time_seconds', 'From the request sent to the first byte of the answer (TargetResponseTime).', pools.map(([labels, m]) => [labels, m.responseTime]));
  // routes are counted with their stages too
  const apis = [...(owners.apis ?? [])].filter(([key]) => !key.includes(' ')).map(([key, slot]) => [{ api: key.slice(0, key.indexOf('/')), stage: key.slice(key.indexOf('/') + 1) }, reader.api(slot)] as const);
  for (const family of API_FAMILIES) writeFamily(lines, family, apis);
  writeHistogram(lines, 'turnpike_api_latency_seconds', 'From the first byte of a request to the end of its exchange (Latency).', apis.map(([labels, m]) => [labels, m.latency]));
  writeHistogram(lines, 'turnpike_api_integration_latency_seconds', 'From the request to the integration to its answer (IntegrationLatency).', apis.map(([labels, m]) => [labels, m.integrationLatency]));
  writeFamily(lines, MISHAPS, [...(owners.mishaps ?? [])].map(([place, count]) => [{ place }, count] as const));
  return lines.join('\n') + '\n';
}

function writeFamily<M>(lines: string[], family: Family<M>, owners: readonly (readonly [Labels, M])[]): void {
  lines.push(`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`);
  for (const [owner, metrics] of owners) {
    for (const [labels, value] of family.samples(metrics)) lines.push(`${family.name}${labelText({ ...owner, ...labels })} ${value}`);
  }
}

function writeHistogram(lines: string[], name: string, help: string, owners: readonly (readonly [Labels, Histogram])[]): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`);
  for (const [owner, histogram] of owners) {
    let bucket = 0;
    let below = 0;
    for (const bound of LE_MICROSECONDS) {
      for (; bucket < histogram.buckets.length && lowerBound(bucket + 1) <= bound; bucket++) below += histogram.buckets[bucket]!;
      lines.push(`${name}_bucket${labelText({ ...owner, le: String(bound / 1e6) })} ${below}`);
    }
    lines.push(`${name}_bucket${labelText({ ...owner, le: '+Inf' })} ${histogram.count}`);
    lines.push(`${name}_sum${labelText(owner)} ${histogram.sum}`, `${name}_count${labelText(owner)} ${histogram.count}`);
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`);
  return `{${pairs.join(',')}}`;
}
