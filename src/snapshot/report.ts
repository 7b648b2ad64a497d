/** What the data plane tells the control plane. Snapshots go down, reports come up; neither side calls the other. */

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';

export interface TargetHealth {
  readonly state: TargetState;
  /** AWS's reason code (`Target.ResponseCodeMismatch`, `Elb.RegistrationInProgress`, ...); null when healthy. */
  readonly reason: string | null;
  /** AWS's sentence; null when healthy. */
  readonly description: string | null;
}

/** What is known of a target that fails more than its neighbours. */
export interface TargetAnomaly {
  readonly result: 'normal' | 'anomalous';
  /** It gets less than its share for that. */
  readonly mitigated: boolean;
}

export interface PartReport {
  /** ARN of a listener or of an API's stage. */
  readonly id: string;
  /** Addresses that are bound and serving, of a listener. */
  readonly serving: readonly string[];
  /** What could not be bound or linked, and why: `127.0.0.1:443: permission denied`. */
  readonly failures: readonly string[];
}

/** Read side of the reports, kept current by the composition root. */
export interface ReportReader {
  /** Null: nothing reported yet, so AWS's `initial` / `unused` rules apply. `target` is the id as registered. */
  targetHealth(pool: string, target: string, port: number): TargetHealth | null;
  /** Null: nobody looks. */
  anomaly(pool: string, target: string, port: number): TargetAnomaly | null;
  /** Of a listener or a stage; null: nobody has said anything. */
  part(id: string): PartReport | null;
  /** Newest revision that every data-plane worker serves; -1 before the first. */
  readonly servedRevision: number;
  /** Resolves once every worker serves `revision`, or after `withinMs`, with whether it does. */
  served(revision: number, withinMs: number): Promise<boolean>;
}

/** Reports of an installation without a data plane. */
export const noReports: ReportReader = {
  targetHealth: () => null,
  anomaly: () => null,
  part: () => null,
  servedRevision: -1,
  served: () => Promise.resolve(false),
};
