/**
 * AWS's own runtime client for Node (aws-lambda-ric) against the Runtime API, as it runs in images that are based on nothing of AWS's.
 *   AWS_LAMBDA_RIC=/tmp/ric node tools/test.ts system conformance/lambda/runtime-client
 * installs it there the first time, which takes minutes. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-image.html#nodejs-image-clients
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionBench } from '../../support/function-bench.ts';
import { runtimeInterfaceClient } from '../../support/runtime-interface-client.ts';
import { zip } from '../../support/zip.ts';

const client = runtimeInterfaceClient(process.env['AWS_LAMBDA_RIC']);
const program = 'program' in client ? client.program : '';
const skip = 'missing' in client ? client.missing : false;

const SOURCE = `
exports.handler = async (event, context) => {
  if (event.fail) throw new RangeError('too far');
  if (event.exit) process.exit(3);
  console.log('seen ' + event.n);
  return { n: event.n, id: context.awsRequestId, arn: context.invokedFunctionArn, name: context.functionName, left: context.getRemainingTimeInMillis() > 0, client: context.clientContext };
};
exports.streaming = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType('text/plain');
  for (let i = 0; i < event.parts; i++) stream.write('part ' + i + ';');
  stream.end();
});`;

function withClient(handler: string): { readonly code: Buffer; readonly more: { readonly runtime: string; readonly handler: string; readonly memoryMb: number } } {
  const bootstrap = `#!/bin/sh\ncd "$LAMBDA_TASK_ROOT"\nexec ${process.execPath} ${program} "$_HANDLER"\n`;
  const code = zip([{ name: 'bootstrap', data: bootstrap, mode: 0o100755 }, { name: 'index.js', data: SOURCE }]);
  return { code, more: { runtime: 'provided.al2023', handler, memoryMb: 512 } };
}

test('AWS\'s runtime client runs a handler: events, context, logs, failures, the end of its process', { skip, timeout: 240_000 }, async () => {
  await using bench = new FunctionBench();
  const { code, more } = withClient('index.handler');
  const id = bench.put('client', code, more);
  const requestId = '11111111-2222-4333-8444-555555555555';
  assert.deepEqual(await bench.answer(id, { n: 1 }, { requestId, clientContext: '{"custom":{"a":"1"}}' }), { n: 1, id: requestId, arn: id, name: 'client', left: true, client: { custom: { a: '1' } } });
  for (let n = 2; n < 10; n++) assert.equal(((await bench.answer(id, { n })) as { n: number }).n, n);
  assert.match(bench.logText(), /\tINFO\tseen 1\n/);
  const failure = await bench.failure(id, { fail: true });
  assert.deepEqual([failure.cause, failure.errorType, failure.errorMessage], ['handler', 'RangeError', 'too far']);
  assert.equal((await bench.failure(id, { exit: true })).errorType, 'Runtime.ExitError');
  assert.equal(((await bench.answer(id, { n: 10 })) as { n: number }).n, 10);
});

test('AWS\'s runtime client streams a response', { skip, timeout: 240_000 }, async () => {
  await using bench = new FunctionBench();
  const { code, more } = withClient('index.streaming');
  const id = bench.put('client', code, more);
  const parts: Buffer[] = [];
  let type = '';
  const stream = { begin: (contentType: string) => void (type = contentType), part: (bytes: Buffer, taken: () => void) => { parts.push(bytes); taken(); } };
  assert.equal((await bench.invoke(id, { parts: 3 }, { stream, tail: false })).kind, 'ok');
  assert.deepEqual([type, Buffer.concat(parts).toString()], ['text/plain', 'part 0;part 1;part 2;']);
});

test('AWS\'s runtime client tells what cannot be loaded', { skip, timeout: 240_000 }, async () => {
  await using bench = new FunctionBench();
  const { code, more } = withClient('index.nothing');
  const failure = await bench.failure(bench.put('client', code, more));
  assert.deepEqual([failure.cause, failure.errorType], ['init', 'Runtime.HandlerNotFound']);
});
