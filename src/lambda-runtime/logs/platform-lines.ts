/** The lines that Lambda itself writes around every invocation, as text or (LogFormat JSON) as documents. */

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMb: number;
  /** Null where the system does not tell. */
  readonly usedMb: number | null;
  /** Set on the first invocation of an environment. */
  readonly initMs: number | null;
  /** Set when the invocation failed in a way that the platform noticed. */
  readonly status: 'success' | 'error' | 'timeout';
  readonly errorType: string | null;
}

export interface PlatformLines {
  /** Null: not written. */
  start(requestId: string, version: string, now: number): string | null;
  end(requestId: string): string | null;
  report(report: Report, now: number): string | null;
}

export const textLines: PlatformLines = {
  start: (requestId, version) => `START RequestId: ${requestId} Version: ${version}\n`,
  end: (requestId) => `END RequestId: ${requestId}\n`,
  report(report) {
    let line =
      `REPORT RequestId: ${report.requestId}\tDuration: ${report.durationMs.toFixed(2)} ms\tBilled Duration: ${Math.ceil(report.durationMs)} ms\t` +
      `Memory Size: ${report.memoryMb} MB\tMax Memory Used: ${report.usedMb ?? report.memoryMb} MB\t`;
    if (report.initMs !== null) line += `Init Duration: ${report.initMs.toFixed(2)} ms\t`;
    if (report.status !== 'success') line += `Status: ${report.status}`;
    if (report.errorType !== null) line += `\tError Type: ${report.errorType}`;
    return `${line}\n`;
  },
};

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html, filtered by the system log level:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html (start and report of what went well are INFO, of a failure WARN).
 */
export function jsonLines(level: string | null): PlatformLines {
  const info = level === null || level === 'DEBUG' || level === 'INFO';
  return {
    start: (requestId, version, now) => (info ? platform('platform.start', { requestId, version }, now) : null),
    end: () => null,
    report(report, now) {
      return !info && report.status === 'success' ? null : platform('platform.report', reportRecord(report), now);
    },
  };
}

/** The record of a `platform.report`. */
export function reportRecord({ requestId, durationMs, memoryMb, usedMb, initMs, status, errorType }: Report): object {
  const metrics = {
    durationMs: round(durationMs), billedDurationMs: Math.ceil(durationMs), memorySizeMB: memoryMb, maxMemoryUsedMB: usedMb ?? memoryMb, ...(initMs === null ? {} : { initDurationMs: round(initMs) }),
  };
  return { requestId, metrics, status, ...(errorType === null ? {} : { errorType }) };
}

function platform(type: string, record: object, now: number): string {
  return `${JSON.stringify({ time: new Date(now).toISOString(), type, record })}\n`;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
