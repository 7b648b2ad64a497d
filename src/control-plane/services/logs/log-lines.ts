import type { Clock } from '../../../kernel/index.ts';
import { logGroupArn, logStreamArn } from '../../resources/logs/index.ts';
import type { Store } from '../../store/index.ts';
import type { LogEvent, LogEvents, StreamName } from './log-events.ts';

/**
 * For what writes logs inside Turnpike (the Lambda runtime): makes group and stream where they are missing, as the service would with its
 * role's permissions, and appends.
 */
export async function writeLogLines({ store, events, clock }: { readonly store: Store; readonly events: LogEvents; readonly clock: Clock }, name: StreamName, lines: readonly LogEvent[]): Promise<void> {
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
  await events.append(name, lines);
}
