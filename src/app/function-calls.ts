import type { FunctionInvoker } from '../control-plane/services/index.ts';
import { AlbEventFormat, albResponse } from '../data-plane/targets/index.ts';
import type { FunctionProbe } from '../data-plane/upstreams/index.ts';
import { uuid, type Random } from '../kernel/index.ts';
import type { FunctionThread } from './function-thread.ts';

/** `Invoke` of the Lambda API, over the thread that runs functions. */
export function functionInvoker(thread: FunctionThread): FunctionInvoker {
  return {
    ready: (functionArn) => thread.ready(functionArn),
    invoke: (request) => thread.invoke(request),
  };
}

/** Health checks of functions, as ALB makes them: an event, and the status in its answer. */
export function functionProbe(thread: FunctionThread, random: Random): FunctionProbe {
  return (pool, check, done) => {
    let cancelled = false;
    const { functionArn } = pool;
    const finish: typeof done = (outcome) => {
      if (!cancelled) done(outcome);
    };
    if (functionArn === null || pool.refused !== null) finish({ kind: 'failed', why: pool.refused ?? 'no function is registered' });
    else {
      const payload = new AlbEventFormat({ targetGroupArn: pool.id, multiValueHeaders: pool.multiValueHeaders }).healthCheck(check.path);
      void thread.invoke({ functionArn, invokedArn: functionArn, payload, requestId: uuid(random), clientContext: null, traceId: null, tail: false, stream: null }).then((result) => {
        if (result.kind !== 'ok') return finish({ kind: 'failed', why: result.kind });
        const answer = albResponse(result.payload, pool.multiValueHeaders);
        finish(answer.kind === 'response' ? { kind: 'status', status: answer.status } : { kind: 'failed', why: answer.reason });
      });
    }
    return () => {
      cancelled = true;
    };
  };
}
