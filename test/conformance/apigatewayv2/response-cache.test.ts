/**
 * Beyond AWS (docs/decisions/0014-beyond-aws.md), as REST APIs do it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let url: string;
let calls = 0;
/** What the target does beside counting. */
let manner: (response: ServerResponse) => void = () => {};
before(async () => {
  apis = await ApiInstallation.open({ 'beyond-aws': 'response-cache' });
  const target = await apis.inside.target((_request, response) => {
    calls++;
    response.setHeader('x-made', String(calls));
    manner(response);
    if (!response.writableEnded) response.end(`answer ${calls}`);
  });
  url = `http://127.0.0.1:${target.port}/`;
});
after(() => apis[Symbol.asyncDispose]());

/** An API whose route has the tag. */
async function cached(tag: string, more: { readonly key?: string; readonly integration?: object; readonly route?: (api: Api) => Promise<object> } = {}): Promise<Api> {
  calls = 0;
  manner = () => {};
  const api = await apis.api({ CorsConfiguration: { AllowOrigins: ['https://a.example', 'https://b.example'] } }, null);
  const integration = await apis.url(api, url, more.integration ?? {});
  const id = await apis.route(api, more.key ?? 'GET /{id}', integration, (await more.route?.(api)) ?? {});
  await apis.v2('CreateStage', { ApiId: api.id, StageName: '$default', AutoDeploy: true, Tags: { [`turnpike:cache:${id}`]: tag } });
  return api;
}

const body = async (api: Api, path: string, headers = ''): Promise<string> => (await apis.get(api, { path, headers })).body;

test('an answer is given again to requests of its path, with headers of their own', async () => {
  const api = await cached('60');
  const first = await apis.get(api, { path: '/1', headers: 'Origin: https://a.example\r\n' });
  const second = await apis.get(api, { path: '/1?more=2', headers: 'Origin: https://b.example\r\n' });
  assert.deepEqual([first.body, second.body, second.headers['x-made'], second.headers['content-length']], ['answer 1', 'answer 1', '1', '8']);
  assert.deepEqual([first.headers['access-control-allow-origin'], second.headers['access-control-allow-origin']], ['https://a.example', 'https://b.example']);
  assert.notEqual(first.headers['apigw-requestid'], second.headers['apigw-requestid']);
  assert.equal(await body(api, '/2'), 'answer 2');
});

test('parameters and headers that are named tell requests apart', async () => {
  const api = await cached('60 querystring.page header.Accept');
  const answers = [];
  for (const [path, headers] of [['/1?page=1', ''], ['/1?page=2', ''], ['/1?page=1', 'Accept: a\r\n'], ['/1?page=1&other=1', ''], ['/1?page=1', 'Accept: a\r\n']] as const) answers.push(await body(api, path, headers));
  assert.deepEqual(answers, ['answer 1', 'answer 2', 'answer 3', 'answer 1', 'answer 3']);
});

test('mappings of the answer are kept with it, long ones too, and other methods are not', async () => {
  const api = await cached('60', { key: 'ANY /{id}', integration: { ResponseParameters: { 200: { 'overwrite:header.x-mapped': 'yes' } } } });
  const long = 'x'.repeat(300_000);
  manner = (response) => void response.end(long);
  for (let i = 0; i < 3; i++) {
    const answer = await apis.get(api, { path: '/long' });
    assert.deepEqual([answer.status, answer.body.length, answer.headers['x-mapped'], answer.headers['x-made']], [200, long.length, 'yes', '1']);
  }
  manner = () => {};
  assert.equal((await apis.get(api, { path: '/long', method: 'POST' })).body, 'answer 2');
  assert.equal((await apis.get(api, { path: '/chunked' })).body, 'answer 3');
});

test('what is no 200, is for one client, breaks off or is too long is not kept', async () => {
  const api = await cached('60');
  const manners: readonly ((response: ServerResponse) => void)[] = [
    (response) => void response.writeHead(404), (response) => void response.setHeader('set-cookie', 'a=1'), (response) => void response.setHeader('cache-control', 'private, max-age=9'),
    (response) => void response.setHeader('vary', 'accept-language'), (response) => void response.end('x'.repeat(1_048_577)),
  ];
  for (const [i, one] of manners.entries()) {
    manner = one;
    calls = 0;
    for (let n = 0; n < 2; n++) await apis.get(api, { path: `/${i}` });
    assert.equal(calls, 2, String(one));
  }
  manner = (response) => {
    const { socket } = response;
    response.writeHead(200, { 'content-length': '100' });
    response.end('half');
    setTimeout(() => socket?.destroy(), 20);
  };
  await assert.rejects(apis.get(api, { path: '/broken' }));
  manner = () => {};
  assert.match(await body(api, '/broken'), /^answer/);
});

test('it is made anew when its time is over, by a deployment, and by those who may ask for it', async () => {
  const api = await cached('3');
  assert.deepEqual([await body(api, '/1'), await body(api, '/1', 'Cache-Control: max-age=0\r\n')], ['answer 1', 'answer 1']);
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  assert.equal(await body(api, '/1'), 'answer 2');
  await apis.route(api, 'GET /other/{id}', null);
  assert.equal(await body(api, '/1'), 'answer 3');
  const asking = await cached('60 invalidation');
  assert.deepEqual([await body(asking, '/1'), await body(asking, '/1', 'Cache-Control: max-age=0\r\n'), await body(asking, '/1')], ['answer 1', 'answer 2', 'answer 2']);
});

test('on a route with an authorizer nothing is kept unless its identity sources tell requests apart', async () => {
  const fn = await apis.function('exports.handler = async () => ({ isAuthorized: true });');
  const guarded = (tag: string, sources: readonly string[] = ['$request.header.Authorization']) => cached(tag, {
    route: async (api) => {
      const { AuthorizerId } = await apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', {
        ApiId: api.id, Name: 'guard', AuthorizerType: 'REQUEST', AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${fn}/invocations`, AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true,
        IdentitySource: sources,
      });
      return { AuthorizationType: 'CUSTOM', AuthorizerId };
    },
  });
  const open = await guarded('60');
  assert.deepEqual([await body(open, '/1', 'Authorization: ann\r\n'), await body(open, '/1', 'Authorization: ann\r\n')], ['answer 1', 'answer 2']);
  const blind = await guarded('60', []);
  assert.deepEqual([await body(blind, '/1', 'Cookie: ann\r\n'), await body(blind, '/1', 'Cookie: ben\r\n')], ['answer 1', 'answer 2'], 'an authorizer without sources looks at what it likes');
  const told = await guarded('60 header.authorization');
  assert.deepEqual([await body(told, '/1', 'Authorization: ann\r\n'), await body(told, '/1', 'Authorization: ann\r\n'), await body(told, '/1', 'Authorization: ben\r\n')], ['answer 1', 'answer 1', 'answer 2']);
  assert.equal((await apis.get(told, { path: '/1' })).status, 401);
});

test('a tag that cannot be kept to is told, and nothing is kept', async () => {
  for (const tag of ['', 'soon', '0', '3601', '60 body.x']) {
    const api = await cached(tag);
    assert.deepEqual([await body(api, '/1'), await body(api, '/1')], ['answer 1', 'answer 2'], tag);
  }
});
