import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { DiskBlobs } from '../../control-plane/store/index.ts';
import { systemClock, systemRandom, uuid } from '../../kernel/index.ts';
import { FunctionHost, type InvocationResult, type LogSink } from '../../lambda-runtime/index.ts';
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

main.on('message', (message: ToFunctionThread) => {
  switch (message.kind) {
    case 'functions':
      host.update(message.functions);
      break;
    case 'caller':
      serve(message.port);
      break;
    case 'invoke':
      void host
        .invoke({ ...message.request, payload: bufferOf(message.request.payload) })
        .then((result) => tell({ kind: 'invoked', id: message.id, result }));
      break;
    case 'close':
      void host.close().then(() => tell({ kind: 'closed' }));
      break;
  }
});

function serve(port: MessagePort): void {
  port.on('message', (call: FunctionCall) => {
    void host
      .invoke({
        functionArn: call.functionArn,
        invokedArn: call.functionArn,
        payload: bufferOf(call.payload),
        requestId: uuid(systemRandom),
        clientContext: null,
        traceId: call.traceId,
        tail: false,
      })
      .then((result) => port.postMessage({ id: call.id, outcome: outcomeOf(result) } satisfies FunctionAnswer));
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
