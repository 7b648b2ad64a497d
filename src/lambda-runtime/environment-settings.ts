import type { Clock, Random } from '../kernel/index.ts';
import type { FunctionDefinition } from './definition.ts';
import type { ExecutionEnvironment } from './environment.ts';
import type { InitFailure } from './init-failure.ts';
import type { LayerMount } from './layer-mount.ts';
import type { LogSink } from './logs/log-sink.ts';
import type { SpareProcesses } from './spare-processes.ts';

export interface EnvironmentSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly logs: LogSink;
  /** Where environments keep their scratch folders. */
  readonly tempRoot: string;
  /** Control endpoint for the function's own SDK clients, or null. */
  readonly endpointUrl: string | null;
  /** Longest response, in bytes. */
  readonly maxResponse: number;
  /** Longest response that is streamed, in bytes. */
  readonly maxStreamed: number;
  /** Value of PATH by which interpreters are found. */
  readonly interpreterPath: string;
  /** User and group id of functions; null: the host's own. */
  readonly user: number | null;
  readonly spares: SpareProcesses;
  /** How layers are put at /opt; null: they are not, and variables name their folder. */
  readonly layerMount: () => LayerMount | null;
}

/** What an environment runs. */
export interface EnvironmentCode {
  readonly definition: FunctionDefinition;
  readonly folder: string;
  readonly layers: string | null;
  /** It is one of those that are kept ready. */
  readonly provisioned: boolean;
}

/** What an environment tells the fleet that owns it. */
export interface EnvironmentOwner {
  /** Ready for an invocation. */
  ready(environment: ExecutionEnvironment): void;
  /** Was ready, and can be reached no longer. */
  lost(environment: ExecutionEnvironment): void;
  /** Gone. `init`: why it never became ready; null if it did, or was stopped. */
  ended(environment: ExecutionEnvironment, init: InitFailure | null): void;
}
