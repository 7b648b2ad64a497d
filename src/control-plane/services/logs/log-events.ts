import type { LogChunk, LogLine } from '../../../snapshot/index.ts';

/** Where a stream is. */
export interface StreamName {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

export type GroupName = Omit<StreamName, 'stream'>;

/** `timestamp`: milliseconds since the epoch, when it happened. */
export type LogEvent = LogLine;

export interface StoredLogEvent extends LogEvent {
  /** When it arrived. */
  readonly ingestionTime: number;
  /** Grows with every event of the stream. */
  readonly sequence: number;
}

export interface StreamFacts {
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
  readonly lastIngestion: number;
  readonly bytes: number;
}

/**
 * What log streams hold. Events are not resources: they are appended, and when a group has more than it may keep its oldest go. Whoever writes
 * lines (PutLogEvents, the Lambda runtime) uses this; the group and the stream are resources and made beside it.
 */
export interface LogEvents {
  /** Resolves once the events are kept (for the one on disk: on disk). */
  append(stream: StreamName, events: readonly LogEvent[]): Promise<void>;
  /** The same for lines that nobody has to look into. */
  appendChunks(stream: StreamName, chunks: readonly LogChunk[]): Promise<void>;
  /** In order of timestamp, then of arrival. */
  read(stream: StreamName): Promise<readonly StoredLogEvent[]>;
  /** Null for a stream without events. */
  facts(stream: StreamName): Promise<StreamFacts | null>;
  deleteStream(stream: StreamName): Promise<void>;
  deleteGroup(group: GroupName): Promise<void>;
  /** Removes everything (development and tests). */
  reset(): Promise<void>;
}

/** How many bytes of events a group keeps unless it is told otherwise. */
export const GROUP_BYTES = 64 * 1024 * 1024;

/** What AWS counts for an event beside its message. */
export const EVENT_OVERHEAD = 26;

export function inOrder(events: StoredLogEvent[]): readonly StoredLogEvent[] {
  return events.sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
}

export function factsOf(events: readonly StoredLogEvent[]): StreamFacts | null {
  if (events.length === 0) return null;
  let firstTimestamp = Infinity;
  let lastTimestamp = -Infinity;
  let lastIngestion = -Infinity;
  let bytes = 0;
  for (const event of events) {
    firstTimestamp = Math.min(firstTimestamp, event.timestamp);
    lastTimestamp = Math.max(lastTimestamp, event.timestamp);
    lastIngestion = Math.max(lastIngestion, event.ingestionTime);
    bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD;
  }
  return { firstTimestamp, lastTimestamp, lastIngestion, bytes };
}
