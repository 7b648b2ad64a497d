import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { DiskBlobs } from '../../control-plane/store/index.ts';
import { systemClock, systemRandom, uuid } from '../../kernel/index.ts';
import { FunctionHost, type InvocationRequest, type InvocationResult, type LogSink } from '../../lambda-runtime/index.ts';
import type { FunctionAnswer, FunctionCall } from './function-port.ts';
import type { FromFunctionThread, FunctionThreadInit, ToFunctionThread } from './messages.ts';

/** The thread that runs functions: apart from the control plane, whose disk writes would delay every invocation. */
const init = workerData as FunctionThreadInit;
const main = parentPort!;

function tell(message: FromFunctionThread): void {
  main.postMessage(message);
}

const blobs = new DiskBlobs(init.blobFolder, systemRandom);
const logs: LogSink = { write: (batch) => tell({ kind: 'log', batch }) };
const host = new FunctionHost({
  clock: systemClock,
  random: systemRandom,
  folder: init.folder,
  zipPath: (sha256) => blobs.path(sha256),
  logs,
  endpointUrl: init.endpointUrl,
});

function hear(message: ToFunctionThread): void {
  switch (message.kind) {
    case 'functions':
      host.update(message.functions);
      break;
    case 'caller':
      serve(message.port);
      break;
    case 'invoke':
      void invoke({ ...message.request, payload: bufferOf(message.request.payload) }).then((result) => tell({ kind: 'invoked', id: message.id, result }));
      break;
    case 'close':
      void host.close().then(() => tell({ kind: 'closed' }));
      break;
  }
}

main.on('message', hear);

/** Never rejects. */
async function invoke(request: InvocationRequest): Promise<InvocationResult> {
  // A call of a worker and the function that it is for come through different ports, in any order: the function was sent before.
  if (!host.knows(request.functionArn)) for (let next = receiveMessageOnPort(main); next; next = receiveMessageOnPort(main)) hear(next.message as ToFunctionThread);
  try {
    return await host.invoke(request);
  } catch (error) {
    // A fault of ours, in one call: no reason to end the thread and every other call with it.
    return { kind: 'unavailable', reason: `the function could not be run: ${(error as Error).stack ?? (error as Error).message}` };
  }
}

function serve(port: MessagePort): void {
  port.on('message', (call: FunctionCall) => {
    void invoke({
      functionArn: call.functionArn,
      invokedArn: call.functionArn,
      payload: bufferOf(call.payload),
      requestId: uuid(systemRandom),
      clientContext: null,
      traceId: call.traceId,
      tail: false,
    }).then((result) => port.postMessage({ id: call.id, outcome: outcomeOf(result) } satisfies FunctionAnswer));
  });
}

function outcomeOf(result: InvocationResult): FunctionAnswer['outcome'] {
  switch (result.kind) {
    case 'ok':
      return { kind: 'ok', payload: result.payload };
    case 'function-error':
      return { kind: 'function-error', cause: result.cause };
    case 'throttled':
      return { kind: 'throttled' };
    case 'unavailable':
      return { kind: 'unavailable', reason: result.reason };
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
