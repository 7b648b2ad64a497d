import { fileURLToPath } from 'node:url';
import {
  loadPackageDefinition, Metadata, Server, ServerCredentials, type Client, type ClientDuplexStream, type ClientReadableStream, type ClientUnaryCall, type ClientWritableStream,
  type ServerDuplexStream, type ServerReadableStream, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, type ServiceClientConstructor, type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface Payload {
  readonly body: Buffer;
}
/** Null or absent: whatever it is. */
interface Flag {
  readonly value: boolean;
}
interface EchoStatus {
  readonly code: number;
  readonly message: string;
}
export interface SimpleRequest {
  readonly response_size?: number;
  readonly response_compressed?: Flag;
  readonly expect_compressed?: Flag;
  readonly payload?: Payload;
  readonly response_status?: EchoStatus;
}
export interface OutputRequest {
  readonly response_parameters?: readonly { readonly size: number }[];
  readonly payload?: Payload;
  readonly response_status?: EchoStatus;
}
export interface WithPayload {
  readonly payload: Payload;
}
export interface InputResponse {
  readonly aggregated_payload_size: number;
}
export type Done<Answer> = (error: ServiceError | null, answer?: Answer) => void;

/** What grpc-js makes of the service. */
export interface TestClient extends Client {
  emptyCall(request: object, done: Done<object>): ClientUnaryCall;
  unaryCall(request: SimpleRequest, metadata: Metadata, done: Done<WithPayload>): ClientUnaryCall;
  streamingOutputCall(request: OutputRequest): ClientReadableStream<WithPayload>;
  streamingInputCall(done: Done<InputResponse>): ClientWritableStream<{ readonly payload: Payload; readonly expect_compressed?: Flag }>;
  fullDuplexCall(metadata: Metadata, options?: { readonly deadline?: number }): ClientDuplexStream<OutputRequest, WithPayload>;
  unimplementedCall(request: object, done: Done<object>): ClientUnaryCall;
}

const loaded = loadPackageDefinition(loadSync(fileURLToPath(new URL('./test-service.proto', import.meta.url)), { keepCase: true, defaults: true })) as unknown as {
  readonly grpc: { readonly testing: { readonly TestService: ServiceClientConstructor; readonly UnimplementedService: ServiceClientConstructor } };
};
export const { TestService, UnimplementedService } = loaded.grpc.testing;

const INITIAL = 'x-grpc-test-echo-initial';
const TRAILING = 'x-grpc-test-echo-trailing-bin';

/** Metadata that the client asks to be given back, in the head and in the trailers. */
function echoed(call: { readonly metadata: Metadata; sendMetadata(metadata: Metadata): void }): Metadata {
  const initial = new Metadata();
  const trailing = new Metadata();
  for (const value of call.metadata.get(INITIAL)) initial.set(INITIAL, value);
  for (const value of call.metadata.get(TRAILING)) trailing.set(TRAILING, value);
  if (initial.get(INITIAL).length > 0) call.sendMetadata(initial);
  return trailing;
}

const statusOf = ({ response_status: status }: { readonly response_status?: EchoStatus | null }): EchoStatus | null => (status ? status : null);

/** The server's half; `cancelled` counts the calls that were given up. */
export function testServer(): { readonly server: Server; readonly counts: { cancelled: number } } {
  const counts = { cancelled: 0 };
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  const { UnimplementedCall: _none, ...service } = TestService.service;
  server.addService(service, {
    EmptyCall: (_call: ServerUnaryCall<object, object>, done: sendUnaryData<object>) => done(null, {}),
    UnaryCall: (call: ServerUnaryCall<SimpleRequest, WithPayload>, done: sendUnaryData<WithPayload>) => {
      const trailing = echoed(call);
      const status = statusOf(call.request);
      if (status !== null) return done({ code: status.code, details: status.message, metadata: trailing });
      done(null, { payload: { body: Buffer.alloc(call.request.response_size ?? 0) } }, trailing);
    },
    StreamingOutputCall: (call: ServerWritableStream<OutputRequest, WithPayload>) => {
      for (const { size } of call.request.response_parameters ?? []) call.write({ payload: { body: Buffer.alloc(size) } });
      call.end();
    },
    StreamingInputCall: (call: ServerReadableStream<WithPayload, InputResponse>, done: sendUnaryData<InputResponse>) => {
      let size = 0;
      call.on('data', ({ payload }: WithPayload) => void (size += payload.body.length));
      call.on('end', () => done(null, { aggregated_payload_size: size }));
      call.on('cancelled', () => void counts.cancelled++);
    },
    FullDuplexCall: (call: ServerDuplexStream<OutputRequest, WithPayload>) => {
      const trailing = echoed(call);
      call.on('cancelled', () => void counts.cancelled++);
      call.on('data', (request: OutputRequest) => {
        const status = statusOf(request);
        if (status !== null) return void call.emit('error', { code: status.code, details: status.message, metadata: trailing });
        for (const { size } of request.response_parameters ?? []) call.write({ payload: { body: Buffer.alloc(size) } });
      });
      call.on('end', () => call.end(trailing));
    },
  });
  return { server, counts };
}

export function bound(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
  });
}
