/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiInstallation, type Api } from './http-api.ts';
import type { Target } from '../elbv2/installation.ts';

let apis: ApiInstallation;
let target: Target;
before(async () => {
  apis = await ApiInstallation.open();
  target = await apis.inside.target((request, response) => {
    const status = Number(new URL(request.url!, 'http://x').searchParams.get('status') ?? '200');
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => response.writeHead(status, { 'x-from': 'target', 'x-gone': '1', 'content-type': 'application/json' }).end(JSON.stringify({ got: body, code: { n: 42 } })));
  });
});
after(() => apis[Symbol.asyncDispose]());

async function mapped(request: Readonly<Record<string, string>>, responses: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): Promise<Api> {
  const api = await apis.api({}, { StageVariables: { env: 'test' } });
  const integration = await apis.url(api, `http://127.0.0.1:${target.port}/base`, { RequestParameters: request, ...(Object.keys(responses).length > 0 && { ResponseParameters: responses }) });
  await apis.route(api, 'ANY /pets/{id}', integration);
  return api;
}

test('headers are appended, overwritten and removed', async () => {
  const api = await mapped({ 'append:header.x-a': 'more', 'overwrite:header.x-b': '$request.header.x-a', 'remove:header.x-c': "''", 'append:header.x-new': '$context.requestId', 'overwrite:header.x-id': '$request.path.id' });
  const { headers } = await apis.get(api, { path: '/pets/7', headers: 'X-A: 1\r\nX-A: 2\r\nX-B: old\r\nX-C: gone\r\n' });
  const seen = target.seen.at(-1)!.headers;
  assert.equal(seen['x-a'], '1,2,more');
  assert.equal(seen['x-b'], '1,2');
  assert.equal(seen['x-c'], undefined);
  assert.equal(seen['x-new'], headers['apigw-requestid']);
  assert.equal(seen['x-id'], '7');
  assert.equal(seen['host'], `127.0.0.1:${target.port}`);
});

test('the query and the path are rewritten', async () => {
  const api = await mapped({ 'append:querystring.a': '2', 'overwrite:querystring.b': '${request.querystring.a}-${stageVariables.env}', 'remove:querystring.c': "''", 'overwrite:path': '/v2/${request.path.id}' });
  await apis.get(api, { path: '/pets/a%20b?a=1&b=old&c=x' });
  assert.equal(target.seen.at(-1)!.url, '/v2/a%20b?a=1&a=2&b=1-test');
});

test('variables stand within text without braces too, and parts are named without regard to case', async () => {
  const api = await mapped({ 'overwrite:HEADER.x-b': 'of $request.path.id, $context.stage!', 'append:header.x-c': '$a$request.path.id$' });
  await apis.get(api, { path: '/pets/7' });
  const seen = target.seen.at(-1)!.headers;
  assert.deepEqual([seen['x-b'], seen['x-c']], ['of 7, $default!', '$a7$']);
});

test('values come from the body by JSONPath, and the body goes on', async () => {
  const api = await mapped({ 'append:header.x-name': '$request.body.user.name', 'append:header.x-first': '$request.body.list[0]', 'append:header.x-none': '$request.body.nothing' });
  const sent = '{"user":{"name":"ann"},"list":[7,8]}';
  const { body } = await apis.get(api, { method: 'POST', path: '/pets/1', body: sent, headers: 'Content-Type: application/json\r\n' });
  const seen = target.seen.at(-1)!.headers;
  assert.deepEqual([seen['x-name'], seen['x-first'], seen['x-none']], ['ann', '7', undefined]);
  assert.equal((JSON.parse(body) as { got: string }).got, sent);
});

test('half a character in a body is replaced, wherever it is mapped to', async () => {
  const api = await mapped({ 'append:querystring.name': '$request.body.name', 'overwrite:path': '/of/${request.body.name}' });
  await apis.get(api, { method: 'POST', path: '/pets/1', body: '{"name":"a\\ud800b"}', headers: 'Content-Type: application/json\r\n' });
  assert.equal(target.seen.at(-1)!.url, '/of/a%EF%BF%BDb?name=a%EF%BF%BDb');
});

test('what a body holds cannot add a line to the head', async () => {
  const api = await mapped({ 'append:header.x-name': '$request.body.name' });
  await apis.get(api, { method: 'POST', path: '/pets/1', body: '{"name":"a\\r\\nX-Evil: 1"}', headers: 'Content-Type: application/json\r\n' });
  const seen = target.seen.at(-1)!.headers;
  assert.equal(seen['x-evil'], undefined);
  assert.equal(seen['x-name'], 'a  X-Evil: 1');
});

test('the answer is changed by its status', async () => {
  const api = await mapped({}, {
    200: { 'overwrite:header.x-from': 'gateway', 'remove:header.x-gone': "''", 'append:header.x-env': '$stageVariables.env' },
    404: { 'overwrite:statuscode': '403', 'append:header.x-why': '$response.header.x-from' },
  });
  const ok = await apis.get(api, { path: '/pets/1' });
  assert.deepEqual([ok.status, ok.headers['x-from'], ok.headers['x-gone'], ok.headers['x-env']], [200, 'gateway', undefined, 'test']);
  const forbidden = await apis.get(api, { path: '/pets/1?status=404' });
  assert.deepEqual([forbidden.status, forbidden.headers['x-why'], forbidden.headers['x-gone']], [403, 'target', '1']);
  const other = await apis.get(api, { path: '/pets/1?status=500' });
  assert.deepEqual([other.status, other.headers['x-from']], [500, 'target']);
});

test('values of the answer come from its body', async () => {
  const api = await mapped({}, { 200: { 'append:header.x-n': '$response.body.code.n' } });
  const { headers, body } = await apis.get(api, { path: '/pets/1' });
  assert.equal(headers['x-n'], '42');
  assert.equal((JSON.parse(body) as { code: { n: number } }).code.n, 42);
});

test('reserved headers are refused', async () => {
  const api = await apis.api();
  for (const name of ['Authorization', 'content-length', 'x-amz-date', 'apigw-x', 'via', 'access-control-allow-origin']) {
    await assert.rejects(apis.url(api, 'http://127.0.0.1:1/', { RequestParameters: { [`append:header.${name}`]: 'x' } }), /restricted/);
  }
});
