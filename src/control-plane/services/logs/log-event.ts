import type {
  FilteredLogEvent, FilterLogEventsCommandInput, FilterLogEventsResponse, GetLogEventsCommandInput, GetLogEventsResponse, PutLogEventsCommandInput, PutLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { LogGroup } from '../../resources/logs/index.ts';
import type { Environment } from '../environment.ts';
import { filterPattern } from './filter-pattern.ts';
import { EVENT_OVERHEAD, type LogEvents, type StoredLogEvent } from './log-events.ts';
import { groupOf, streamOf } from './lookup.ts';
import { SEQUENCE_TOKEN } from './log-stream.ts';

const BATCH_BYTES = 1_048_576;
const BATCH_EVENTS = 10_000;
const DAY = 24 * 60 * 60 * 1000;
/** How old or how new an event may be: API_PutLogEvents.html */
const TOO_OLD = 14 * DAY;
const TOO_NEW = 2 * 60 * 60 * 1000;

export function logEventOperations({ store, clock }: Environment, events: LogEvents) {
  /** The stream's events between the times, without those that the group's retention has let go. */
  async function between(group: LogGroup, stream: string, { startTime, endTime }: { readonly startTime?: number | undefined; readonly endTime?: number | undefined }): Promise<readonly StoredLogEvent[]> {
    const all = await events.read({ account: group.account, region: group.region, group: group.name, stream });
    const oldest = Math.max(startTime ?? 0, group.retentionInDays === null ? 0 : clock.now() - group.retentionInDays * DAY);
    return all.filter((event) => event.timestamp >= oldest && (endTime === undefined || event.timestamp < endTime));
  }

  return {
    async PutLogEvents(input: PutLogEventsCommandInput, call: Call): Promise<PutLogEventsResponse> {
      const group = groupOf(store.world, call, { logGroupName: input.logGroupName });
      const stream = streamOf(store.world, group, input.logStreamName);
      const given = (input.logEvents ?? []).map((event) => ({ timestamp: event.timestamp!, message: event.message! }));
      checkBatch(given);
      const now = clock.now();
      const retention = group.retentionInDays === null ? Infinity : group.retentionInDays * DAY;
      const isOld = ({ timestamp }: { timestamp: number }): boolean => now - timestamp > Math.min(TOO_OLD, retention);
      const kept = given.filter((event) => !isOld(event) && event.timestamp - now <= TOO_NEW);
      await events.append({ account: group.account, region: group.region, group: group.name, stream: stream.name }, kept);
      return { nextSequenceToken: SEQUENCE_TOKEN, rejectedLogEventsInfo: kept.length === given.length ? undefined : rejections(given, now, retention) };
    },

    async GetLogEvents(input: GetLogEventsCommandInput, call: Call): Promise<GetLogEventsResponse> {
      const group = groupOf(store.world, call, input);
      const stream = streamOf(store.world, group, input.logStreamName);
      const found = await between(group, stream.name, input);
      const limit = input.limit ?? BATCH_EVENTS;
      const token = input.nextToken === undefined ? null : position(input.nextToken);
      let page: readonly StoredLogEvent[];
      if (token?.direction === 'f' || (!token && input.startFromHead)) {
        page = found.filter((event) => !token || key(event) > token.key).slice(0, limit);
      } else {
        page = found.filter((event) => !token || key(event) < token.key).slice(-limit);
      }
      page = bounded(page, token?.direction === 'b' || (!token && !input.startFromHead));
      // At either end the same token comes back: that is how a reader knows.
      const first = page[0] ? key(page[0]) : (token?.key ?? edge(clock.now()));
      const last = page.length > 0 ? key(page.at(-1)!) : (token?.key ?? edge(clock.now()));
      return {
        events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: `f/${last}/s`,
        nextBackwardToken: `b/${first}/s`,
      };
    },

    async FilterLogEvents(input: FilterLogEventsCommandInput, call: Call): Promise<FilterLogEventsResponse> {
      if (input.logStreamNames?.length && input.logStreamNamePrefix !== undefined) {
        throw new AwsError('InvalidParameterException', 'logStreamNames and logStreamNamePrefix are mutually exclusive.');
      }
      const matches = filterPattern(input.filterPattern);
      const group = groupOf(store.world, call, input);
      const names = input.logStreamNames?.length
        ? input.logStreamNames.map((name) => streamOf(store.world, group, name).name)
        : store.world.children('logs/log-stream', group.id).map((stream) => stream.name).filter((name) => name.startsWith(input.logStreamNamePrefix ?? ''));
      const found: (FilteredLogEvent & { readonly key: string })[] = [];
      for (const name of names) {
        for (const event of await between(group, name, input)) {
          if (!matches(event.message)) continue;
          const { timestamp, message, ingestionTime } = event;
          found.push({ logStreamName: name, timestamp, message, ingestionTime, eventId: key(event), key: `${key(event)}/${name}` });
        }
      }
      found.sort((a, b) => (a.key < b.key ? -1 : 1));
      const after = input.nextToken === undefined ? null : Buffer.from(input.nextToken, 'base64url').toString();
      if (after !== null && !/^\d{56}\//.test(after)) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
      const rest = after === null ? found : found.filter((event) => event.key > after);
      const page = bounded(rest.slice(0, input.limit ?? BATCH_EVENTS), false);
      const more = page.length < rest.length;
      return {
        events: page.map(({ logStreamName, timestamp, message, ingestionTime, eventId }) => ({ logStreamName, timestamp, message, ingestionTime, eventId })),
        searchedLogStreams: [],
        nextToken: more ? Buffer.from(page.at(-1)!.key).toString('base64url') : undefined,
      };
    },
  };
}

function checkBatch(events: readonly { readonly timestamp: number; readonly message: string }[]): void {
  if (events.length > BATCH_EVENTS) throw new AwsError('InvalidParameterException', `Log event batch has more than ${BATCH_EVENTS} events`);
  let bytes = 0;
  let before = -Infinity;
  for (const { timestamp, message } of events) {
    if (timestamp < before) throw new AwsError('InvalidParameterException', 'Log events in a single PutLogEvents request must be in chronological order.');
    before = timestamp;
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD;
  }
  if (bytes > BATCH_BYTES) throw new AwsError('InvalidParameterException', `Upload too large: ${bytes} bytes exceeds limit of ${BATCH_BYTES}`);
  if (events.length > 0 && events.at(-1)!.timestamp - events[0]!.timestamp > DAY) {
    throw new AwsError('InvalidParameterException', 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}

function rejections(events: readonly { readonly timestamp: number }[], now: number, retention: number): NonNullable<PutLogEventsResponse['rejectedLogEventsInfo']> {
  const end = (age: number): number | undefined => {
    const count = events.filter(({ timestamp }) => now - timestamp > age).length;
    return count > 0 ? count : undefined;
  };
  const tooNew = events.findIndex(({ timestamp }) => timestamp - now > TOO_NEW);
  return { tooNewLogEventStartIndex: tooNew < 0 ? undefined : tooNew, tooOldLogEventEndIndex: end(TOO_OLD), expiredLogEventEndIndex: retention < TOO_OLD ? end(retention) : undefined };
}

/** 56 digits, as AWS's event ids have: the time, then the place in the stream. */
function key(event: StoredLogEvent): string {
  return `${String(event.timestamp).padStart(16, '0')}${String(event.sequence).padStart(40, '0')}`;
}

function edge(now: number): string {
  return `${String(now).padStart(16, '0')}${'0'.repeat(40)}`;
}

function position(token: string): { readonly direction: 'f' | 'b'; readonly key: string } {
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (!match) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return { direction: match[1] as 'f' | 'b', key: match[2]! };
}

/** As many events as fit into one answer of 1 MB: from the end where the reader goes backwards, else from the beginning. */
function bounded<T extends { readonly message?: string | undefined }>(events: readonly T[], fromEnd: boolean): readonly T[] {
  let bytes = 0;
  let count = 0;
  for (const event of fromEnd ? events.toReversed() : events) {
    bytes += Buffer.byteLength(event.message ?? '') + EVENT_OVERHEAD;
    if (bytes > BATCH_BYTES && count > 0) break;
    count++;
  }
  return fromEnd ? events.slice(events.length - count) : events.slice(0, count);
}
