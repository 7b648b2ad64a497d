/**
 * The cases that clients of gRPC are tried on against servers that break calls off, with the balancer in between: what the server does to it, it does to its client,
 * and nothing else.
 * https://github.com/grpc/grpc/blob/master/doc/negative-http2-interop-test-descriptions.md
 */
import assert from 'node:assert/strict';
import { constants, createServer, type Http2Server, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { credentials, Metadata, status } from '@grpc/grpc-js';
import { freePort } from '../../../support/free-port.ts';
import { TestAuthority } from '../../tls/authority.ts';
import { FORWARD, TlsStage } from '../../tls/stage.ts';
import { told, zeros } from './calls.ts';
import { frame } from './framed-server.ts';
import { TestService, type TestClient, type WithPayload } from './test-service.ts';

const SIZE = 314_159;
const ANSWER = frame(TestService.service['UnaryCall']!.responseSerialize({ payload: { body: Buffer.alloc(SIZE) } } as never), false);

function begin(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
}

function answer(stream: ServerHttp2Stream): void {
  begin(stream);
  stream.end(ANSWER);
}

const ping = (session: Http2Session): Promise<void> => new Promise((resolve, reject) => session.ping((error) => (error === null ? resolve() : reject(error))));

describe('gRPC servers that break off', () => {
  let server: Http2Server;
  let stage: TlsStage;
  let client: TestClient;
  /** What is done when a request has come whole. */
  let serve: (stream: ServerHttp2Stream) => void;

  before(async () => {
    server = createServer({ settings: { maxConcurrentStreams: 1 } });
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {});
      stream.resume().on('end', () => serve(stream));
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const authority = await TestAuthority.make();
    const certificate = await authority.leaf('c', ['example.com']);
    stage = await TlsStage.open(
      { sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD } }, targets: [(server.address() as AddressInfo).port], targetVersion: 'grpc' }, { port: await freePort() },
    );
    client = new TestService(`127.0.0.1:${stage.port}`, credentials.createSsl(Buffer.from(authority.pem)), {
      'grpc.ssl_target_name_override': 'example.com', 'grpc.default_authority': 'example.com',
    }) as unknown as TestClient;
  });

  after(async () => {
    client.close();
    await stage.close();
    server.close();
  });

  const call = () => told<WithPayload>((done) => client.unaryCall({ response_size: SIZE, ...zeros(271_828) }, new Metadata(), done));
  const succeeds = async (): Promise<void> => {
    const { error, answer: got } = await call();
    assert.equal(error, null);
    assert.equal(got!.payload.body.length, SIZE);
  };

  it('goaway: the next call is on another connection', async () => {
    const on: (Http2Session | undefined)[] = [];
    serve = (stream) => {
      if (on.push(stream.session) === 1) stream.session!.goaway();
      answer(stream);
    };
    await succeeds();
    await succeeds();
    assert.equal(new Set(on).size, 2);
  });

  const half = ANSWER.length >> 1;
  for (const [what, octets] of [['rst_after_header', 0], ['rst_during_data', half], ['rst_after_data', ANSWER.length]] as const) {
    it(`${what}: the call fails, and the next does not`, async () => {
      serve = (stream) => {
        begin(stream);
        // in a turn of its own, so that what was said before has left
        if (octets === 0) setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR));
        else stream.write(ANSWER.subarray(0, octets), () => stream.close(constants.NGHTTP2_NO_ERROR));
      };
      const { error } = await call();
      assert.notEqual(error, null);
      assert.notEqual(error!.code, status.OK);
      serve = answer;
      await succeeds();
    });
  }

  it('ping: each is answered', async () => {
    let answered = 0;
    serve = (stream) => void (async () => {
      const counted = async (): Promise<void> => {
        await ping(stream.session!);
        answered++;
      };
      await counted();
      begin(stream);
      await counted();
      stream.write(ANSWER.subarray(0, half));
      await counted();
      stream.end(ANSWER.subarray(half));
    })();
    await succeeds();
    assert.equal(answered, 3);
  });

  it('max_streams: ten calls at once, to a server that takes one a connection', async () => {
    serve = answer;
    await succeeds();
    // one that it refuses would fail: its body has been read, and cannot be sent again
    await Promise.all(Array.from({ length: 10 }, succeeds));
  });
});
