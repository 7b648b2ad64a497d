/**
 * The Node runtime of an execution environment: loads the handler, then serves one invocation after the other.
 * Runs in a process of its own with nothing but what AWS documents in its environment; imports nothing of the host.
 */
/* The environment of this process is the interface that AWS defines; there is no composition root in it. */
/* oxlint-disable no-restricted-properties */
'use strict';
const { documentOf, RuntimeFailure } = require('./failure.cjs');
const { loadHandler } = require('./handler.cjs');
const { FunctionLog } = require('./log.cjs');
const { RuntimeClient } = require('./runtime-client.cjs');
const { isStreaming, responseStream, supportStreaming } = require('./response-stream.cjs');
const { becomeAssigned } = require('./spare.cjs');

const variables = process.env;
const client = new RuntimeClient(variables.AWS_LAMBDA_RUNTIME_API, variables._TURNPIKE_RUNTIME_API_FD);
let log;
let handler;
/** What is the same in the context of every invocation. */
let own;
/** Whether handlers may take a callback. From Node 24 on AWS awaits whatever the handler returns and knows none. */
let callbacks = true;
/** What is under way: null while the function loads. */
let current = null;
let perishing = false;

void main();

async function main() {
  // Started ahead, for whichever function needs it first.
  if (variables._TURNPIKE_SPARE !== undefined) await becomeAssigned(client);
  delete variables._TURNPIKE_RUNTIME_API_FD;
  log = new FunctionLog({
    descriptor: Number(variables._LAMBDA_TELEMETRY_LOG_FD ?? 1),
    json: variables.AWS_LAMBDA_LOG_FORMAT === 'JSON',
    level: variables.AWS_LAMBDA_LOG_LEVEL,
  });
  delete variables._LAMBDA_TELEMETRY_LOG_FD;
  log.patch(console);
  own = {
    functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: variables.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: variables.AWS_LAMBDA_LOG_STREAM_NAME,
  };
  supportStreaming(globalThis);
  callbacks = Number(/nodejs(\d+)/.exec(variables.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0) < 24;

  // 129 and 128 are the statuses with which AWS's runtime ends.
  process.on('uncaughtException', (error) => void perish('Uncaught Exception', error, 129));
  process.on('unhandledRejection', (reason) => {
    const failure = new RuntimeFailure('Runtime.UnhandledPromiseRejection', String(reason), reason instanceof Error ? reason : undefined);
    failure.reason = reason;
    void perish('Unhandled Promise Rejection', failure, 128);
  });
  process.on('beforeExit', () => current?.loopEmpty());

  try {
    handler = await loadHandler(variables.LAMBDA_TASK_ROOT, variables._HANDLER);
    if (!callbacks && handler.length >= 3 && !isStreaming(handler)) {
      throw new RuntimeFailure('Runtime.CallbackHandlerDeprecated', 'Handlers that take a callback are not run from Node.js 24 on: write the handler as an async function. See https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.');
    }
  } catch (error) {
    await perish('Uncaught Exception', error, 1);
  }

  for (;;) {
    const invocation = await client.next();
    client.release();
    await serve(invocation);
  }
}

async function perish(title, error, status) {
  if (perishing) return;
  perishing = true;
  log.failure(title, error);
  if (current === null) client.failInit(documentOf(error));
  else if (!current.done) current.abort(documentOf(error));
  await client.flush();
  process.exit(status);
}

/** Runs one invocation; resolves once its result has been handed in. */
function serve(invocation) {
  return new Promise((resolve) => {
    const id = invocation.header('lambda-runtime-aws-request-id');
    const trace = invocation.header('lambda-runtime-trace-id');
    if (trace === undefined) delete variables._X_AMZN_TRACE_ID;
    else variables._X_AMZN_TRACE_ID = trace;
    log.requestId = id;

    let held = null;
    const finish = (hand) => {
      if (current.done || perishing) return;
      current.done = true;
      hand();
      resolve();
    };
    const succeed = (result) =>
      finish(() => {
        let text;
        try {
          text = JSON.stringify(result === undefined ? null : result) ?? 'null';
        } catch {
          const failure = new Error('Unable to stringify response body');
          log.failure('Invoke Error', failure);
          client.fail(id, documentOf(failure), log.records);
          return;
        }
        client.respond(id, text, log.records);
      });
    const response = isStreaming(handler) ? client.stream(id) : null;
    const abort = (document) => {
      // What has begun to leave can only be broken off.
      if (response?.begun) response.end('', document, log.records);
      else client.fail(id, document, log.records);
    };
    const fail = (error) =>
      finish(() => {
        log.failure('Invoke Error', error);
        abort(documentOf(error));
      });
    current = {
      id,
      done: false,
      abort,
      loopEmpty() {
        if (current.done) return;
        if (held) succeed(held.result);
        else if (response === null && callbacks && handler.constructor?.name !== 'AsyncFunction') succeed(null);
        else fail(new RuntimeFailure('Runtime.NodeJsExit', 'The event loop ran empty while the handler was still waiting: most often a promise that is never settled.'));
      },
    };

    const context = contextOf(invocation, id);
    const done = (error, result) => (error === undefined || error === null ? succeed(result) : fail(error));
    if (callbacks) Object.assign(context, { done, succeed, fail: (error) => fail(error ?? 'handled') });
    const callback = (error, result) => {
      if (held) return;
      if (error === undefined || error === null) {
        held = { result };
        if (!context.callbackWaitsForEmptyEventLoop) succeed(result);
      } else fail(error);
    };

    try {
      const event = JSON.parse(invocation.payload);
      if (response) {
        const { stream, finished, drain } = responseStream(response);
        new Promise((answer) => answer(handler(event, stream, context)))
          .then(() => finished)
          // What it wrote before it failed leaves all the same, as on AWS.
          .then((contentType) => finish(() => response.end(contentType, null, log.records)), (error) => drain(() => fail(error)));
        return;
      }
      const returned = callbacks ? handler(event, context, callback) : handler(event, context);
      if (typeof returned?.then === 'function') returned.then(succeed, fail);
      else if (!callbacks) succeed(returned);
    } catch (error) {
      fail(error);
    }
  });
}

/** The context object, as https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html lists it. */
function contextOf(invocation, id) {
  const deadline = Number(invocation.header('lambda-runtime-deadline-ms'));
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    ...own,
    clientContext: parsed(invocation.header('lambda-runtime-client-context')),
    identity: parsed(invocation.header('lambda-runtime-cognito-identity')),
    invokedFunctionArn: invocation.header('lambda-runtime-invoked-function-arn'),
    awsRequestId: id,
    // Time as the function sees it: its own clock, against the deadline that the host wrote.
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  return context;
}

function parsed(text) {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
