import type { Clock } from '../../../kernel/index.ts';
import { logGroupArn, logStreamArn } from '../../resources/logs/index.ts';
import type { Store } from '../../store/index.ts';
import type { LogEvent, LogEvents, StreamName } from './log-events.ts';

export interface LogPlace {
  readonly store: Store;
  readonly events: LogEvents;
  readonly clock: Clock;
}

/** For what writes logs inside Turnpike (the Lambda runtime): sees that there is a stream, and appends. */
export async function writeLogLines(place: LogPlace, name: StreamName, lines: readonly LogEvent[]): Promise<void> {
  await makeStream(place, name);
  await place.events.append(name, lines);
}

/** Makes group and stream where they are missing, as the service would with its role's permissions. */
export async function makeStream({ store, clock }: LogPlace, name: StreamName): Promise<void> {
  const { account, region } = name;
  const group = logGroupArn(account, region, name.group);
  const stream = logStreamArn(group, name.stream);
  if (!store.world.get('logs/log-stream', stream)) {
    await store.transact((tx) => {
      const own = { account, region, createdAt: clock.now() };
      if (!tx.get('logs/log-group', group)) {
        tx.put('logs/log-group', { ...own, id: group, parent: null, name: name.group, retentionInDays: null, kmsKeyId: null, logGroupClass: 'STANDARD', deletionProtection: false, tags: [] });
      }
      if (!tx.get('logs/log-stream', stream)) tx.put('logs/log-stream', { ...own, id: stream, parent: group, name: name.stream });
    });
  }
}
