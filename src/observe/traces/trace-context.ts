/** Where a span belongs: 32 and 16 hexadecimal digits. */
export interface TraceContext {
  readonly traceId: string;
  /** '' for none. */
  readonly parentSpanId: string;
  /** The caller has said that the trace is not recorded. */
  readonly unsampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/**
 * By `traceparent` (W3C Trace Context), where the client has sent one; else by the trace that X-Amzn-Trace-Id names, which we have made where
 * there was none: `Root=1-58337262-36d228ad5d99923122bbe354` is the trace 5833726236d228ad5d99923122bbe354. Null where there is neither.
 */
export function traceContext(traceparent: string | null, amznTraceId: string): TraceContext | null {
  const [, version, traceId, spanId, flags] = (traceparent === null ? null : TRACEPARENT.exec(traceparent)) ?? [];
  if (version !== undefined && version !== 'ff' && traceId !== NO_TRACE && spanId !== NO_SPAN) {
    return { traceId: traceId!, parentSpanId: spanId!, unsampled: (parseInt(flags!, 16) & 1) === 0 };
  }
  const root = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})/i.exec(amznTraceId);
  if (root === null) return null;
  const parent = /(?:^|;)\s*Parent=([0-9a-f]{16})/i.exec(amznTraceId)?.[1] ?? '';
  return { traceId: (root[1]! + root[2]!).toLowerCase(), parentSpanId: parent.toLowerCase(), unsampled: /(?:^|;)\s*Sampled=0/.test(amznTraceId) };
}
