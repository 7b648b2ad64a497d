import type { Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { absentOperations } from './absent.ts';
import type { LogEvents } from './log-events.ts';
import { logEventOperations } from './log-event.ts';
import { logGroupOperations } from './log-group.ts';
import { logStreamOperations } from './log-stream.ts';
import { LOGS_MEMBERS, refusedMember } from './members.ts';

/** CloudWatch Logs: groups, streams and their events. `events` is where the events are kept; the Lambda runtime writes to the same one. */
export function logsService(environment: Environment, events: LogEvents): Service {
  return {
    name: 'logs',
    operations: refusing(
      {
        ...logGroupOperations(environment, events),
        ...logStreamOperations(environment, events),
        ...logEventOperations(environment, events),
        ...absentOperations(environment),
      },
      LOGS_MEMBERS,
      refusedMember,
    ),
    refusals: {
      StartLiveTail: 'Live tail is not served: call FilterLogEvents with a start time, or GetLogEvents with its forward token.',
      StartQuery: 'Logs Insights queries are not served: call FilterLogEvents with a filter pattern.',
      PutSubscriptionFilter: 'Events are not forwarded: read them with FilterLogEvents.',
      PutMetricFilter: 'Metrics are not made from log events.',
    },
  };
}
