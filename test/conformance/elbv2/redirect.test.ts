/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, Installation, type Door } from './installation.ts';

let installation: Installation;
let door: Door;
let priority = 0;
before(async () => {
  installation = await Installation.open();
  door = await installation.door(await installation.balancer());
});
after(() => installation[Symbol.asyncDispose]());

async function location(RedirectConfig: object, asked: { readonly path?: string; readonly host?: string }): Promise<string | undefined> {
  const RuleArn = await installation.rule(door, ++priority, { when: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['*'] } }], action: { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', ...RedirectConfig } } });
  const answer = await get(door.port, asked);
  await installation.aws('elbv2', 'DeleteRule', { RuleArn });
  assert.equal(answer.status, 301);
  return answer.headers['location'];
}

for (const [title, config, asked, expected] of [
  ['to HTTPS', { Protocol: 'HTTPS', Port: '443' }, { path: '/a/b?c=d', host: 'shop.example.com' }, 'https://shop.example.com:443/a/b?c=d'],
  ['the port of the request is not that of the redirect', { Protocol: 'HTTPS', Port: '8443' }, { host: 'shop.example.com:9999' }, 'https://shop.example.com:8443/'],
  ['another host', { Host: 'www.#{host}' }, { path: '/x', host: 'example.com' }, 'http://www.example.com:PORT/x'],
  ['another path', { Path: '/new/#{path}' }, { path: '/old' }, 'http://www.example.com:PORT/new/old'],
  ['the path of the root', { Path: '/new/#{path}' }, { path: '/' }, 'http://www.example.com:PORT/new/'],
  ['another query', { Path: '/x', Query: '#{query}&more=1' }, { path: '/?a=1' }, 'http://www.example.com:PORT/x?a=1&more=1'],
  ['no query', { Path: '/x', Query: '' }, { path: '/?a=1' }, 'http://www.example.com:PORT/x'],
  ['every placeholder in a path', { Path: '/#{protocol}/#{host}/#{port}/#{path}/#{query}' }, { path: '/p?q=r' }, 'http://www.example.com:PORT/http/www.example.com/PORT/p/q=r?q=r'],
  ['escapes stay as they are', { Protocol: 'HTTPS', Port: '443' }, { path: '/a%20b?c=%2F' }, 'https://www.example.com:443/a%20b?c=%2F'],
] as const) {
  test(title, async () => {
    assert.equal(await location(config, asked), expected.replaceAll('PORT', String(door.port)));
  });
}

test('302 has its own status and page, and HEAD has no page', async () => {
  const to = await installation.door(await installation.balancer(), { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_302' } });
  const answer = await get(to.port);
  assert.deepEqual([answer.status, answer.reason, answer.headers['server'], answer.headers['content-type']], [302, 'Found', 'awselb/2.0', 'text/html']);
  assert.match(answer.body, /<h1>302 Found<\/h1>/);
  const head = await get(to.port, { method: 'HEAD' });
  assert.deepEqual([head.status, head.body, head.headers['content-length']], [302, '', String(answer.body.length)]);
});
