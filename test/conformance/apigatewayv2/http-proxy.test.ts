/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-http.html */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { ApiInstallation, type Api } from './http-api.ts';
import type { Target } from '../elbv2/installation.ts';

let apis: ApiInstallation;
let api: Api;
let target: Target;
before(async () => {
  apis = await ApiInstallation.open();
  api = await apis.api();
  target = await apis.inside.target((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('latin1')));
    request.on('end', () => response.writeHead(200, { 'x-target': 'yes', server: 'their-server/1' }).end(`${request.method} ${request.url} ${body}`));
  });
  await apis.route(api, 'ANY /any/{proxy+}', await apis.url(api, `http://127.0.0.1:${target.port}/base/{proxy}`));
  await apis.route(api, 'POST /fixed', await apis.url(api, `http://127.0.0.1:${target.port}/fixed?k=v`, { IntegrationMethod: 'GET' }));
  await apis.route(api, 'GET /named', await apis.url(api, `http://localhost:${target.port}/named`));
});
after(() => apis[Symbol.asyncDispose]());

test('method, greedy path, query and body go on', async () => {
  const { status, body, headers } = await apis.get(api, { method: 'PUT', path: '/any/a/b%20c?x=1&y', body: 'data', headers: 'Content-Type: text/plain\r\n' });
  assert.equal(status, 200);
  assert.equal(body, 'PUT /base/a/b%20c?x=1&y data');
  assert.equal(headers['x-target'], 'yes');
  assert.equal(headers['server'], 'their-server/1');
  assert.match(headers['apigw-requestid'] ?? '', /=$/);
});

test('the integration has a method and a query of its own', async () => {
  assert.equal((await apis.get(api, { method: 'POST', path: '/fixed?a=b' })).body, 'GET /fixed?k=v&a=b ');
});

// As API Gateway was seen to do it: path variables stand in the path only, and a stage variable that is not set leaves nothing.
test('the query of the integration is as it was given, but for stage variables', async () => {
  const stage = await apis.api({}, { StageVariables: { set: 'v' } });
  await apis.route(stage, 'GET /q/{id}', await apis.url(stage, `http://127.0.0.1:${target.port}/{id}?id={id}&set=\${stageVariables.set}&none=\${stageVariables.none}`));
  assert.equal((await apis.get(stage, { path: '/q/7?a=b' })).body, 'GET /7?id={id}&set=v&none=&a=b ');
});

test('a body goes on with GET too', async () => {
  assert.equal((await apis.get(api, { path: '/any/x', body: 'data', headers: 'Content-Type: text/plain\r\n' })).body, 'GET /base/x data');
});

test('names are resolved', async () => {
  assert.equal((await apis.get(api, { path: '/named' })).body, 'GET /named ');
});

test('the target sees who was in between, and no field of one connection', async () => {
  await apis.get(api, { path: '/any/x', headers: 'Keep-Alive: 5\r\nTE: trailers\r\nX-Mine: 1\r\nProxy-Connection: keep-alive\r\n' });
  const { headers } = target.seen.at(-1)!;
  assert.equal(headers['host'], `127.0.0.1:${target.port}`);
  assert.equal(headers['via'], 'HTTP/1.1 AmazonAPIGateway');
  assert.equal(headers['forwarded'], `by=127.0.0.1;for=127.0.0.1;host=${api.host};proto=http`);
  assert.match(String(headers['x-amzn-trace-id']), /^Root=1-/);
  assert.equal(headers['x-mine'], '1');
  for (const name of ['keep-alive', 'te', 'proxy-connection']) assert.equal(headers[name], undefined, name);
});

test('what cannot be reached is 503, and so is what does not answer in time', async () => {
  const { port } = await apis.inside.target();
  const silent = await apis.inside.target(() => {});
  const one = await apis.api();
  await apis.route(one, 'GET /nobody', await apis.url(one, 'http://127.0.0.1:1/'));
  await apis.route(one, 'GET /unknown', await apis.url(one, 'http://no-such-host.invalid/'));
  await apis.route(one, 'GET /silent', await apis.url(one, `http://127.0.0.1:${silent.port}/`, { TimeoutInMillis: 150 }));
  await apis.route(one, 'GET /fine', await apis.url(one, `http://127.0.0.1:${port}/`));
  for (const path of ['/nobody', '/unknown', '/silent']) {
    const { status, body } = await apis.get(one, { path });
    assert.deepEqual([path, status, body], [path, 503, '{"message":"Service Unavailable"}']);
  }
  assert.equal((await apis.get(one, { path: '/fine' })).body, 'target');
});

test('chunked bodies arrive with a length; HEAD has no body', async () => {
  const { body } = await apis.get(api, { method: 'POST', path: '/any/c', headers: 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nX: ' }).catch(() => ({ body: '' }));
  assert.equal(body, 'POST /base/c abc');
  assert.equal(target.seen.find(({ url }) => url === '/base/c')?.headers['content-length'], '3');
  const head = await apis.get(api, { method: 'HEAD', path: '/any/h' });
  assert.deepEqual([head.status, head.body], [200, '']);
});

test('on one connection each request goes on with the name that it was sent to', async () => {
  await apis.route(api, 'ANY /base/{proxy+}', await apis.url(api, `http://127.0.0.1:${target.port}/base/{proxy}`));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const hosts = [api.host, `${api.host}:8080`, api.host];
  const ports = new Set<number | undefined>();
  try {
    for (const [n, host] of hosts.entries()) {
      const status = await new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port: apis.port, method: n === 1 ? 'PUT' : 'GET', path: `/base/${n}?q=%20`, headers: { host, te: 'trailers', 'x-n': String(n), 'x-amzn-trace-id': n === 2 ? 'Root=1-aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbb' : [] }, agent }, (response) => {
          ports.add(response.socket.localPort);
          response.resume().on('end', () => resolve(response.statusCode));
        })
          .on('error', reject).end(n === 1 ? 'body' : '');
      });
      assert.equal(status, 200);
      const { method, url, raw, headers } = target.seen.at(-1)!;
      assert.deepEqual([method, url], [n === 1 ? 'PUT' : 'GET', `/base/${n}?q=%20`]);
      assert.equal(raw.filter((name, i) => i % 2 === 0 && /^(host|forwarded|via|content-length|x-amzn-trace-id)$/i.test(name)).length, 5);
      assert.equal(headers['host'], `127.0.0.1:${target.port}`);
      assert.equal(headers['forwarded'], `by=127.0.0.1;for=127.0.0.1;host=${host};proto=http`);
      assert.equal(headers['content-length'], n === 1 ? '4' : '0');
      assert.equal(headers['x-n'], String(n));
      assert.equal(headers['te'], undefined);
      assert.match(String(headers['x-amzn-trace-id']), n === 2 ? /^Self=1-.*;Root=1-aaaaaaaa-b+$/ : /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    }
  } finally {
    agent.destroy();
  }
  assert.equal(ports.size, 1);
});

test('a target that closes instead of answering is asked again, unless it has had a body', async () => {
  const met = new Set<string>();
  const closing = await apis.inside.target((incoming, response) => {
    const key = `${incoming.method} ${incoming.url}`;
    if (met.has(key)) return void response.end('again');
    met.add(key);
    incoming.socket.destroy();
  });
  await apis.route(api, 'ANY /closing/{proxy+}', await apis.url(api, `http://127.0.0.1:${closing.port}/closing/{proxy}`));
  await apis.route(api, 'ANY /elsewhere/{proxy+}', await apis.url(api, `http://127.0.0.1:${closing.port}/moved/{proxy}`, { RequestParameters: { 'append:header.x': 'y' } }));
  for (const [path, seen] of [['/closing/a?b', '/closing/a?b'], ['/elsewhere/a?b', '/moved/a?b']] as const) {
    assert.deepEqual([path, (await apis.get(api, { path })).body], [path, 'again']);
    assert.deepEqual(closing.seen.splice(0).map(({ method, url }) => `${method} ${url}`), [`GET ${seen}`, `GET ${seen}`]);
    assert.equal((await apis.get(api, { method: 'POST', path, body: 'x' })).status, 503);
    assert.equal(closing.seen.splice(0).length, 1);
  }
});
