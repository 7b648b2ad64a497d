/** The addresses that a forward action chooses among. */
export type Pool = HttpPool | FunctionPool;

interface PoolIdentity {
  /** ARN of the target group. */
  readonly id: string;
  /** As logs and metrics write it: `targetgroup/my-targets/73e2d6bc24d8a067`. */
  readonly label: string;
}

export interface HttpPool extends PoolIdentity {
  readonly kind: 'http';
  readonly protocol: 'http' | 'https';
  /** What is spoken to the endpoints: over TLS by ALPN, in the clear with prior knowledge. */
  readonly version: 'http1' | 'http2' | 'grpc';
  readonly endpoints: readonly Endpoint[];
  readonly balance: Balance;
  readonly health: HealthCheck;
  /** How long requests in flight may go on after an endpoint has been removed. */
  readonly drainMs: number;
}

/** How an endpoint is chosen for a request. */
export interface Balance {
  readonly algorithm: 'round-robin' | 'least-outstanding' | 'weighted-random';
  /** With weighted-random: send less to endpoints that fail more than the others (`load_balancing.algorithm.anomaly_mitigation`). */
  readonly anomalyMitigation: boolean;
  /** Time over which an endpoint that has become healthy gets a growing share; 0: none. */
  readonly slowStartMs: number;
  readonly stickiness: Stickiness | null;
  /** Zones whose nodes send to their own endpoints alone (cross-zone load balancing is off); null: every node sends to all. */
  readonly zones: readonly string[] | null;
  /** With fewer healthy endpoints, all that are registered serve (`unhealthy_state_routing`). */
  readonly failOpen: Minimum;
  /** With fewer healthy endpoints in a zone, no client comes to its node (`dns_failover`). Means something with `zones` only. */
  readonly failAway: Minimum;
}

export interface Minimum {
  /** 0: no such threshold. */
  readonly count: number;
  /** Of 100; 0: no such threshold. */
  readonly percentage: number;
}

export type Stickiness =
  | { readonly kind: 'balancer-cookie'; readonly durationMs: number }
  /** Sticky while the target's own cookie of that name is sent too. */
  | { readonly kind: 'application-cookie'; readonly name: string; readonly durationMs: number };

/** What a target group has unless it says otherwise. */
export const PLAIN_BALANCE: Balance = {
  algorithm: 'round-robin', anomalyMitigation: false, slowStartMs: 0, stickiness: null, zones: null, failOpen: { count: 1, percentage: 0 }, failAway: { count: 1, percentage: 0 },
};

export interface FunctionPool extends PoolIdentity {
  readonly kind: 'function';
  /** A key of `Snapshot.functions` (aliases are resolved) unless `refused` says why not; null while nothing is registered. */
  readonly functionArn: string | null;
  /** Why the function may not be called (no permission, gone): answered with 502 and told in health, logs and explain. */
  readonly refused: string | null;
  /** `lambda.multi_value_headers.enabled`. */
  readonly multiValueHeaders: boolean;
  /** Null: health checks are off, the target is always used. */
  readonly health: HealthCheck | null;
}

export interface Endpoint {
  /** Target id as registered (`i-...` or an address). */
  readonly target: string;
  /** IP literal to connect to; null where the target names nothing that has an address, with `unusable` saying why. */
  readonly address: string | null;
  readonly port: number;
  readonly zone: string;
  /** AWS reason code for a target that exists but may not be used: `Target.InvalidState`, `Target.NotInUse`, ... */
  readonly unusable: string | null;
  /** Set when the target is being deregistered: wall-clock time (ms) at which draining ends. Gets no new requests. */
  readonly drainingUntil: number | null;
}

/** An active health check. Times in milliseconds. */
export interface HealthCheck {
  readonly protocol: 'http' | 'https' | 'tcp';
  readonly version: 'http1' | 'http2' | 'grpc';
  /** Null: the port that the endpoint serves on (`traffic-port`). */
  readonly port: number | null;
  readonly path: string;
  /** Inclusive ranges of statuses that count as healthy; with `grpc` of gRPC's own (0 to 99). */
  readonly matcher: readonly StatusRange[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface StatusRange {
  readonly from: number;
  readonly to: number;
}
