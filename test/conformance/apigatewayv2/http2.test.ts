/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html: clients may speak HTTP/2 over TLS */
import assert from 'node:assert/strict';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { after, before, test } from 'node:test';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';
import { says } from '../elbv2/installation.ts';

let apis: ApiInstallation;
let api: Api;
let session: ClientHttp2Session;
before(async () => {
  apis = await ApiInstallation.open();
  api = await apis.api({ CorsConfiguration: { AllowOrigins: ['*'] } });
  await apis.route(api, 'POST /echo/{id}', await apis.lambda(api, await apis.function(ECHO)));
  const target = await apis.inside.target((request, response) => {
    let size = 0;
    request.on('data', (part: Buffer) => (size += part.length));
    request.on('end', () => response.writeHead(200, { 'X-Target': 'yes' }).end(`${request.method} ${request.url} ${size}`));
  });
  await apis.route(api, 'ANY /url/{proxy+}', await apis.url(api, `http://127.0.0.1:${target.port}/{proxy}`));
  const door = await apis.inside.door(await apis.inside.balancer(), says('from the balancer'));
  const subnets = await apis.aws<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', {});
  const { VpcLinkId } = await apis.v2<{ VpcLinkId: string }>('CreateVpcLink', { Name: 'link', SubnetIds: subnets.Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId) });
  await apis.route(api, 'GET /chain', await apis.integration(api, { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', ConnectionType: 'VPC_LINK', ConnectionId: VpcLinkId, IntegrationUri: door.arn }));
  session = connect(`https://${api.host}:${apis.tlsPort}`, { rejectUnauthorized: false, lookup: ((_host: string, options: { all?: boolean }, done: (error: null, address: unknown, family?: number) => void) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4))) as never });
  await new Promise<void>((resolve, reject) => {
    session.once('connect', () => resolve());
    session.once('error', reject);
  });
});
after(async () => {
  session.close();
  await apis[Symbol.asyncDispose]();
});

function ask(path: string, { method = 'GET', headers = {}, body = '' }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: body === '' });
    let got: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (fields) => (got = fields));
    stream.on('data', (part: Buffer) => (text += part.toString()));
    stream.on('end', () => resolve({ status: Number(got[':status']), headers: got, body: text }));
    stream.on('error', reject);
    if (body !== '') stream.end(body);
  });
}

test('it is negotiated, and functions see it', async () => {
  assert.equal(session.alpnProtocol, 'h2');
  const { status, body } = await ask('/echo/7', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
  assert.equal(status, 200, body);
  const event = JSON.parse(body) as { body: string; headers: Record<string, string>; requestContext: { http: { protocol: string }; domainName: string } };
  assert.equal(event.body, '{"a":1}');
  assert.equal(event.requestContext.http.protocol, 'HTTP/2.0');
  assert.equal(event.requestContext.domainName, api.host);
  assert.equal(event.headers['x-forwarded-proto'], 'https');
});

test('answers of URLs, of balancers and of the gateway itself come as HTTP/2 has them', async () => {
  const url = await ask('/url/x?y=1', { method: 'PUT', body: 'x'.repeat(100_000), headers: { origin: 'https://a.example' } });
  assert.deepEqual([url.status, url.body, url.headers['x-target'], url.headers['access-control-allow-origin']], [200, 'PUT /x?y=1 100000', 'yes', '*']);
  assert.match(String(url.headers['apigw-requestid']), /=$/);
  const chain = await ask('/chain');
  assert.deepEqual([chain.status, chain.body], [200, 'from the balancer']);
  const none = await ask('/none');
  assert.deepEqual([none.status, none.body, none.headers['server']], [404, '{"message":"Not Found"}', undefined]);
});

test('many at once', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`/url/${i}`)));
  assert.deepEqual(answers.map(({ body }) => body), Array.from({ length: 50 }, (_, i) => `GET /${i} 0`));
});
