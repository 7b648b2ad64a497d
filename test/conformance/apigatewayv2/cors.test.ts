/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
before(async () => {
  apis = await ApiInstallation.open();
  const target = await apis.inside.target((_request, response) => response.writeHead(200, { 'access-control-allow-origin': 'https://evil.example', 'x-other': '1' }).end('x'));
  api = await apis.api({
    CorsConfiguration: { AllowOrigins: ['https://www.example.com', 'https://*.dev.example.com'], AllowMethods: ['GET', 'POST'], AllowHeaders: ['authorization'], ExposeHeaders: ['date', 'x-api-id'], AllowCredentials: true, MaxAge: 300 },
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

test('the headers of the configuration stand in place of those of the integration', async () => {
  const allowed = await apis.get(api, { path: '/x', headers: origin('https://a.dev.example.com') });
  assert.equal(allowed.headers['access-control-allow-origin'], 'https://a.dev.example.com');
  assert.equal(allowed.headers['access-control-expose-headers'], 'date,x-api-id');
  assert.equal(allowed.headers['access-control-allow-credentials'], 'true');
  assert.equal(allowed.headers['x-other'], '1');
  const other = await apis.get(api, { path: '/x', headers: origin('https://evil.example') });
  assert.equal(other.headers['access-control-allow-origin'], undefined);
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
