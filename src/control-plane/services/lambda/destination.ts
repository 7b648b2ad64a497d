import type { EventEnd } from './asynchronous.ts';

/** What a destination is told of an event: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export function destinationRecord({ event, condition, attempts, result }: EventEnd, now: number): Buffer {
  const answered = result?.kind === 'ok' || result?.kind === 'function-error' ? result : null;
  return Buffer.from(
    JSON.stringify({
      version: '1.0',
      timestamp: new Date(now).toISOString(),
      requestContext: { requestId: event.id, functionArn: event.qualifiedArn, condition, approximateInvokeCount: attempts },
      requestPayload: parsed(event.invocation.payload),
      ...(answered === null
        ? {}
        : {
            responseContext: { statusCode: 200, executedVersion: event.executedVersion, ...(answered.kind === 'function-error' ? { functionError: answered.error } : {}) },
            responsePayload: parsed(answered.payload),
          }),
    }),
  );
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return payload.toString('utf8');
  }
}
