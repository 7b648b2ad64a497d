/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
before(async () => {
  apis = await ApiInstallation.open();
  const target = await apis.inside.target((_request, response) => response.writeHead(200, { 'access-control-allow-origin': 'https://evil.example', 'x-other': '1' }).end('x'));
  api = await apis.api({
    CorsConfiguration: { AllowOrigins: ['https://www.example.com', 'https://a.dev.example.com'], AllowMethods: ['GET', 'POST'], AllowHeaders: ['authorization'], ExposeHeaders: ['date', 'x-api-id'], AllowCredentials: true, MaxAge: 300 },
  });
  await apis.route(api, 'GET /x', await apis.url(api, `http://127.0.0.1:${target.port}/`));
});
after(() => apis[Symbol.asyncDispose]());

const origin = (text: string): string => `Origin: ${text}\r\n`;

test('a preflight request is answered by the gateway, without a route', async () => {
  const { status, headers, body } = await apis.get(api, { method: 'OPTIONS', path: '/nowhere', headers: `${origin('https://www.example.com')}Access-Control-Request-Method: POST\r\n` });
  assert.equal(status, 204);
  assert.equal(body, '');
  assert.equal(headers['access-control-allow-origin'], 'https://www.example.com');
  assert.equal(headers['access-control-allow-methods'], 'GET,POST');
  assert.equal(headers['access-control-allow-headers'], 'authorization');
  assert.equal(headers['access-control-allow-credentials'], 'true');
  assert.equal(headers['access-control-max-age'], '300');
  assert.match(headers['apigw-requestid'] ?? '', /=$/);
});

test('a preflight of another origin gets no permission', async () => {
  const { status, headers } = await apis.get(api, { method: 'OPTIONS', path: '/x', headers: `${origin('https://other.example')}Access-Control-Request-Method: GET\r\n` });
  assert.equal(status, 204);
  for (const name of Object.keys(headers)) assert.ok(!name.startsWith('access-control-'), name);
});

// What a configuration does not name it does not allow, as API Gateway was seen to do.
test('a preflight for a method or a header that is not allowed gets no permission, nor where none are named', async () => {
  const asking = (asked: string): string => `${origin('https://www.example.com')}Access-Control-Request-Method: ${asked}\r\n`;
  const fieldsOf = async (one: Api, asked: string): Promise<readonly string[]> => {
    const { status, headers } = await apis.get(one, { method: 'OPTIONS', path: '/x', headers: asking(asked) });
    assert.equal(status, 204);
    return Object.keys(headers).filter((name) => name.startsWith('access-control-'));
  };
  assert.deepEqual(await fieldsOf(api, 'DELETE'), []);
  assert.deepEqual(await fieldsOf(api, 'GET\r\nAccess-Control-Request-Headers: Authorization, x-other'), []);
  assert.equal((await fieldsOf(api, 'get\r\nAccess-Control-Request-Headers: Authorization')).length, 5);
  const bare = await apis.api({ CorsConfiguration: { AllowOrigins: ['https://www.example.com'] } });
  await apis.route(bare, 'GET /x', null);
  assert.deepEqual(await fieldsOf(bare, 'GET'), []);
  await apis.v2('UpdateApi', { ApiId: bare.id, CorsConfiguration: { AllowMethods: ['*'] } });
  const { headers } = await apis.get(bare, { method: 'OPTIONS', path: '/x', headers: asking('GET') });
  assert.deepEqual([headers['access-control-allow-origin'], headers['access-control-allow-methods'], headers['access-control-allow-headers']], ['https://www.example.com', '*', '']);
  assert.deepEqual(await fieldsOf(bare, 'GET\r\nAccess-Control-Request-Headers: x-a'), []);
});

test('OPTIONS without a route is answered where CORS is configured, preflight or not', async () => {
  for (const more of ['', origin('https://www.example.com')]) assert.equal((await apis.get(api, { method: 'OPTIONS', path: '/x', headers: more })).status, 204);
  assert.equal((await apis.get(api, { method: 'GET', path: '/none' })).status, 404);
});

test('the headers of the configuration stand in place of those of the integration', async () => {
  const allowed = await apis.get(api, { path: '/x', headers: origin('https://a.dev.example.com') });
  assert.equal(allowed.headers['access-control-allow-origin'], 'https://a.dev.example.com');
  assert.equal(allowed.headers['access-control-expose-headers'], 'date,x-api-id');
  assert.equal(allowed.headers['access-control-allow-credentials'], 'true');
  assert.equal(allowed.headers['x-other'], '1');
  const other = await apis.get(api, { path: '/x', headers: origin('https://evil.example') });
  assert.equal(other.headers['access-control-allow-origin'], undefined);
});

test('answers that come and go in one piece, one after the other on a connection, are no different', async () => {
  const own = ['Access-Control-Allow-Origin', 'https://evil.example'];
  const answers: readonly (readonly string[])[] = [[], own, ['a', '1', ...own, 'z', '2'], ['Access-Controls', '3', 'access-control', '4']];
  const target = await apis.inside.target((incoming, response) => response.writeHead(200, [...answers[Number(incoming.url!.slice(1))]!, 'Content-Length', '5']).end('12345'));
  await apis.route(api, 'GET /whole/{n}', await apis.url(api, `http://127.0.0.1:${target.port}/{n}`));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  const fields: string[] = [];
  for (let n = 0; n < answers.length; n++) {
    const { rawHeaders, body } = await new Promise<{ readonly rawHeaders: readonly string[]; readonly body: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: apis.port, path: `/whole/${n}`, headers: { host: api.host, origin: 'https://www.example.com' }, agent }, (response) => {
        sockets.add(response.socket);
        let text = '';
        response.setEncoding('latin1').on('data', (part: string) => (text += part)).on('end', () => resolve({ rawHeaders: response.rawHeaders, body: text }));
      });
      sent.on('error', reject).end();
    });
    assert.equal(body, '12345');
    fields.push(rawHeaders.filter((name, i) => i % 2 === 0 && !/^(date|connection|keep-alive)$/i.test(name)).join());
    assert.equal(rawHeaders[rawHeaders.indexOf('Access-Control-Allow-Origin') + 1], 'https://www.example.com');
  }
  agent.destroy();
  assert.equal(sockets.size, 1);
  const added = 'Access-Control-Allow-Origin,Access-Control-Allow-Credentials,Access-Control-Expose-Headers,Apigw-Requestid';
  assert.deepEqual(fields, [`Content-Length,${added}`, `Content-Length,${added}`, `a,z,Content-Length,${added}`, `Access-Controls,access-control,Content-Length,${added}`]);
});

test('the gateway says them with its own errors too', async () => {
  const { status, headers } = await apis.get(api, { path: '/none', headers: origin('https://www.example.com') });
  assert.equal(status, 404);
  assert.equal(headers['access-control-allow-origin'], 'https://www.example.com');
});

test('any origin is a star', async () => {
  const one = await apis.api({ CorsConfiguration: { AllowOrigins: ['*'] } });
  await apis.route(one, 'GET /y', null);
  const { headers } = await apis.get(one, { headers: origin('https://x.example') });
  assert.equal(headers['access-control-allow-origin'], '*');
});

test('without a configuration what the integration says goes on, and OPTIONS is a method like others', async () => {
  const target = await apis.inside.target((_request, response) => response.writeHead(200, { 'access-control-allow-origin': 'https://mine.example' }).end());
  const one = await apis.api();
  await apis.route(one, 'GET /x', await apis.url(one, `http://127.0.0.1:${target.port}/`));
  assert.equal((await apis.get(one, { path: '/x', headers: origin('https://y.example') })).headers['access-control-allow-origin'], 'https://mine.example');
  assert.equal((await apis.get(one, { method: 'OPTIONS', path: '/x', headers: `${origin('https://y.example')}Access-Control-Request-Method: GET\r\n` })).status, 404);
});
