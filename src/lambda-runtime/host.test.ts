import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionBench } from '../../test/support/function-bench.ts';

interface Told {
  readonly event: unknown;
  readonly remaining: number;
  readonly context: { readonly awsRequestId: string; readonly invokedFunctionArn: string; readonly memoryLimitInMB: string; readonly clientContext: unknown };
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

test('runs a handler and tells it where it is', async () => {
  await using bench = new FunctionBench();
  const id = bench.put(
    'hello',
    `exports.handler = async (event, context) => {
       console.log('got', event, 'two\\nlines');
       return { event, remaining: context.getRemainingTimeInMillis(), context, env: process.env, cwd: process.cwd() };
     };`,
    { environment: { GREETING: 'hi', TZ: 'Europe/Berlin' } },
  );
  const answer = (await bench.answer(id, { a: 'ü' }, { requestId: 'r-1', traceId: 'Root=1-2-3', clientContext: '{"custom":{"k":"v"}}', invokedArn: `${id}:$LATEST` })) as Told;
  assert.deepEqual(answer.event, { a: 'ü' });
  assert.ok(answer.remaining > 3000 && answer.remaining <= 5000, String(answer.remaining));
  assert.equal(answer.context.awsRequestId, 'r-1');
  assert.equal(answer.context.invokedFunctionArn, `${id}:$LATEST`);
  assert.equal(answer.context.memoryLimitInMB, '256');
  assert.deepEqual(answer.context.clientContext, { custom: { k: 'v' } });
  const { env } = answer;
  assert.deepEqual(
    Object.keys(env).sort(),
    [
      '_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_ACCESS_KEY_ID', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_LAMBDA_RUNTIME_API', 'AWS_REGION', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_XRAY_CONTEXT_MISSING', 'GREETING', 'LAMBDA_RUNTIME_DIR', 'LAMBDA_TASK_ROOT', 'LANG', 'PATH', 'TMPDIR', 'TZ',
    ].sort(),
  );
  assert.equal(env._X_AMZN_TRACE_ID, 'Root=1-2-3');
  assert.equal(env.AWS_REGION, 'eu-west-1');
  assert.equal(env.AWS_ACCESS_KEY_ID, '123456789012');
  assert.equal(env.TZ, 'Europe/Berlin');
  assert.equal(env.LAMBDA_TASK_ROOT, answer.cwd);
  const text = bench.logText();
  assert.match(text, /^START RequestId: r-1 Version: \$LATEST\n\d{4}-\d\d-\d\dT[\d:.]{12}Z\tr-1\tINFO\tgot \{ a: 'ü' \} two\nlines\nEND RequestId: r-1\nREPORT RequestId: r-1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n$/);
  assert.match(bench.logs[0]!.logStream, /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  assert.equal(bench.logs[0]!.logGroup, '/aws/lambda/hello');
});
