/**
 * The cases of gRPC's interoperability that are about the compression of single messages: what is compressed, and what is not, arrives as it was sent.
 * https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md#client_compressed_unary
 */
import assert from 'node:assert/strict';
import { connect, type ClientHttp2Session, type Http2Server } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { compressionAlgorithms, credentials, Metadata, status } from '@grpc/grpc-js';
import { freePort } from '../../../support/free-port.ts';
import { TestAuthority } from '../../tls/authority.ts';
import { FORWARD, TlsStage } from '../../tls/stage.ts';
import { ask } from '../client.ts';
import { frame, framedServer, framesOf } from './framed-server.ts';
import { sizes, told, zeros } from './calls.ts';
import { TestService, type InputResponse, type TestClient, type WithPayload } from './test-service.ts';

/** `WriteFlags.NoCompress` of grpc-js, which exports no name for it. */
const NOT_COMPRESSED = 2;

describe('gRPC messages, compressed and not', () => {
  let server: Http2Server;
  let stage: TlsStage;
  let session: ClientHttp2Session;
  const clients: TestClient[] = [];
  let client: (compressing: boolean) => TestClient;

  before(async () => {
    const target = await framedServer();
    ({ server } = target);
    const authority = await TestAuthority.make();
    const certificate = await authority.leaf('c', ['example.com']);
    stage = await TlsStage.open({ sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD } }, targets: [target.port], targetVersion: 'grpc' }, { port: await freePort() });
    session = connect(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
    client = (compressing) => {
      const made = new TestService(`127.0.0.1:${stage.port}`, credentials.createSsl(Buffer.from(authority.pem)), {
        'grpc.default_compression_algorithm': compressing ? compressionAlgorithms.gzip : compressionAlgorithms.identity, 'grpc.ssl_target_name_override': 'example.com',
        'grpc.default_authority': 'example.com',
      }) as unknown as TestClient;
      clients.push(made);
      return made;
    };
  });

  after(async () => {
    for (const each of clients) each.close();
    session.destroy();
    await stage.close();
    server.close();
  });

  it('client_compressed_unary', async () => {
    for (const [compressing, value, code] of [[false, true, status.INVALID_ARGUMENT], [true, true, null], [false, false, null], [true, false, status.INVALID_ARGUMENT]] as const) {
      const { error, answer } = await told<WithPayload>((done) => client(compressing).unaryCall({ expect_compressed: { value }, response_size: 314_159, ...zeros(271_828) }, new Metadata(), done));
      assert.equal(error?.code ?? null, code);
      if (code === null) assert.equal(answer!.payload.body.length, 314_159);
    }
  });

  it('client_compressed_streaming', async () => {
    const { error } = await told<InputResponse>((done) => {
      const call = client(false).streamingInputCall(done);
      call.write({ expect_compressed: { value: true }, ...zeros(27_182) });
      call.end();
    });
    assert.equal(error!.code, status.INVALID_ARGUMENT);
    const { answer } = await told<InputResponse>((done) => {
      const call = client(true).streamingInputCall(done);
      call.write({ expect_compressed: { value: true }, ...zeros(27_182) });
      call.write({ expect_compressed: { value: false }, ...zeros(45_904) }, NOT_COMPRESSED);
      call.end();
    });
    assert.equal(answer!.aggregated_payload_size, 73_086);
  });

  /** The messages of an answer, each with its flag. */
  const flags = async (method: string, request: object): Promise<readonly (readonly [size: number, compressed: boolean])[]> => {
    const { path, requestSerialize, responseDeserialize } = TestService.service[method]!;
    const { body, trailers } = await ask(session, { ':method': 'POST', ':path': path, ':authority': 'example.com', 'content-type': 'application/grpc', te: 'trailers', 'grpc-accept-encoding': 'identity,gzip' }, frame(requestSerialize(request as never), false));
    assert.equal(trailers!['grpc-status'], '0');
    return framesOf(body).map(({ compressed, octets }) => [sizes([responseDeserialize(octets) as WithPayload])[0]!, compressed]);
  };

  it('server_compressed_unary', async () => {
    for (const value of [true, false]) {
      assert.deepEqual(await flags('UnaryCall', { response_compressed: { value }, response_size: 314_159, ...zeros(271_828) }), [[314_159, value]]);
      const { answer } = await told<WithPayload>((done) => client(false).unaryCall({ response_compressed: { value }, response_size: 314_159, ...zeros(271_828) }, new Metadata(), done));
      assert.equal(answer!.payload.body.length, 314_159);
    }
  });

  it('server_compressed_streaming', async () => {
    const response_parameters = [{ compressed: { value: true }, size: 31_415 }, { compressed: { value: false }, size: 92_653 }];
    assert.deepEqual(await flags('StreamingOutputCall', { response_parameters }), [[31_415, true], [92_653, false]]);
  });
});
