/**
 * The cases that implementations of gRPC are tried on against one another, by their names there, through the balancer: target groups of GRPC and of
 * HTTP2 ("supported when the request protocol is HTTP/2 or gRPC"), and once more with compressed messages.
 * https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../../support/eventually.ts';
import { compressionAlgorithms, credentials, Metadata, status, type Server, type StatusObject } from '@grpc/grpc-js';
import { freePort } from '../../../support/free-port.ts';
import { TestAuthority } from '../../tls/authority.ts';
import { FORWARD, TlsStage } from '../../tls/stage.ts';
import { heard, sizes, told, zeros } from './calls.ts';
import { bound, testServer, TestService, UnimplementedService, type OutputRequest, type TestClient, type WithPayload } from './test-service.ts';

const asking = (request: number, response: number): OutputRequest => ({ response_parameters: [{ size: response }], ...zeros(request) });

const WAYS = [
  { name: 'a group of GRPC', targetVersion: 'grpc', options: {} },
  { name: 'a group of HTTP2', targetVersion: 'http2', options: {} },
  { name: 'a group of GRPC, compressed', targetVersion: 'grpc', options: { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip } },
] as const;

for (const { name, targetVersion, options } of WAYS) {
  describe(`gRPC interoperability through ${name}`, () => {
    let server: Server;
    let counts: { cancelled: number };
    let stage: TlsStage;
    let client: TestClient;
    let stranger: TestClient;

    before(async () => {
      ({ server, counts } = testServer());
      const authority = await TestAuthority.make();
      const certificate = await authority.leaf('c', ['example.com']);
      stage = await TlsStage.open(
        { sites: { main: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD, http: { idleTimeoutMs: 60_000 } } }, targets: [await bound(server)], targetVersion }, { port: await freePort() },
      );
      const channel = [`127.0.0.1:${stage.port}`, credentials.createSsl(Buffer.from(authority.pem)), {
        ...options, 'grpc.ssl_target_name_override': 'example.com', 'grpc.default_authority': 'example.com', 'grpc.max_receive_message_length': -1,
      }] as const;
      client = new TestService(...channel) as unknown as TestClient;
      stranger = new UnimplementedService(...channel) as unknown as TestClient;
    });

    after(async () => {
      client.close();
      stranger.close();
      await stage.close();
      server.forceShutdown();
    });

    it('empty_unary', async () => {
      assert.deepEqual(await told<object>((done) => client.emptyCall({}, done)), { error: null, answer: {} });
    });

    it('large_unary, and larger than every window on the way', async () => {
      for (const [request, response] of [[271_828, 314_159], [5_000_000, 6_000_000]] as const) {
        const { answer } = await told<WithPayload>((done) => client.unaryCall({ response_size: response, ...zeros(request) }, new Metadata(), done));
        assert.ok(answer!.payload.body.equals(Buffer.alloc(response)));
      }
    });

    it('concurrent_large_unary: more at a time than a connection to the target takes at first', async () => {
      const all = await Promise.all(Array.from({ length: 110 }, () => told<WithPayload>((done) => client.unaryCall({ response_size: 314_159, ...zeros(271_828) }, new Metadata(), done))));
      for (const { error, answer } of all) assert.equal(answer?.payload.body.length ?? error?.message, 314_159);
    });

    it('client_streaming', async () => {
      const { answer } = await told<{ aggregated_payload_size: number }>((done) => {
        const call = client.streamingInputCall(done);
        for (const size of [27_182, 8, 1_828, 45_904]) call.write(zeros(size));
        call.end();
      });
      assert.equal(answer!.aggregated_payload_size, 74_922);
    });

    it('server_streaming', async () => {
      const parameters = [31_415, 9, 2_653, 58_979];
      const { answers, ended } = await heard(client.streamingOutputCall({ response_parameters: parameters.map((size) => ({ size })) }));
      assert.deepEqual(sizes(answers), parameters);
      assert.equal(ended.code, status.OK);
    });

    it('ping_pong', async () => {
      const call = client.fullDuplexCall(new Metadata());
      const over = heard(call);
      for (const [request, response] of [[27_182, 31_415], [8, 9], [1_828, 2_653], [45_904, 58_979]] as const) {
        const answer = new Promise<WithPayload>((resolve) => call.once('data', resolve));
        call.write(asking(request, response));
        assert.equal((await answer).payload.body.length, response);
      }
      call.end();
      assert.equal((await over).ended.code, status.OK);
    });

    it('empty_stream', async () => {
      const call = client.fullDuplexCall(new Metadata());
      const over = heard(call);
      call.end();
      assert.deepEqual([(await over).answers.length, (await over).ended.code], [0, status.OK]);
    });

    it('cancel_after_begin', async () => {
      const { error } = await told<object>((done) => client.streamingInputCall(done).cancel());
      assert.equal(error!.code, status.CANCELLED);
    });

    it('cancel_after_first_response, which the target hears of', async () => {
      counts.cancelled = 0;
      const call = client.fullDuplexCall(new Metadata());
      const over = heard(call);
      const answer = new Promise((resolve) => call.once('data', resolve));
      call.write(asking(27_182, 31_415));
      await answer;
      call.cancel();
      assert.equal((await over).ended.code, status.CANCELLED);
      await eventually('the target hears of it', () => counts.cancelled > 0);
      assert.equal(counts.cancelled, 1);
    });

    it('timeout_on_sleeping_server', async () => {
      const call = client.fullDuplexCall(new Metadata(), { deadline: Date.now() + 20 });
      const over = heard(call);
      call.write(zeros(27_182));
      assert.equal((await over).ended.code, status.DEADLINE_EXCEEDED);
    });

    it('custom_metadata', async () => {
      const metadata = new Metadata();
      metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
      metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from('ababab', 'hex'));
      const check = (initial: Metadata, ended: StatusObject): void => {
        assert.deepEqual(initial.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
        assert.deepEqual(ended.metadata.get('x-grpc-test-echo-trailing-bin'), [Buffer.from('ababab', 'hex')]);
      };
      const unary = client.unaryCall({ response_size: 314_159, ...zeros(271_828) }, metadata, () => {});
      const [initial, ended] = await Promise.all([new Promise<Metadata>((resolve) => unary.on('metadata', resolve)), new Promise<StatusObject>((resolve) => unary.on('status', resolve))]);
      check(initial, ended);
      const duplex = client.fullDuplexCall(metadata);
      const first = new Promise<Metadata>((resolve) => duplex.on('metadata', resolve));
      const over = heard(duplex);
      duplex.write(asking(271_828, 314_159));
      duplex.end();
      check(await first, (await over).ended);
    });

    for (const [named, message] of [
      ['status_code_and_message', 'test status message'], ['special_status_message', '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n'],
    ] as const) {
      it(named, async () => {
        const response_status = { code: status.UNKNOWN, message };
        const { error } = await told<WithPayload>((done) => client.unaryCall({ response_status }, new Metadata(), done));
        assert.deepEqual([error!.code, error!.details], [status.UNKNOWN, message]);
        const call = client.fullDuplexCall(new Metadata());
        const over = heard(call);
        call.write({ response_status });
        call.end();
        const { ended } = await over;
        assert.deepEqual([ended.code, ended.details], [status.UNKNOWN, message]);
      });
    }

    it('unimplemented_method and unimplemented_service', async () => {
      for (const asked of [client, stranger]) {
        const { error } = await told<object>((done) => asked.unimplementedCall({}, done));
        assert.equal(error!.code, status.UNIMPLEMENTED);
      }
    });

    it('a reader that takes its time holds the target back, and loses nothing', async () => {
      const call = client.streamingOutputCall({ response_parameters: Array.from({ length: 40 }, () => ({ size: 200_000 })) });
      const over = heard(call);
      call.pause();
      await new Promise((resolve) => setTimeout(resolve, 200));
      call.resume();
      const { answers, ended } = await over;
      assert.deepEqual([answers.length, ended.code], [40, status.OK]);
    });
  });
}
