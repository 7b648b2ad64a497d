import type { FunctionInvoker, FunctionResult } from '../control-plane/services/index.ts';
import type { FunctionProbe } from '../data-plane/upstreams/index.ts';
import { uuid, type Random } from '../kernel/index.ts';
import type { FunctionThread } from './function-thread.ts';

/** `Invoke` of the Lambda API, over the thread that runs functions. */
export function functionInvoker(thread: FunctionThread): FunctionInvoker {
  return {
    async invoke(request): Promise<FunctionResult> {
      const result = await thread.invoke({
        functionArn: request.functionArn,
        invokedArn: request.functionArn,
        payload: request.payload,
        requestId: request.requestId,
        clientContext: request.clientContext,
        traceId: null,
        tail: true,
      });
      switch (result.kind) {
        case 'ok':
          return { kind: 'ok', payload: Buffer.from(result.payload), logTail: result.logTail };
        case 'function-error':
          return { kind: 'function-error', error: result.error, payload: Buffer.from(result.payload), logTail: result.logTail };
        case 'throttled':
          return { kind: 'throttled', reason: result.reason };
        case 'unavailable':
          throw new Error(result.reason);
      }
    },
  };
}

/** Health checks of functions: one invocation each. */
export function functionProbe(thread: FunctionThread, random: Random): FunctionProbe {
  return (pool, _check, done) => {
    let cancelled = false;
    const finish: typeof done = (outcome) => {
      if (!cancelled) done(outcome);
    };
    if (pool.functionArn === null) finish({ kind: 'failed', why: 'no function is registered' });
    else {
      void thread
        .invoke({ functionArn: pool.functionArn, invokedArn: pool.functionArn, payload: Buffer.from('{}'), requestId: uuid(random), clientContext: null, traceId: null, tail: false })
        .then((result) => finish(result.kind === 'ok' ? { kind: 'status', status: 200 } : { kind: 'failed', why: result.kind }));
    }
    return () => {
      cancelled = true;
    };
  };
}
