import type { MessagePort } from 'node:worker_threads';
import type { RequestExplanation, RequestToExplain, Update } from '../../data-plane/generation/index.ts';
import type { LedgerMemory } from '../../data-plane/ledger/index.ts';
import type { InvocationRequest, InvocationResult, LogBatch } from '../../lambda-runtime/index.ts';
import type { SlabShape } from '../../observe/index.ts';
import type { PolicySecrets } from '../../data-plane/policies/index.ts';
import type { LambdaFunction } from '../../snapshot/index.ts';

/** What a data-plane worker is started with. */
export interface DataWorkerInit {
  readonly index: number;
  readonly reusePort: boolean;
  readonly ledger: LedgerMemory;
  readonly slab: SharedArrayBuffer;
  readonly slabShape: SlabShape;
  readonly ticketKeys: Uint8Array;
  readonly secrets: PolicySecrets;
  /** Authorities to trust where the worker is the client, PEM; null: those that Node.js trusts. */
  readonly authorities: readonly string[] | null;
  readonly logRoot: string;
  readonly connectionLimit: number;
  readonly h2c: boolean;
  readonly drainMs: number;
  /** To the thread that runs functions. */
  readonly functions: MessagePort;
}

export type ToDataWorker =
  | {
      readonly kind: 'update';
      readonly update: Update;
      /** Slots of the metrics by label, of what is new in this update. */
      readonly balancerSlots: ReadonlyMap<string, number>;
      readonly poolSlots: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'explain'; readonly id: number; readonly request: RequestToExplain }
  /** To a thread that runs functions in place of the one that has ended. */
  | { readonly kind: 'functions'; readonly port: MessagePort }
  | { readonly kind: 'drain'; readonly withinMs: number };

export type FromDataWorker =
  | { readonly kind: 'served'; readonly revision: number; readonly serving: ReadonlyMap<string, readonly string[]>; readonly failures: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'unexplained'; readonly id: number; readonly why: string }
  | { readonly kind: 'explained'; readonly id: number; readonly explanation: RequestExplanation }
  | { readonly kind: 'drained' };

/** What the thread that runs functions is started with. */
export interface FunctionThreadInit {
  readonly folder: string;
  readonly blobFolder: string;
  /** Where the functions' own AWS clients are pointed. */
  readonly endpointUrl: string | null;
}

export type ToFunctionThread =
  | { readonly kind: 'functions'; readonly functions: readonly LambdaFunction[] }
  /** A worker that may invoke. */
  | { readonly kind: 'caller'; readonly port: MessagePort }
  | { readonly kind: 'invoke'; readonly id: number; readonly request: InvocationRequest }
  | { readonly kind: 'close' };

export type FromFunctionThread =
  | { readonly kind: 'log'; readonly batch: LogBatch }
  | { readonly kind: 'invoked'; readonly id: number; readonly result: InvocationResult }
  | { readonly kind: 'closed' };
