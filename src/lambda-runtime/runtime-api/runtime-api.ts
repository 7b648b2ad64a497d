import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ExtensionApi } from './extension-api.ts';
import { type Answer, type BodySink, HttpConnection, type RuntimeRequest } from './http-connection.ts';

/** What a runtime asks of its host, as an execution environment hears it. */
export interface RuntimeListener {
  /** The runtime is ready for work: `give` hands it an invocation. */
  next(give: (invocation: Assignment) => void): void;
  /** The connection on which `next` was asked is closed: nobody will hear the answer. */
  gone(give: (invocation: Assignment) => void): void;
  /** False: there is no such invocation under way. */
  response(requestId: string, request: RuntimeRequest): Taken;
  /** The head of a response in streaming mode: who takes its body; null: it is taken whole. */
  responseStream(requestId: string, head: RuntimeRequest, resume: () => void): StreamedResponse | null;
  error(requestId: string, request: RuntimeRequest): 'accepted' | 'unknown';
  initError(request: RuntimeRequest): void;
  /** A process that was started ahead has become this function's. */
  assigned(): void;
}

export type Taken = 'accepted' | 'too-large' | 'unknown';

/** A response that comes in parts. */
export interface StreamedResponse {
  /** False: nothing more until resumed. */
  part(bytes: Buffer): boolean;
  end(request: RuntimeRequest): Taken;
  broken(): void;
}

export interface Assignment {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly invokedArn: string;
  readonly traceId: string | null;
  readonly clientContext: string | null;
  readonly payload: Buffer;
}

const STATUS_OK = Buffer.from('{"status":"OK"}\n');
const JSON_TYPE = 'Content-Type: application/json\r\n';
const PREFIX = '/2018-06-01/runtime/';
/** Our own: see spare-processes.ts. */
const ASSIGNED = 'turnpike/assigned';
/** A runtime needs one connection; those that open one for each request need a few. */
const MOST_CONNECTIONS = 32;

/**
 * The Lambda Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) of one execution environment, on a loopback port of
 * its own: which environment speaks is told by where it connects, as the paths do not say.
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #serve: (socket: Socket, own: boolean) => void;
  readonly #sockets = new Set<Socket>();

  constructor(listener: RuntimeListener, extensions: ExtensionApi, { maxBody, alone }: RuntimeApiSettings) {
    this.#serve = (socket, own) => {
      if (this.#sockets.size >= MOST_CONNECTIONS) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // The connection lives through the listeners that it put on the socket.
      let asked: ((invocation: Assignment) => void) | null = null;
      const onNext = (give: (invocation: Assignment) => void): void => {
        asked = give;
        listener.next(give);
      };
      const ears: Ears = { listener, onNext, extensions, isRuntime: own || !alone };
      void new HttpConnection(socket, maxBody, { request: (request, answer) => route(ears, request, answer), body: (request, resume) => streamed(ears, request, resume) });
      socket.on('close', () => {
        if (asked) listener.gone(asked);
      });
    };
    this.#server = createServer((socket) => this.#serve(socket, false));
  }

  /** A connection that is there already: the bundled runtime's own. */
  take(socket: Socket): void {
    this.#serve(socket, true);
  }

  /** Binds a port of the system's choice; resolves with `host:port`. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      // Before it listens an error is its failure to; later ones (an accept that found no descriptor free) leave it listening, and must not end the host.
      this.#server.on('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        const { port } = this.#server.address() as AddressInfo;
        resolve(`127.0.0.1:${port}`);
      });
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

export interface RuntimeApiSettings {
  /** Longest response that is kept, in bytes. */
  readonly maxBody: number;
  /** The connection that the host hands to the runtime is the only one on which a runtime speaks: any process of the machine can reach the port. */
  readonly alone: boolean;
}

interface Ears {
  readonly listener: RuntimeListener;
  readonly onNext: RuntimeListener['next'];
  readonly extensions: ExtensionApi;
  readonly isRuntime: boolean;
}

const RESPONSE = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/response$/;

/** https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming */
function streamed({ listener, isRuntime }: Ears, head: RuntimeRequest, resume: () => void): BodySink | null {
  const requestId = isRuntime && head.method === 'POST' ? RESPONSE.exec(head.path)?.[1] : undefined;
  if (requestId === undefined || head.header('lambda-runtime-function-response-mode')?.toLowerCase() !== 'streaming') return null;
  const stream = listener.responseStream(requestId, head, resume);
  return stream && { part: (bytes) => stream.part(bytes), end: (request, answer) => answerTaken(stream.end(request), request, answer), broken: () => stream.broken() };
}

function route({ listener, onNext, extensions, isRuntime }: Ears, request: RuntimeRequest, answer: Answer): void {
  const { method, path } = request;
  if (extensions.takes(path)) return extensions.route(request, answer);
  if (!path.startsWith(PREFIX)) return refuse(answer, 404, 'Runtime.NotFound', `no such path: ${path}`);
  if (!isRuntime) return refuse(answer, 403, 'Runtime.Forbidden', 'the runtime of this environment has a connection of its own');
  const resource = path.slice(PREFIX.length);
  if (resource === 'invocation/next') {
    if (method !== 'GET') return refuse(answer, 405, 'Runtime.MethodNotAllowed', `${method} is not allowed here: use GET`);
    onNext((invocation) => answer(200, assignmentHead(invocation), invocation.payload));
    return;
  }
  if (method !== 'POST') return refuse(answer, 405, 'Runtime.MethodNotAllowed', `${method} is not allowed here: use POST`);
  if (resource === ASSIGNED) {
    listener.assigned();
    answer(202, JSON_TYPE, STATUS_OK);
    return;
  }
  if (resource === 'init/error') {
    listener.initError(request);
    answer(202, JSON_TYPE, STATUS_OK);
    return;
  }
  const parts = resource.split('/');
  const [, requestId = '', outcome] = parts;
  if (parts.length !== 3 || parts[0] !== 'invocation' || (outcome !== 'response' && outcome !== 'error')) {
    return refuse(answer, 404, 'Runtime.NotFound', `no such path: ${path}`);
  }
  answerTaken(outcome === 'response' ? listener.response(requestId, request) : listener.error(requestId, request), request, answer);
}

function answerTaken(taken: Taken, request: RuntimeRequest, answer: Answer): void {
  switch (taken) {
    case 'accepted':
      return answer(202, JSON_TYPE, STATUS_OK);
    case 'too-large':
      return refuse(answer, 413, 'Function.ResponseSizeTooLarge', `the response has ${request.bodyLength} bytes, more than may be returned`);
    case 'unknown':
      return refuse(answer, 400, 'InvalidRequestID', `no such invocation is under way in this environment: ${request.path}`);
  }
}

function refuse(answer: Answer, status: number, errorType: string, errorMessage: string): void {
  answer(status, JSON_TYPE, Buffer.from(JSON.stringify({ errorMessage, errorType })));
}

function assignmentHead(invocation: Assignment): string {
  let head =
    `Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: ${invocation.requestId}\r\n` +
    `Lambda-Runtime-Deadline-Ms: ${invocation.deadline}\r\nLambda-Runtime-Invoked-Function-Arn: ${invocation.invokedArn}\r\n`;
  if (invocation.traceId !== null) head += `Lambda-Runtime-Trace-Id: ${fieldValue(invocation.traceId)}\r\n`;
  if (invocation.clientContext !== null) head += `Lambda-Runtime-Client-Context: ${fieldValue(invocation.clientContext)}\r\n`;
  return head;
}

/** What a caller wrote must not end the field: line ends and what latin1 cannot hold become JSON escapes or blanks. */
function fieldValue(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\r\n\0]/g, ' ').replace(/[^\x20-\xff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

