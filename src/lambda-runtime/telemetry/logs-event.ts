import type { PlatformEvent } from './telemetry.ts';

/** The schema that has `platform.runtimeDone` too. */
const WITH_DONE = '2021-03-18';

/**
 * An event as the older Logs API has it (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html): fewer of them, with less in them, and what is printed is always text. Null: it has none
 * of the kind.
 */
export function logsEvent({ name, record, line }: PlatformEvent, schema: string): { readonly type: string; readonly record: unknown } | null {
  if (line !== undefined) return { type: name, record: line };
  const known = record as Readonly<Record<string, unknown>>;
  switch (name) {
    case 'platform.start':
      return { type: name, record: { requestId: known['requestId'], version: known['version'] } };
    case 'platform.runtimeDone':
      return schema === WITH_DONE ? { type: name, record: { requestId: known['requestId'], status: known['status'] === 'error' ? 'failure' : known['status'] } } : null;
    case 'platform.report':
      return { type: name, record: { requestId: known['requestId'], metrics: known['metrics'] } };
    case 'platform.end':
    case 'platform.fault':
    case 'platform.extension':
    case 'platform.logsSubscription':
      return { type: name, record };
    default:
      return null;
  }
}
