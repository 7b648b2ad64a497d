/**
 * What HTTP/1.1 has, over HTTP/2, through the whole program; and what ALB says of HTTP/2 and gRPC alone.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version
 */
import assert from 'node:assert/strict';
import { connect, createServer, type ClientHttp2Session, type Http2Server, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ask, type Got } from '../../e2e/http2/client.ts';
import { refusal } from '../../e2e/tls/client.ts';
import { Installation, says, type Balancer, type Door, type Target } from './installation.ts';

let installation: Installation;
let balancer: Balancer;
let door: Door;
let target: Target;
let certificate: string;
let grpcServer: Http2Server;
let grpcGroup: string;
const sessions: ClientHttp2Session[] = [];

before(async () => {
  installation = await Installation.open();
  target = await installation.target();
  balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs', 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'true' });
  certificate = (await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'shop.example.com', ValidationMethod: 'DNS' })).CertificateArn;
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) }, { Protocol: 'HTTPS', Certificates: [{ CertificateArn: certificate }] });
  const rule = (priority: number, field: object, action: object): Promise<unknown> => installation.aws('elbv2', 'CreateRule', { ListenerArn: door.arn, Priority: priority, Conditions: [field], Actions: [action] });
  await rule(1, { Field: 'path-pattern', Values: ['/fixed*'] }, says('fixed'));
  await rule(2, { Field: 'host-header', Values: ['other.example.com'] }, says('other'));
  await rule(3, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-which', Values: ['this'] } }, says('header'));
  await rule(4, { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PURGE'] } }, says('method'));
  await rule(5, { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'q', Value: '1' }] } }, says('query'));
  await rule(6, { Field: 'path-pattern', Values: ['/moved'] }, { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '#{port}', Host: 'new.#{host}', Path: '/#{path}', Query: '#{query}', StatusCode: 'HTTP_301' } });
  grpcServer = createServer();
  grpcServer.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => {});
    const code = headers[':path'] === '/grpc.health.v1.Health/Check' ? '0' : headers[':path'] === '/shop.Cart/Add' ? '7' : '12';
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': code }, { endStream: true });
  });
  grpcServer.listen(0, '127.0.0.1');
  await new Promise((resolve) => grpcServer.once('listening', resolve));
  const { port } = grpcServer.address() as AddressInfo;
  grpcGroup = await installation.group([port], {
    more: { ProtocolVersion: 'GRPC', HealthCheckPath: '/grpc.health.v1.Health/Check', Matcher: { GrpcCode: '0' }, HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2 },
  });
  // rules on package, service and method are rules on the path
  await rule(7, { Field: 'path-pattern', Values: ['/shop.Cart/*', '/shop.*/List'] }, { Type: 'forward', TargetGroupArn: grpcGroup });
});

after(async () => {
  for (const session of sessions) session.destroy();
  grpcServer.close();
  await installation[Symbol.asyncDispose]();
});

function session(): ClientHttp2Session {
  const opened = connect(`https://127.0.0.1:${door.port}`, { rejectUnauthorized: false, servername: 'shop.example.com' });
  opened.on('error', () => {});
  sessions.push(opened);
  return opened;
}

const get = (headers: OutgoingHttpHeaders, body?: Buffer): Promise<Got> => ask(session(), { ':authority': 'shop.example.com', ...headers }, body);

test('rules see what they see over HTTP/1.1', async () => {
  for (const [headers, expected] of [
    [{ ':path': '/fixed/x' }, 'fixed'], [{ ':authority': 'OTHER.example.com', ':path': '/' }, 'other'], [{ ':path': '/', 'x-which': 'this' }, 'header'], [{ ':method': 'PURGE', ':path': '/' }, 'method'],
    [{ ':path': '/?q=1' }, 'query'],
  ] as const) assert.equal((await get(headers)).body.toString(), expected);
});

test('redirects are made of the request', async () => {
  const { headers } = await get({ ':path': '/moved?a=b' });
  assert.equal(headers[':status'], 301);
  assert.equal(headers['location'], `https://new.shop.example.com:${door.port}/moved?a=b`);
});

test('targets get the fields of the balancer once, in HTTP/1.1', async () => {
  assert.equal((await get({ ':path': '/seen', 'x-forwarded-for': '203.0.113.7', 'x-amzn-tls-version': 'lie', cookie: ['a=1', 'b=2'] })).headers[':status'], 200);
  const { headers, raw } = target.seen.at(-1)!;
  assert.equal(headers['x-forwarded-for'], '203.0.113.7, 127.0.0.1');
  assert.deepEqual([headers['x-forwarded-proto'], headers['x-forwarded-port'], headers['x-amzn-tls-version']], ['https', String(door.port), 'TLSv1.2']);
  assert.equal(headers['cookie'], 'a=1; b=2');
  for (const name of ['host', 'x-forwarded-for', 'x-amzn-trace-id', 'cookie']) assert.equal(raw.filter((each, i) => i % 2 === 0 && each.toLowerCase() === name).length, 1, name);
});

test('more than 30 addresses are 463, TRACE is 405', async () => {
  assert.equal((await get({ ':path': '/', 'x-forwarded-for': Array.from({ length: 31 }, (_, i) => `10.0.0.${i}`).join(', ') })).headers[':status'], 463);
  const stream = session().request({ ':method': 'TRACE', ':path': '/', ':authority': 'shop.example.com' }, { endStream: true });
  stream.on('error', () => {});
  assert.equal(await new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status']))), 405);
});

test('gRPC calls reach their group by package, service and method; others are 464 or go elsewhere', async () => {
  const call = (path: string): Promise<Got> => get({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' }, Buffer.alloc(5));
  assert.equal((await call('/shop.Cart/Add')).headers['grpc-status'], '7');
  assert.equal((await call('/shop.Orders/List')).headers['grpc-status'], '12');
  assert.equal((await get({ ':path': '/shop.Cart/Add' })).headers[':status'], 464);
  assert.equal((await call('/other.Service/Method')).headers[':status'], 464, 'a group of HTTP1 takes no gRPC');
});

test('health checks of gRPC targets are calls', async () => {
  await eventually('the target is healthy', async () => {
    const { TargetHealthDescriptions: targets } = await installation.aws<{ TargetHealthDescriptions: { TargetHealth: { State: string } }[] }>('elbv2', 'DescribeTargetHealth', { TargetGroupArn: grpcGroup });
    return targets[0]?.TargetHealth.State === 'healthy';
  });
});

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-syntax
test('access logs say h2 and grpcs', async () => {
  await get({ ':path': '/logged' });
  await get({ ':method': 'POST', ':path': '/shop.Cart/Logged', 'content-type': 'application/grpc' }, Buffer.alloc(5));
  let lines: readonly string[] = [];
  await eventually('its line is written', async () => (lines = await installation.logLines(1)).some((line) => line.includes('/shop.Cart/Logged')));
  assert.match(lines.find((line) => line.includes('/logged'))!, /^h2 .* "GET https:\/\/shop\.example\.com:\d+\/logged HTTP\/2\.0" /);
  assert.match(lines.find((line) => line.includes('/shop.Cart/Logged'))!, /^grpcs .* "POST https:\/\/shop\.example\.com:\d+\/shop\.Cart\/Logged HTTP\/2\.0" /);
});

test('routing.http2.enabled turns it off', async () => {
  const options = { servername: 'shop.example.com', ALPNProtocols: ['h2'] };
  assert.equal(await refusal(door.port, options), 'connected');
  await installation.attributes(balancer, { 'routing.http2.enabled': 'false' });
  assert.match(await refusal(door.port, options), /NO_APPLICATION_PROTOCOL/);
});
