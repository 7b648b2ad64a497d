/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { get, Installation, type Asked, type Door, type Target } from './installation.ts';

let installation: Installation;
let door: Door;
let target: Target;
let forward: Readonly<Record<string, unknown>>;
let priority = 0;
before(async () => {
  installation = await Installation.open();
  target = await installation.target();
  forward = { Type: 'forward', TargetGroupArn: await installation.group([target.port]) };
  door = await installation.door(await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' }));
});
after(() => installation[Symbol.asyncDispose]());

function url(...rewrites: readonly (readonly [string, string])[]): object {
  return { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: rewrites.map(([Regex, Replace]) => ({ Regex, Replace })) } };
}

function host(Regex: string, Replace: string): object {
  return { Type: 'host-header-rewrite', HostHeaderRewriteConfig: { Rewrites: [{ Regex, Replace }] } };
}

/** A rule of its own with these transforms; what the target then sees of a request. */
async function seen(transforms: readonly object[], asked: Asked): Promise<{ readonly url: string; readonly host: unknown; readonly status: number }> {
  priority++;
  const rule = await installation.rule(door, priority, { when: [{ Field: 'path-pattern', Values: ['*'] }], action: forward, more: { Transforms: transforms } });
  const { status } = await get(door.port, asked);
  await installation.aws('elbv2', 'DeleteRule', { RuleArn: rule });
  const last = target.seen.at(-1);
  return { url: last?.url ?? '', host: last?.headers['host'], status };
}

test('the host header is rewritten with captured groups', async () => {
  const { host: got } = await seen([host('^mywebsite-(.+)\\.com$', 'internal.dev.$1.myweb.com')], { host: 'mywebsite-example.com' });
  assert.equal(got, `internal.dev.example.myweb.com:${door.port}`);
});

test('the path is rewritten, and a query may come of it', async () => {
  assert.equal((await seen([url(['^/dp/([A-Za-z0-9]+)/?$', '/product.php?id=$1'])], { path: '/dp/B09G3HRMW' })).url, '/product.php?id=B09G3HRMW');
  assert.equal((await seen([url(['^/api/(.+)$', '/$1'])], { path: '/api/users?page=2' })).url, '/users?page=2');
  assert.equal((await seen([url(['\\?.*$', ''])], { path: '/x?drop=me' })).url, '/x');
});

test('both are rewritten, in whatever order they are given', async () => {
  const { url: path, host: name } = await seen([url(['^/a', '/b']), host('^www', 'api')], { path: '/a/1', host: 'www.example.com' });
  assert.deepEqual([path, name], ['/b/1', `api.example.com:${door.port}`]);
});

test('rewrites of one transform are applied one after the other', async () => {
  assert.equal((await seen([url(['^/a', '/b'], ['^/b', '/c'])], { path: '/a' })).url, '/c');
});

test('without a match the original request is sent', async () => {
  const { url: path, host: name } = await seen([url(['^/nope', '/x']), host('nope', 'x')], { path: '/same?q', host: 'same.example.com' });
  assert.deepEqual([path, name], ['/same?q', `same.example.com:${door.port}`]);
});

for (const [what, transform] of [
  ['a path without its slash', url(['^/broken', 'broken'])],
  ['a space', url(['^/broken', '/bro ken'])],
  ['a group that the expression does not have', url(['^/broken', '/$3'])],
  ['a host that is none', host('^.*$', 'no host')],
] as const) {
  test(`a match that makes ${what} is answered with 500`, async () => {
    const before = target.seen.length;
    assert.equal((await seen([transform], { path: '/broken' })).status, 500);
    assert.equal(target.seen.length, before);
  });
}

test('a body goes on behind the new request line', async () => {
  const { url: path, status } = await seen([url(['^/a', '/b'])], { method: 'POST', path: '/a', body: 'x=1' });
  assert.deepEqual([path, status], ['/b', 200]);
});

test('a function sees the rewritten path and query', async () => {
  const { group } = await installation.functionGroup('exports.handler = async (e) => ({ statusCode: 200, body: JSON.stringify([e.path, e.queryStringParameters, e.headers.host]) })');
  await installation.rule(door, 900, { when: [{ Field: 'path-pattern', Values: ['/f/*'] }], action: { Type: 'forward', TargetGroupArn: group }, more: { Transforms: [url(['^/f/(.*)$', '/g?x=$1']), host('^www', 'fn')] } });
  const answer = await get(door.port, { path: '/f/1' });
  assert.deepEqual(JSON.parse(answer.body), ['/g', { x: '1' }, `fn.example.com:${door.port}`]);
});

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-syntax */
test('the log tells the request as it came, and what was made of it', async () => {
  await installation.rule(door, 901, { when: [{ Field: 'path-pattern', Values: ['/logged/*'] }], action: forward, more: { Transforms: [url(['^/logged/', '/new/']), host('^www', 'api')] } });
  await installation.rule(door, 902, { when: [{ Field: 'path-pattern', Values: ['/failing'] }], action: forward, more: { Transforms: [url(['^/', 'x'])] } });
  await get(door.port, { path: '/logged/1' });
  await get(door.port, { path: '/failing' });
  let [rewritten, failed]: (string | undefined)[] = [];
  await eventually('both lines are written', async () => {
    const lines = await installation.logLines(1);
    rewritten = lines.find((line) => line.includes('/logged/1'));
    failed = lines.find((line) => line.includes('/failing'));
    return rewritten !== undefined && failed !== undefined;
  });
  assert.match(rewritten!, / "GET http:\/\/www\.example\.com:\d+\/logged\/1 HTTP\/1\.1" .* "api\.example\.com" "\/new\/1" "TransformSuccess"$/);
  assert.match(failed!, / 500 - .* "-" "-" "TransformInvalidPath"$/);
});
