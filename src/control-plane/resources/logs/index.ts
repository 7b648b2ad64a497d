import type { LogGroup, LogStream } from './log-group.ts';

/** The nouns of logs, by kind. Each has a file of its own in this folder. */
export interface LogsResources {
  'logs/log-group': LogGroup;
  'logs/log-stream': LogStream;
}

export { logGroupArn, logStreamArn, type LogGroup, type LogStream } from './log-group.ts';
