/** One event of a function's log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Ends in a newline, as AWS's log events do; at most 256 KB of UTF-8. */
  readonly message: string;
}

export interface LogBatch {
  /** ARN of the function, unqualified or with a version number. */
  readonly functionArn: string;
  readonly logGroup: string;
  readonly logStream: string;
  /** In order of time. */
  readonly lines: readonly LogLine[];
}

/** Where the logs of functions go. `write` must not throw and must not wait: it is called while requests are being served. */
export interface LogSink {
  write(batch: LogBatch): void;
}
