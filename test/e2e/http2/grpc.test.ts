import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import {
  credentials, makeGenericClientConstructor, Metadata, Server, ServerCredentials, status, type Client, type ServiceDefinition, type ServiceError, type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { HealthCheck } from '../../../src/snapshot/index.ts';
import { socketProbe } from '../../../src/data-plane/upstreams/index.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage, type TlsScene } from '../tls/stage.ts';
import { ask } from './client.ts';

const text = {
  serialize: (value: string): Buffer => Buffer.from(value),
  // grpc-js takes a falsy message for none
  deserialize: (octets: Buffer): string => octets.toString() || ' ',
};
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/test.Echo/${path}`, requestStream, responseStream, requestSerialize: text.serialize, requestDeserialize: text.deserialize, responseSerialize: text.serialize, responseDeserialize: text.deserialize,
});
const SERVICE = { unary: method('Unary', false, false), server: method('Server', false, true), client: method('Client', true, false), both: method('Both', true, true) } as const satisfies ServiceDefinition;

interface Calls {
  on(event: 'data', hear: (value: string) => void): this;
  on(event: 'end', hear: () => void): this;
  on(event: 'error', hear: (error: ServiceError) => void): this;
  on(event: 'cancelled', hear: () => void): this;
  write(value: string): boolean;
  end(): void;
  cancel(): void;
}

/** The methods that the constructor makes out of the definition. */
type Echo = Client & {
  unary(value: string, metadata: Metadata, options: object, done: (error: ServiceError | null, answer?: string) => void): { on(event: 'status', hear: (told: { metadata: Metadata }) => void): void; cancel(): void };
  server(value: string): Calls;
  client(done: (error: ServiceError | null, answer?: string) => void): Calls;
  both(): Calls;
};

describe('gRPC', () => {
  let stage: TlsStage;
  let client: Echo;
  let ca: string;
  let targetPort: number;
  let scene: TlsScene;
  let cancelled = 0;
  const server = new Server();

  before(async () => {
    const implementation: UntypedServiceImplementation = {
      unary: (call: { request: string; metadata: Metadata; cancelled: boolean; on(event: 'cancelled', hear: () => void): void }, done: (error: object | null, value?: string, trailer?: Metadata) => void) => {
        const trailer = new Metadata();
        trailer.set('x-trailer', 'told');
        if (call.request === 'fail') return done({ code: status.NOT_FOUND, details: 'no such thing: ü', metadata: trailer });
        if (call.request === 'silent') return call.on('cancelled', () => void cancelled++);
        done(null, `${call.request} ${String(call.metadata.get('x-asked')[0] ?? '')}`, trailer);
      },
      server: ((call: Calls & { request: string }) => {
        for (let i = 0; i < 5; i++) call.write(`${call.request} ${i}`);
        call.end();
      }) as never,
      client: ((call: Calls, done: (error: null, value: string) => void) => {
        let all = 0;
        call.on('data', (value) => void (all += value.length));
        call.on('end', () => done(null, String(all)));
      }) as never,
      both: ((call: Calls) => {
        call.on('data', (value) => void call.write(`${value}!`));
        call.on('end', () => call.end());
        call.on('cancelled', () => void cancelled++);
      }) as never,
    };
    server.addService(SERVICE, implementation);
    targetPort = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
    });
    const authority = await TestAuthority.make();
    ca = authority.pem;
    const certificate = await authority.leaf('c', ['example.com']);
    scene = { sites: { main: { certificates: [certificate], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD } }, targets: [targetPort], targetVersion: 'grpc' };
    stage = await TlsStage.open(scene, { port: await freePort() });
    const Constructor = makeGenericClientConstructor(SERVICE, 'Echo');
    client = new Constructor(`127.0.0.1:${stage.port}`, credentials.createSsl(Buffer.from(ca)), { 'grpc.ssl_target_name_override': 'example.com', 'grpc.default_authority': 'example.com' }) as unknown as Echo;
  });

  after(async () => {
    client.close();
    await stage.close();
    server.forceShutdown();
  });

  const unary = (value: string, options: object = {}): Promise<{ error: ServiceError | null; answer: string | undefined }> =>
    new Promise((resolve) => {
      const metadata = new Metadata();
      metadata.set('x-asked', 'yes');
      client.unary(value, metadata, options, (error, answer) => resolve({ error, answer }));
    });

  it('unary, with metadata both ways', async () => {
    const told = await new Promise<Metadata>((resolve) => {
      client.unary('hello', new Metadata(), {}, () => {}).on('status', ({ metadata }) => resolve(metadata));
    });
    assert.deepEqual(told.get('x-trailer'), ['told']);
    assert.equal((await unary('hello')).answer, 'hello yes');
    assert.equal((await unary('x'.repeat(1_000_000))).answer!.length, 1_000_004);
  });

  it('an error is trailers alone, and arrives as it was sent', async () => {
    const { error } = await unary('fail');
    assert.equal(error!.code, status.NOT_FOUND);
    assert.equal(error!.details, 'no such thing: ü');
    assert.deepEqual(error!.metadata.get('x-trailer'), ['told']);
  });

  it('server streaming', async () => {
    const heard: string[] = [];
    const call = client.server('n');
    call.on('data', (value) => void heard.push(value));
    await new Promise<void>((resolve) => call.on('end', resolve));
    assert.deepEqual(heard, ['n 0', 'n 1', 'n 2', 'n 3', 'n 4']);
  });

  it('client streaming', async () => {
    const sum = await new Promise<string>((resolve, reject) => {
      const call = client.client((error, answer) => (error ? reject(error) : resolve(answer!)));
      for (let i = 0; i < 100; i++) call.write('x'.repeat(5000));
      call.end();
    });
    assert.equal(sum, '500000');
  });

  it('both at once, a message at a time', async () => {
    const call = client.both();
    for (let i = 0; i < 5; i++) {
      const answer = new Promise<string>((resolve) => call.on('data', resolve));
      call.write(`m${i}`);
      assert.match(await answer, /^m\d!$/);
    }
    call.end();
    await new Promise<void>((resolve) => call.on('end', resolve));
  });

  it('a deadline and a cancellation reach the target', async () => {
    cancelled = 0;
    const { error } = await unary('silent', { deadline: Date.now() + 300 });
    assert.equal(error!.code, status.DEADLINE_EXCEEDED);
    const call = client.both();
    call.on('error', () => {});
    const answer = new Promise((resolve) => call.on('data', resolve));
    call.write('x');
    await answer;
    call.cancel();
    await eventually('the target hears of both', () => cancelled === 2);
  });

  it('faults of the gateway are codes of gRPC', async () => {
    await stage.show({ ...scene, targets: [] });
    const { error } = await unary('hello');
    assert.equal(error!.code, status.UNAVAILABLE);
    assert.match(error!.details, /no registered target/);
    assert.equal(stage.ended.at(-1)!.status, 503);
    await stage.show({ ...scene, targets: [1] });
    assert.equal((await unary('hello')).error!.code, status.UNAVAILABLE);
    assert.equal(stage.ended.at(-1)!.status, 502);
    await stage.show(scene);
    assert.equal((await unary('hello')).answer, 'hello yes');
  });

  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-464-issues
  it('464 for what a group of GRPC does not take, and for gRPC to a group of HTTP1', async () => {
    const session = connectHttp2(`https://127.0.0.1:${stage.port}`, { rejectUnauthorized: false });
    assert.equal((await ask(session, { ':path': '/test.Echo/Unary' })).headers[':status'], 464);
    await stage.show({ ...scene, targetVersion: 'http1' });
    assert.equal((await ask(session, { ':method': 'POST', ':path': '/test.Echo/Unary', 'content-type': 'application/grpc+proto' }, Buffer.alloc(5))).headers[':status'], 464);
    await stage.show(scene);
    session.destroy();
  });

  it('health checks ask a method, and read its code', async () => {
    const check: HealthCheck = {
      protocol: 'http', version: 'grpc', port: null, path: '/test.Echo/Unary', matcher: [{ from: 0, to: 0 }], intervalMs: 1000, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 2,
    };
    const outcome = (path: string, version: HealthCheck['version'] = 'grpc') => new Promise((resolve) => socketProbe()({ address: '127.0.0.1', port: targetPort }, { ...check, path, version }, resolve));
    assert.deepEqual(await outcome('/test.Echo/Unary'), { kind: 'status', status: 0 });
    assert.deepEqual(await outcome('/AWS.ALB/healthcheck'), { kind: 'status', status: 12 });
    assert.deepEqual(await outcome('/', 'http2'), { kind: 'status', status: 415 });
  });
});
