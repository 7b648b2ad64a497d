import type { ApiStage, Identity } from './api.ts';
import type { LambdaFunction } from './function.ts';
import type { Certificate, Listener } from './listener.ts';
import type { Pool } from './pool.ts';
import type { UsagePlan } from './usage-plan.ts';

/**
 * The waist: everything the data plane needs and nothing else. Frozen plain data, printable, diffable; every node carries the ARN that it came
 * from. What cannot be served is a value in it (`Action` "unservable", `Endpoint.unusable`), so that one broken reference never blocks the rest.
 */
export interface Snapshot {
  readonly format: 1;
  /** Revision of the world that it was compiled from. */
  readonly revision: number;
  readonly listeners: Readonly<Record<string, Listener>>;
  readonly pools: Readonly<Record<string, Pool>>;
  readonly certificates: Readonly<Record<string, Certificate>>;
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** Stages of APIs. */
  readonly stages: Readonly<Record<string, ApiStage>>;
  /** Usage plans of stages whose routes ask for API keys. */
  readonly plans: Readonly<Record<string, UsagePlan>>;
  /** By access key id; none where no route asks for IAM authorization. */
  readonly identities: Readonly<Record<string, Identity>>;
}

export const emptySnapshot: Snapshot = { format: 1, revision: -1, listeners: {}, pools: {}, certificates: {}, functions: {}, stages: {}, plans: {}, identities: {} };

/** Something in the configuration that is not served as its owner may expect. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** ARN of the resource at fault. */
  readonly resource: string;
  /** Member of that resource, in AWS's spelling: `DefaultActions[0].TargetGroupArn`. */
  readonly field: string;
  /** What is wrong, why, and what to do. */
  readonly message: string;
}
