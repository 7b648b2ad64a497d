import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { TestService } from './test-service.ts';

/** One message as it is on its way: a flag that says whether it is compressed, and its octets. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export interface Framed {
  readonly compressed: boolean;
  readonly octets: Buffer;
}

export function frame(message: Buffer, compressed: boolean): Buffer {
  const octets = compressed ? gzipSync(message) : message;
  const head = Buffer.alloc(5);
  head[0] = compressed ? 1 : 0;
  head.writeUInt32BE(octets.length, 1);
  return Buffer.concat([head, octets]);
}

/** Takes the whole messages off a body. */
export function framesOf(body: Buffer): readonly Framed[] {
  const all: Framed[] = [];
  for (let at = 0; at + 5 <= body.length; at += 5 + body.readUInt32BE(at + 1)) {
    const compressed = body[at] === 1;
    const octets = body.subarray(at + 5, at + 5 + body.readUInt32BE(at + 1));
    all.push({ compressed, octets: compressed ? gunzipSync(octets) : octets });
  }
  return all;
}

interface Flag {
  readonly value: boolean;
}
interface Asked {
  readonly response_size?: number;
  readonly response_compressed?: Flag | null;
  readonly response_parameters?: readonly { readonly size: number; readonly compressed: Flag | null }[];
  readonly expect_compressed?: Flag | null;
  readonly payload: { readonly body: Buffer };
}

const wrong = ({ compressed }: Framed, { expect_compressed: expected }: Asked): boolean => expected !== null && expected !== undefined && expected.value !== compressed;

/** What each method answers: messages, each compressed or not. Null: the request is not compressed as it says (INVALID_ARGUMENT). */
const METHODS: Readonly<Record<string, (frames: readonly Framed[], asked: readonly Asked[]) => readonly (readonly [object, boolean])[] | null>> = {
  UnaryCall: ([frame], [asked]) =>
    (wrong(frame!, asked!) ? null : [[{ payload: { body: Buffer.alloc(asked!.response_size!) } }, asked!.response_compressed?.value === true]]),
  StreamingInputCall: (frames, asked) =>
    (frames.some((each, i) => wrong(each, asked[i]!)) ? null : [[{ aggregated_payload_size: asked.reduce((size, { payload }) => size + payload.body.length, 0) }, false]]),
  StreamingOutputCall: (_frames, [asked]) => asked!.response_parameters!.map(({ size, compressed }) => [{ payload: { body: Buffer.alloc(size) } }, compressed?.value === true]),
};

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const name = headers[':path']!.split('/').at(-1)!;
  const { requestDeserialize, responseSerialize } = TestService.service[name]!;
  const parts: Buffer[] = [];
  stream.on('error', () => {});
  stream.on('data', (part: Buffer) => void parts.push(part));
  stream.on('end', () => {
    const frames = framesOf(Buffer.concat(parts));
    const answer = METHODS[name]!(frames, frames.map(({ octets }) => requestDeserialize(octets) as Asked));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-encoding': 'gzip', 'grpc-accept-encoding': 'identity,gzip' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(answer === null ? status.INVALID_ARGUMENT : status.OK) }));
    for (const [message, compressed] of answer ?? []) stream.write(frame(responseSerialize(message as never), compressed));
    stream.end();
  });
}

/** A server that looks at each message's own flag, and sets it: that of grpc-js does neither. */
export async function framedServer(): Promise<{ readonly server: Http2Server; readonly port: number }> {
  const server = createServer();
  server.on('stream', serve);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
