/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
let echo: string;
before(async () => {
  apis = await ApiInstallation.open();
  api = await apis.api({}, { StageVariables: { colour: 'blue' } });
  echo = await apis.function(ECHO);
  await apis.route(api, 'ANY /two/{id}', await apis.lambda(api, echo));
  await apis.route(api, 'ANY /one/{id}', await apis.lambda(api, echo, { PayloadFormatVersion: '1.0' }));
});
after(() => apis[Symbol.asyncDispose]());

async function event(asked: Parameters<ApiInstallation['get']>[1]): Promise<Record<string, any>> { // oxlint-disable-line typescript/no-explicit-any
  const { status, body } = await apis.get(api, asked);
  assert.equal(status, 200, body);
  return JSON.parse(body) as Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

test('format 2.0 has every field', async () => {
  const got = await event({
    method: 'POST', path: '/two/a%20b?p=1&p=2&q=x%26y', body: 'hello',
    headers: 'Cookie: c1=1; c2=2\r\nX-Multi: a\r\nX-Multi: b\r\nContent-Type: text/plain\r\nUser-Agent: test/1\r\n',
  });
  assert.equal(got.version, '2.0');
  assert.equal(got.routeKey, 'ANY /two/{id}');
  assert.equal(got.rawPath, '/two/a b');
  assert.equal(got.rawQueryString, 'p=1&p=2&q=x%26y');
  assert.deepEqual(got.cookies, ['c1=1', 'c2=2']);
  assert.deepEqual(got.queryStringParameters, { p: '1,2', q: 'x&y' });
  assert.deepEqual(got.pathParameters, { id: 'a b' });
  assert.deepEqual(got.stageVariables, { colour: 'blue' });
  assert.equal(got.body, 'hello');
  assert.equal(got.isBase64Encoded, false);
  const { headers, requestContext: context } = got;
  assert.equal(headers['x-multi'], 'a,b');
  assert.equal(headers.cookie, undefined);
  assert.equal(headers.host, api.host);
  assert.equal(headers['content-length'], '5');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-port'], '80');
  assert.match(headers['x-amzn-trace-id'], /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  assert.deepEqual(
    { ...context, requestId: '', time: '', timeEpoch: 0 },
    {
      accountId: '000000000000', apiId: api.id, domainName: api.host, domainPrefix: api.id,
      http: { method: 'POST', path: '/two/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test/1' },
      requestId: '', routeKey: 'ANY /two/{id}', stage: '$default', time: '', timeEpoch: 0,
    },
  );
  assert.match(context.requestId, /=$/);
  assert.match(context.time, /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  assert.ok(Math.abs(context.timeEpoch - Date.now()) < 60_000);
});

test('format 2.0 leaves out what there is not', async () => {
  const bare = await apis.api();
  await apis.route(bare, '$default', await apis.lambda(bare, echo));
  const got = JSON.parse((await apis.get(bare)).body) as Record<string, unknown>;
  for (const name of ['cookies', 'queryStringParameters', 'pathParameters', 'stageVariables', 'body']) assert.equal(name in got, false, name);
  assert.equal(got.routeKey, '$default');
  assert.equal(got.rawQueryString, '');
});

test('format 1.0 has every field, single and multi-value', async () => {
  const got = await event({ path: '/one/7?p=1&p=2', headers: 'X-Multi: a\r\nX-Multi: b\r\nUser-Agent: test/1\r\n' });
  assert.equal(got.version, '1.0');
  assert.equal(got.resource, '/one/{id}');
  assert.equal(got.path, '/one/7');
  assert.equal(got.httpMethod, 'GET');
  assert.equal(got.headers['X-Multi'], 'b');
  assert.deepEqual(got.multiValueHeaders['X-Multi'], ['a', 'b']);
  assert.deepEqual(got.queryStringParameters, { p: '2' });
  assert.deepEqual(got.multiValueQueryStringParameters, { p: ['1', '2'] });
  assert.deepEqual(got.pathParameters, { id: '7' });
  assert.deepEqual(got.stageVariables, { colour: 'blue' });
  assert.equal(got.body, null);
  assert.equal(got.isBase64Encoded, false);
  const { requestContext: context } = got;
  assert.equal(context.resourcePath, '/one/{id}');
  assert.equal(context.identity.sourceIp, '127.0.0.1');
  assert.equal(context.identity.userAgent, 'test/1');
  assert.equal(context.identity.accessKey, null);
  assert.equal(context.protocol, 'HTTP/1.1');
  assert.equal(context.stage, '$default');
});

test('what is not text comes in Base64: forms, what has no type, what is compressed, what is no UTF-8', async () => {
  const told = async (headers: string, body = 'a=1'): Promise<readonly [unknown, unknown]> => {
    const got = await event({ method: 'POST', path: '/two/1', headers, body });
    return [got.isBase64Encoded, got.body];
  };
  assert.deepEqual(await told('Content-Type: application/json\r\n'), [false, 'a=1']);
  assert.deepEqual(await told('Content-Type: application/x-www-form-urlencoded\r\n'), [true, 'YT0x']);
  assert.deepEqual(await told(''), [true, 'YT0x']);
  assert.deepEqual(await told('Content-Type: text/plain\r\nContent-Encoding: gzip\r\n'), [true, 'YT0x']);
});

test('an answer without a status is inferred in format 2.0', async () => {
  const cases: readonly (readonly [source: string, status: number, type: string | undefined, body: string])[] = [
    ['"Hello from Lambda!"', 200, 'application/json', 'Hello from Lambda!'],
    ['{ message: "Hello" }', 200, 'application/json', '{"message":"Hello"}'],
    ['[1,2]', 200, 'application/json', '[1,2]'],
    ['{ statusCode: 201 }', 201, undefined, ''],
    ['{ statusCode: 200, body: "text" }', 200, 'text/plain;charset=UTF-8', 'text'],
    ['{ statusCode: "202", headers: { "Content-Type": "text/html", "x-n": 7 }, body: "<p>" }', 202, 'text/html', '<p>'],
    ['{ statusCode: 200, isBase64Encoded: true, body: "aGk=", headers: { "content-type": "image/png" } }', 200, 'image/png', 'hi'],
  ];
  for (const [source, status, type, body] of cases) {
    const one = await apis.api();
    await apis.route(one, '$default', await apis.lambda(one, await apis.function(`exports.handler = async () => (${source});`)));
    const got = await apis.get(one);
    assert.deepEqual([got.status, got.headers['content-type'], got.body], [status, type, body], source);
  }
});

test('cookies become set-cookie lines', async () => {
  const one = await apis.api();
  await apis.route(one, '$default', await apis.lambda(one, await apis.function('exports.handler = async () => ({ statusCode: 200, cookies: ["a=1", "b=2; Path=/"], body: "x" });')));
  const { text: raw } = await apis.get(one);
  assert.deepEqual(raw.match(/^set-cookie: .*$/gim), ['Set-Cookie: a=1', 'Set-Cookie: b=2; Path=/']);
});

test('format 1.0: multiValueHeaders come before headers of the same name, and a status there must be', async () => {
  const one = await apis.api();
  const source = 'exports.handler = async () => ({ statusCode: 200, headers: { "X-A": "gone", "X-B": "b" }, multiValueHeaders: { "x-a": ["1", "2"] }, body: "x" });';
  await apis.route(one, 'GET /ok', await apis.lambda(one, await apis.function(source), { PayloadFormatVersion: '1.0' }));
  await apis.route(one, 'GET /bad', await apis.lambda(one, await apis.function('exports.handler = async () => ({ body: "x" });'), { PayloadFormatVersion: '1.0' }));
  const { text: raw } = await apis.get(one, { path: '/ok' });
  assert.deepEqual(raw.match(/^x-[ab]: .*$/gim)?.sort(), ['X-B: b', 'x-a: 1', 'x-a: 2']);
  const bad = await apis.get(one, { path: '/bad' });
  assert.deepEqual([bad.status, bad.body], [500, '{"message":"Internal Server Error"}']);
});

test('a function that throws, answers nonsense or may not be called is 500; one that is too slow is 503', async () => {
  const one = await apis.api();
  const add = async (path: string, source: string, options: object = {}, more: object = {}): Promise<void> => {
    await apis.route(one, `GET ${path}`, await apis.lambda(one, await apis.function(source, options), more));
  };
  await add('/throws', 'exports.handler = async () => { throw new Error("x"); };');
  await add('/nonsense', 'exports.handler = async () => ({ statusCode: 99 });');
  await add('/body', 'exports.handler = async () => ({ statusCode: 200, body: { a: 1 } });');
  await add('/refused', ECHO, { permitted: false });
  await add('/other', ECHO, { sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:zzzzzzzzzz/*/*' });
  await add('/slow', 'exports.handler = () => new Promise((done) => setTimeout(done, 3000));', {}, { TimeoutInMillis: 200 });
  for (const path of ['/throws', '/nonsense', '/body', '/refused', '/other']) {
    const { status, body } = await apis.get(one, { path });
    assert.deepEqual([path, status, body], [path, 500, '{"message":"Internal Server Error"}']);
  }
  const { status, body } = await apis.get(one, { path: '/slow' });
  assert.deepEqual([status, body], [503, '{"message":"Service Unavailable"}']);
});

test('permission is given for a route: stage, method and path', async () => {
  const one = await apis.api();
  const arn = `arn:aws:execute-api:us-east-1:000000000000:${one.id}/*/GET/items/{id}`;
  const fn = await apis.function(ECHO, { sourceArn: arn });
  const integration = await apis.lambda(one, fn);
  await apis.route(one, 'GET /items/{id}', integration);
  await apis.route(one, 'POST /items/{id}', integration);
  assert.equal((await apis.get(one, { path: '/items/1' })).status, 200);
  assert.equal((await apis.get(one, { path: '/items/1', method: 'POST' })).status, 500);
});

test('a stage variable names the function', async () => {
  const fn = await apis.function(ECHO);
  const one = await apis.api({}, { StageVariables: { fn: fn.slice(fn.lastIndexOf(':') + 1) } });
  await apis.route(one, '$default', await apis.lambda(one, 'arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.fn}'));
  assert.equal((await apis.get(one)).status, 200);
});

test('a body of more than 10 MB is 413', async () => {
  const { status, body } = await apis.get(api, { method: 'POST', path: '/two/1', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
  assert.deepEqual([status, body], [413, '{"message":"Request Entity Too Large"}']);
});
