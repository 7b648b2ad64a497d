import type {
  CreateLogStreamCommandInput, DeleteLogStreamCommandInput, DescribeLogStreamsCommandInput, DescribeLogStreamsResponse, LogStream as ApiLogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type Call } from '../../../aws/index.ts';
import { logStreamArn } from '../../resources/logs/index.ts';
import type { Environment } from '../environment.ts';
import type { LogEvents } from './log-events.ts';
import { groupOf, streamOf, tokenPage } from './lookup.ts';

/** What AWS answers since sequence tokens are no longer checked. */
export const SEQUENCE_TOKEN = '49590302512391325012318233158124918582375823758237582375';

export function logStreamOperations({ store, clock }: Environment, events: LogEvents) {
  return {
    async CreateLogStream(input: CreateLogStreamCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        const group = groupOf(tx, call, { logGroupName: input.logGroupName });
        const id = logStreamArn(group.id, input.logStreamName!);
        if (tx.get('logs/log-stream', id)) throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
        tx.put('logs/log-stream', { id, account: call.account, region: call.region, parent: group.id, createdAt: clock.now(), name: input.logStreamName! });
      });
    },

    async DescribeLogStreams(input: DescribeLogStreamsCommandInput, call: Call): Promise<DescribeLogStreamsResponse> {
      const byTime = input.orderBy === 'LastEventTime';
      if (byTime && input.logStreamNamePrefix !== undefined) {
        throw new AwsError('InvalidParameterException', 'Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const group = groupOf(store.world, call, input);
      const streams: ApiLogStream[] = [];
      for (const stream of store.world.children('logs/log-stream', group.id)) {
        if (!stream.name.startsWith(input.logStreamNamePrefix ?? '')) continue;
        const facts = await events.facts({ account: group.account, region: group.region, group: group.name, stream: stream.name });
        streams.push({
          logStreamName: stream.name,
          arn: stream.id,
          creationTime: stream.createdAt,
          firstEventTimestamp: facts?.firstTimestamp,
          lastEventTimestamp: facts?.lastTimestamp,
          lastIngestionTime: facts?.lastIngestion,
          uploadSequenceToken: SEQUENCE_TOKEN,
          // AWS has reported zero for streams since 2019.
          storedBytes: 0,
        });
      }
      streams.sort((a, b) => (byTime ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0) : 0) || (a.logStreamName! < b.logStreamName! ? -1 : 1));
      if (input.descending) streams.reverse();
      const { items, nextToken } = tokenPage(streams, { nextToken: input.nextToken, limit: input.limit ?? 50 }, (stream) => stream.logStreamName!);
      return { logStreams: [...items], nextToken };
    },

    async DeleteLogStream(input: DeleteLogStreamCommandInput, call: Call): Promise<void> {
      const group = await store.transact((tx) => {
        const found = groupOf(tx, call, { logGroupName: input.logGroupName });
        tx.delete('logs/log-stream', streamOf(tx, found, input.logStreamName).id);
        return found;
      });
      await events.deleteStream({ account: group.account, region: group.region, group: group.name, stream: input.logStreamName! });
    },
  };
}
