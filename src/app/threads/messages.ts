import type { MessagePort } from 'node:worker_threads';
import type { RequestExplanation, RequestToExplain, Update } from '../../data-plane/generation/index.ts';
import type { LedgerMemory } from '../../data-plane/ledger/index.ts';
import type { InvocationRequest, InvocationResult, LogBatch } from '../../lambda-runtime/index.ts';
import type { ApiLogLines, SlabShape } from '../../observe/index.ts';
import type { ServiceEndpoint } from '../../data-plane/targets/index.ts';
import type { PolicySecrets } from '../../data-plane/policies/index.ts';
import type { ConnectionOutcome, LambdaFunction } from '../../snapshot/index.ts';
import type { CarriedBytes } from './carried-bytes.ts';
import type { CarriedConnectionRequest } from './carried-connection.ts';
import type { MishapReport } from './mishap-log.ts';

/** What a data-plane worker is told first. */
export interface DataWorkerInit {
  readonly index: number;
  /** How many there are. */
  readonly workers: number;
  readonly reusePort: boolean;
  readonly ledger: LedgerMemory;
  /** Its own part of the ledger's counts of requests under way. */
  readonly share: SharedArrayBuffer;
  readonly slab: SharedArrayBuffer;
  readonly slabShape: SlabShape;
  readonly ticketKeys: Uint8Array;
  readonly secrets: PolicySecrets;
  /** Where spans are sent; null: nowhere. */
  readonly traces: { readonly endpoint: string; readonly ratio: number } | null;
  /** Authorities to trust where the worker is the client, PEM; null: those that Node.js trusts. */
  readonly authorities: readonly string[] | null;
  /** Certificates of HTTPS targets must come from one of them. */
  readonly verifyTargets: boolean;
  /** Where AWS services are that are not served here. */
  readonly services: ServiceEndpoint | null;
  /** Who uses `@connections` must have signed, whatever key he names. */
  readonly verifies: boolean;
  readonly logRoot: string;
  readonly connectionLimit: number;
  readonly h2c: boolean;
  readonly drainMs: number;
  /** To the thread that runs functions. */
  readonly functions: MessagePort;
}

export type ToDataWorker =
  /** The first: what it is. */
  | { readonly kind: 'begin'; readonly init: DataWorkerInit }
  | {
      readonly kind: 'update';
      readonly update: Update;
      /** Slots of the metrics by label, of what is new in this update. */
      readonly balancerSlots: ReadonlyMap<string, number>;
      readonly poolSlots: ReadonlyMap<string, number>;
      readonly apiSlots: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'explain'; readonly id: number; readonly request: RequestToExplain }
  /** To a thread that runs functions in place of the one that has ended. */
  | { readonly kind: 'functions'; readonly port: MessagePort }
  /** New keys for session tickets, the same for all workers. */
  | { readonly kind: 'ticket-keys'; readonly ticketKeys: Uint8Array }
  /** For a client's connection, which the worker may have. */
  | { readonly kind: 'connection'; readonly id: number; readonly request: CarriedConnectionRequest }
  /** The way to another worker. */
  | { readonly kind: 'peer'; readonly worker: number; readonly port: MessagePort }
  | { readonly kind: 'drain'; readonly withinMs: number; readonly handshakesMs: number };

export type FromDataWorker =
  /** Where it keeps which descriptors are open that Node does not close for it: before it opens any (`DescriptorList`). */
  | { readonly kind: 'descriptors'; readonly memory: SharedArrayBuffer }
  /** `ioUring`: it reads and writes many connections in one system call; `openssl`: it speaks TLS by OpenSSL without Node. */
  | { readonly kind: 'served'; readonly revision: number; readonly ioUring: boolean; readonly openssl: boolean; readonly serving: ReadonlyMap<string, readonly string[]>; readonly failures: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'unexplained'; readonly id: number; readonly why: string }
  | { readonly kind: 'explained'; readonly id: number; readonly explanation: RequestExplanation }
  /** A file of a log that is whole: to be packed and delivered. */
  | { readonly kind: 'log-finished'; readonly path: string }
  /** Lines of APIs' access logs. */
  | { readonly kind: 'api-log'; readonly batch: readonly ApiLogLines[] }
  | { readonly kind: 'connection'; readonly id: number; readonly outcome: ConnectionOutcome }
  | { readonly kind: 'mishaps'; readonly report: MishapReport }
  | { readonly kind: 'drained' };

/** What the thread that runs functions is started with. */
export interface FunctionThreadInit {
  readonly folder: string;
  readonly blobFolder: string;
  /** Where the functions' own AWS clients are pointed. */
  readonly endpointUrl: string | null;
  /** Value of PATH, by which interpreters are found. */
  readonly interpreterPath: string;
  /** Invocations at the same time in an account and region. */
  readonly accountConcurrency: number;
  /** User and group id of functions; null: those of the program. */
  readonly user: number | null;
  /** Runtimes that are started ahead. */
  readonly spares: number;
}

/** An invocation without what cannot cross a thread. */
export interface CarriedInvocation extends Omit<InvocationRequest, 'stream' | 'payload'> {
  readonly stream: boolean;
  readonly payload: CarriedBytes;
}

export type CarriedResult =
  | Extract<InvocationResult, { readonly kind: 'throttled' | 'unavailable' }>
  | (Omit<Extract<InvocationResult, { readonly kind: 'ok' }>, 'payload'> & { readonly payload: CarriedBytes })
  | (Omit<Extract<InvocationResult, { readonly kind: 'function-error' }>, 'payload'> & { readonly payload: CarriedBytes });

export type ToFunctionThread =
  | { readonly kind: 'functions'; readonly functions: readonly LambdaFunction[] }
  /** A worker that may invoke. */
  | { readonly kind: 'caller'; readonly port: MessagePort }
  | { readonly kind: 'invoke'; readonly id: number; readonly request: CarriedInvocation }
  /** So many bytes of a streamed response have been taken. */
  | { readonly kind: 'taken'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'ready'; readonly id: number; readonly functionArn: string }
  | { readonly kind: 'close' };

export type FromFunctionThread =
  | { readonly kind: 'log'; readonly batch: LogBatch }
  | { readonly kind: 'begun'; readonly id: number; readonly contentType: string }
  | { readonly kind: 'part'; readonly id: number; readonly bytes: CarriedBytes }
  | { readonly kind: 'ready'; readonly id: number; readonly count: number }
  | { readonly kind: 'invoked'; readonly id: number; readonly result: CarriedResult }
  | { readonly kind: 'closed' };
