/** A health check as its log tells it. */
export interface LoggedCheck {
  /** `http`, `https`, `h2`, `grpc`, ... or `lambda`. */
  readonly type: string;
  /** Wall clock (ms) when it began. */
  readonly at: number;
  readonly ms: number;
  /** `address:port`, or the ARN of a function. */
  readonly target: string;
  /** Name of the target group. */
  readonly group: string;
  readonly passed: boolean;
  /** What the target answered; null for nothing. */
  readonly status: number | null;
  readonly timedOut: boolean;
  /** What went wrong with the connection; '' for nothing. */
  readonly failure: string;
}

/** Fields of a line, in order. */
export const healthLogFields = ['type', 'time', 'latency', 'target_addr', 'target_group_id', 'status', 'status_code', 'reason_code'] as const;

/**
 * ALB's health check log line, ended by a line feed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-health-check-logs.html#health-check-log-entry-format
 */
export function healthLogLine(check: LoggedCheck): string {
  const time = new Date(check.at).toISOString().replace('Z', '000Z');
  const status = check.status === null ? '-' : String(check.status);
  return `${check.type} ${time} ${(check.ms / 1000).toFixed(9)} ${check.target} ${check.group} ${check.passed ? 'PASS' : 'FAIL'} ${status} ${reasonOf(check)}\n`;
}

function reasonOf({ passed, status, timedOut, failure }: LoggedCheck): string {
  if (passed) return '-';
  if (timedOut) return 'RequestTimedOut';
  if (status !== null) return status >= 500 ? 'TargetError' : 'ResponseCodeMismatch';
  return /refused|reset|closed|hang up|EPIPE/i.test(failure) ? 'ConnectionReset' : 'InternalError';
}
