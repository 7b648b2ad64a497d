export { DiskLogEvents, type DiskLogEventsSettings } from './disk-log-events.ts';
export { type GroupName, type LogEvent, type LogEvents, type StoredLogEvent, type StreamFacts, type StreamName } from './log-events.ts';
export { LogLineQueue, type LogLineQueueSettings } from './log-line-queue.ts';
export { writeLogLines } from './log-lines.ts';
export { MemoryLogEvents } from './memory-log-events.ts';
export { logsService } from './service.ts';
export { LOGS_MEMBERS } from './members.ts';
