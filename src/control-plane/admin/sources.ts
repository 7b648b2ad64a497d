import type { Stack } from '../resources/templates/index.ts';
import type { Diagnostic, ReportReader, Snapshot } from '../../snapshot/index.ts';
import type { World } from '../store/index.ts';
import type { ServiceParity } from './parity.ts';
import type { AdminRequest } from './request.ts';

/** Where the read side reads, and the few things that it may start; made by the composition root. */
export interface AdminSources {
  readonly version: string;
  /** `http://127.0.0.1:4566`: where clients reach the control endpoint. */
  endpoint(): string;
  /** Names, beside addresses and localhost, by which this installation may be asked for. */
  readonly hosts: readonly string[];
  /** Null: may go on. Text: why not, and what to do. Asked before everything else. */
  refuse(request: AdminRequest): Promise<string | null> | string | null;
  world(): World;
  /** What was compiled last. */
  snapshot(): Snapshot;
  /** What was compiled before that; null at first. */
  previousSnapshot(): Snapshot | null;
  diagnostics(): readonly Diagnostic[];
  readonly reports: ReportReader;
  workers(): readonly WorkerStatus[];
  /** In Prometheus's text format. */
  metrics(): Promise<string> | string;
  /** PEM of the local authority's root, which is made when it is asked for first. */
  rootCertificate(): Promise<string>;
  parity(): readonly ServiceParity[];
  /** From the code that serves: plain data. */
  explain(request: ExplainRequest): Promise<unknown>;
  /** Empties everything; null where the installation does not allow it. */
  readonly reset: (() => Promise<void>) | null;
  readonly stacks: StackSources;
}

export interface WorkerStatus {
  readonly id: number;
  readonly state: 'starting' | 'serving' | 'stopped';
  /** Revision of the snapshot that it serves; -1 before the first. */
  readonly revision: number;
}

/** A request that nobody sent. */
export interface ExplainRequest {
  readonly protocol: 'http' | 'https';
  readonly method: string;
  /** Lower-case, without its port. */
  readonly host: string;
  /** That is bound. */
  readonly port: number;
  readonly address: string | null;
  readonly path: string;
  readonly query: string | null;
  /** Names lower-case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly sourceAddress: string;
}

export interface StackSources {
  list(): readonly Stack[];
  apply(template: string, request: { readonly name: string; readonly parameters: Readonly<Record<string, string>>; readonly baseFolder: string | null }): Promise<StackRun>;
  delete(name: string): Promise<StackRun>;
}

/** One run over a stack. Templates that cannot be applied are thrown, as errors with a `problems` member. */
export interface StackRun {
  readonly stack: Stack | null;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'failed';
  readonly failure: string | null;
  readonly events: Stack['events'];
}
