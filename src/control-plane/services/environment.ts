import type { Clock, Random } from '../../kernel/index.ts';
import type { ReportReader, UsageBook } from '../../snapshot/index.ts';
import type { BeyondAws } from '../resources/index.ts';
import type { BlobStore, ObjectReader, Store } from '../store/index.ts';
import type { EventJournal } from './lambda/event-journal.ts';
import type { FunctionInvoker } from './lambda/invoker.ts';
import type { Limits } from './limits.ts';

/** What the services are made from; the composition root builds one and hands it to every `xxxService(environment)`. */
export interface Environment {
  readonly store: Store;
  readonly blobs: BlobStore;
  /** What stands in for S3 where an operation reads an object. */
  readonly objects: ObjectReader;
  readonly clock: Clock;
  readonly random: Random;
  /** What the data plane tells: target health, listener states. */
  readonly reports: ReportReader;
  /** How often keys were used under their plans. */
  readonly usage: UsageBook;
  readonly functions: FunctionInvoker;
  /** Runtimes that can be run on this machine. */
  readonly runtimes: readonly string[];
  /** Folders below which code may be run where it lies. */
  readonly functionFolders: readonly string[];
  /** Where asynchronous invocations wait. */
  readonly eventJournal: EventJournal;
  readonly limits: Limits;
  /** What APIs may have that AWS refuses. */
  readonly beyondAws: ReadonlySet<BeyondAws>;
  /** What DNS names end in: `localhost` by default. */
  readonly dnsSuffix: string;
  /** Where clients reach the HTTPS listeners of APIs: 443, or what is bound for it. */
  readonly httpsPort: number;
}
