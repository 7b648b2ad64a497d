import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Redirect } from '../../../snapshot/index.ts';
import type { Exchange, Reply } from '../../exchange/index.ts';
import { linkRedirect } from './redirect.ts';

const SAME: Redirect = { status: 301, protocol: '#{protocol}', host: '#{host}', port: '#{port}', path: '/#{path}', query: '#{query}' };

interface Asked {
  readonly host?: string;
  readonly path?: string;
  readonly query?: string | null;
  readonly localAddress?: string;
}

function redirected(changes: Partial<Redirect>, asked: Asked = {}): { readonly location: string; readonly url: string; readonly reply: Reply } {
  let reply: Reply | null = null;
  const exchange = {
    host: asked.host ?? 'shop.example.com', path: asked.path ?? '/', query: asked.query ?? null, redirectUrl: '',
    downstream: { advertisedPort: '80', localAddress: asked.localAddress ?? '127.0.0.1' },
    site: { listener: { protocol: 'http' } },
    reply(given: Reply): void {
      reply = given;
    },
  };
  linkRedirect({ kind: 'redirect', redirect: { ...SAME, ...changes } }).serve(exchange as unknown as Exchange);
  assert.ok(reply !== null);
  const { headers } = reply as Reply;
  return { location: /^Location: (.*)\r$/m.exec(headers)![1]!, url: exchange.redirectUrl, reply };
}

test('to HTTPS, with path and query as they were and the port always written', () => {
  const toHttps = { protocol: 'HTTPS', port: '443' };
  assert.equal(redirected(toHttps).location, 'https://shop.example.com:443/');
  const { location, url } = redirected(toHttps, { path: '/a%20b/c', query: 'x=1&y=%2F' });
  assert.equal(location, 'https://shop.example.com:443/a%20b/c?x=1&y=%2F');
  assert.equal(url, location);
});

test('every part may be reused', () => {
  const asked = { path: '/old/page', query: 'a=b' };
  assert.equal(redirected({ path: '/new/#{path}' }, asked).location, 'http://shop.example.com:80/new/old/page?a=b');
  assert.equal(redirected({ host: 'www.#{host}' }, asked).location, 'http://www.shop.example.com:80/old/page?a=b');
  assert.equal(redirected({ query: '#{query}&from=#{host}&port=#{port}&by=#{protocol}' }, asked).location, 'http://shop.example.com:80/old/page?a=b&from=shop.example.com&port=80&by=http');
  assert.equal(redirected({ path: '/#{host}/#{port}/#{other}' }, asked).location, 'http://shop.example.com:80/shop.example.com/80/#{other}?a=b');
});

test('an empty query is left out', () => {
  assert.equal(redirected({ query: '' }, { query: 'x=1' }).location, 'http://shop.example.com:80/');
  assert.equal(redirected({}, { query: '' }).location, 'http://shop.example.com:80/');
});

test('a request without a host is sent to the address that it came to', () => {
  assert.equal(redirected({}, { host: '', localAddress: '192.0.2.1' }).location, 'http://192.0.2.1:80/');
  assert.equal(redirected({}, { host: '', localAddress: '::1' }).location, 'http://[::1]:80/');
});

test('status and page are those of ALB', () => {
  const moved = redirected({}).reply;
  assert.equal(moved.status, 301);
  assert.equal(moved.headers.startsWith('Content-Type: text/html\r\n'), true);
  assert.equal(moved.body!.length, 134);
  assert.equal(redirected({ status: 302 }).reply.body!.length, 110);
});
