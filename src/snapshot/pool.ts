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
  readonly balance: 'round-robin';
  readonly health: HealthCheck;
  /** How long requests in flight may go on after an endpoint has been removed. */
  readonly drainMs: number;
}

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
