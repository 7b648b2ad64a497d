import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { DiskBlobs } from '../../control-plane/store/index.ts';
import { systemClock, systemRandom, uuid } from '../../kernel/index.ts';
import { FunctionHost, GatheredLog, type InvocationRequest, type InvocationResult } from '../../lambda-runtime/index.ts';
import { arrived, carried } from './carried-bytes.ts';
import { CarriedStream } from './carried-stream.ts';
import type { FunctionAnswer, FunctionCall, FunctionTaken } from './function-port.ts';
import type { CarriedInvocation, FromFunctionThread, FunctionThreadInit, ToFunctionThread } from './messages.ts';

/** The thread that runs functions: apart from the control plane, whose disk writes would delay every invocation. */
const init = workerData as FunctionThreadInit;
const main = parentPort!;

function tell(message: FromFunctionThread): void {
  main.postMessage(message);
}

const blobs = new DiskBlobs(init.blobFolder, systemRandom);
const logs = new GatheredLog(systemClock, { write: (batch) => tell({ kind: 'log', batch }) });
const host = new FunctionHost({
  clock: systemClock,
  random: systemRandom,
  folder: init.folder,
  zipPath: (sha256) => blobs.path(sha256),
  logs,
  endpointUrl: init.endpointUrl,
  interpreterPath: init.interpreterPath,
  user: init.user,
  limits: { accountConcurrency: init.accountConcurrency, spares: init.spares },
});
/** Responses of calls of the main thread that are on their way. */
const streams = new Map<number, CarriedStream>();

function hear(message: ToFunctionThread): void {
  switch (message.kind) {
    case 'functions':
      host.update(message.functions);
      break;
    case 'caller':
      serve(message.port);
      break;
    case 'invoke':
      void answerMain(message.id, message.request);
      break;
    case 'taken':
      streams.get(message.id)?.taken(message.bytes);
      break;
    case 'ready':
      tell({ kind: 'ready', id: message.id, count: host.ready(message.functionArn) });
      break;
    case 'close':
      void host.close().then(() => {
        logs.flush();
        tell({ kind: 'closed' });
      });
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

async function answerMain(id: number, request: CarriedInvocation): Promise<void> {
  const stream = request.stream
    ? new CarriedStream({ begin: (contentType) => tell({ kind: 'begun', id, contentType }), part: (bytes) => tell({ kind: 'part', id, bytes: carried(bytes) }) })
    : null;
  if (stream) streams.set(id, stream);
  const result = await invoke({ ...request, payload: arrived(request.payload), stream });
  streams.delete(id);
  tell({ kind: 'invoked', id, result: 'payload' in result ? { ...result, payload: carried(result.payload) } : result });
}

function serve(port: MessagePort): void {
  const open = new Map<number, CarriedStream>();
  const answer = (message: FunctionAnswer): void => port.postMessage(message);
  port.on('message', (call: FunctionCall | FunctionTaken) => {
    const { id } = call;
    if ('taken' in call) {
      open.get(id)?.taken(call.taken);
      return;
    }
    const stream = call.stream ? new CarriedStream({ begin: (begin) => answer({ id, begin }), part: (part) => answer({ id, part: carried(part) }) }) : null;
    if (stream) open.set(id, stream);
    void invoke({
      functionArn: call.functionArn,
      invokedArn: call.functionArn,
      payload: arrived(call.payload),
      requestId: uuid(systemRandom),
      clientContext: null,
      traceId: call.traceId,
      tail: false,
      stream,
    }).then((result) => {
      if (stream) open.delete(id);
      answer(answerOf(id, result));
    });
  });
}

function answerOf(id: number, result: InvocationResult): FunctionAnswer {
  switch (result.kind) {
    case 'ok':
      return { id, payload: carried(result.payload) };
    case 'function-error':
      return { id, outcome: { kind: 'function-error', cause: result.cause, document: result.payload.toString('utf8') } };
    case 'throttled':
      return { id, outcome: { kind: 'throttled' } };
    case 'unavailable':
      return { id, outcome: { kind: 'unavailable', reason: result.reason } };
  }
}
