/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
before(async () => {
  apis = await ApiInstallation.open();
  api = await apis.api();
  const target = await apis.inside.target((request, response) => void response.end(request.url));
  for (const key of ['GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default', 'POST /pets/dog/1', 'ANY /pets/{id}']) {
    await apis.route(api, key, await apis.url(api, `http://127.0.0.1:${target.port}/${encodeURIComponent(key)}`));
  }
});
after(() => apis[Symbol.asyncDispose]());

async function by(method: string, path: string, at = api): Promise<string> {
  return decodeURIComponent((await apis.get(at, { method, path })).body.slice(1));
}

test('the table of the documentation', async () => {
  assert.equal(await by('GET', '/pets/dog/1'), 'GET /pets/dog/1');
  assert.equal(await by('GET', '/pets/dog/2'), 'GET /pets/dog/{id}');
  assert.equal(await by('GET', '/pets/cat/1'), 'GET /pets/{proxy+}');
  assert.equal(await by('POST', '/test/5'), 'ANY /{proxy+}');
});

test('a method of its own comes before ANY, a full match before a greedy one, and what nothing matches goes to $default', async () => {
  assert.equal(await by('POST', '/pets/dog/1'), 'POST /pets/dog/1');
  assert.equal(await by('DELETE', '/pets/dog/1'), 'ANY /{proxy+}');
  assert.equal(await by('GET', '/pets/dog'), 'ANY /pets/{id}');
  assert.equal(await by('GET', '/'), '$default');
});

test('without $default, what nothing matches is 404', async () => {
  const bare = await apis.api();
  const target = await apis.inside.target();
  await apis.route(bare, 'GET /only', await apis.url(bare, `http://127.0.0.1:${target.port}/`));
  const { status, body, headers } = await apis.get(bare, { path: '/other' });
  assert.equal(status, 404);
  assert.equal(body, '{"message":"Not Found"}');
  assert.equal(headers['content-type'], 'application/json');
  assert.match(headers['apigw-requestid'] ?? '', /^[A-Za-z0-9_-]{15}=$/);
  assert.equal(headers['server'], undefined);
  assert.equal((await apis.get(bare, { path: '/only', method: 'POST' })).status, 404);
});

test('a stage with a name is the first segment of the path; $default has none', async () => {
  const staged = await apis.api();
  const target = await apis.inside.target((request, response) => void response.end(request.url));
  await apis.route(staged, 'GET /pets', await apis.url(staged, `http://127.0.0.1:${target.port}/served`));
  await apis.v2('CreateStage', { ApiId: staged.id, StageName: 'prod', AutoDeploy: true });
  assert.equal((await apis.get(staged, { path: '/prod/pets' })).body, '/served');
  assert.equal((await apis.get(staged, { path: '/pets' })).body, '/served');
  assert.equal((await apis.get(staged, { path: '/prod' })).status, 404);
  assert.equal((await apis.get(staged, { path: '/dev/pets' })).status, 404);
});

test('a name that no API has is 403', async () => {
  const { status, body } = await apis.get('zzzzzzzzzz.execute-api.us-east-1.localhost');
  assert.deepEqual([status, body], [403, '{"message":"Forbidden"}']);
});

test('a disabled endpoint leads nowhere', async () => {
  const closed = await apis.api({ DisableExecuteApiEndpoint: true });
  const target = await apis.inside.target();
  await apis.route(closed, '$default', await apis.url(closed, `http://127.0.0.1:${target.port}/`));
  const { status, body } = await apis.get(closed);
  assert.deepEqual([status, body], [404, '{"message":"Not Found"}']);
});

test('a route without an integration is 500', async () => {
  const empty = await apis.api();
  await apis.route(empty, 'GET /x', null);
  const { status, body } = await apis.get(empty, { path: '/x' });
  assert.deepEqual([status, body], [500, '{"message":"Internal Server Error"}']);
});
