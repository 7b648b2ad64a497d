import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flawName } from './flaw.ts';
import { RequestHead } from './request-head.ts';

const head = new RequestHead({ fields: 20, line: 100, startLine: 100 });
const parse = (text: string): string => flawName(head.parse(Buffer.from(text, 'latin1'), 0, text.length));
const withHost = (line: string, fields = ''): string => `${line}\r\nHost: A.example:81\r\n${fields}\r\n`;

describe('a request head', () => {
  it('says what was sent', () => {
    assert.equal(parse(withHost('GET /a/b?c=d?e HTTP/1.1', 'X: y\r\n')), 'ok');
    assert.deepEqual(
      [head.method, head.target, head.path, head.query, head.version, head.authority, head.host, head.absolute, head.contentLength, head.chunked, head.keepAlive, head.fields.count],
      ['GET', '/a/b?c=d?e', '/a/b', 'c=d?e', 11, 'A.example:81', 'a.example', false, -1, false, true, 2],
    );
  });

  it('reads the forms of a target', () => {
    const forms: readonly (readonly [line: string, target: string, path: string, query: string | null, authority: string, host: string])[] = [
      ['GET http://B.example/x?y HTTP/1.1', '/x?y', '/x', 'y', 'B.example', 'b.example'],
      ['GET HTTPS://b.example:8443 HTTP/1.1', '/', '/', null, 'b.example:8443', 'b.example'],
      ['GET http://b?q HTTP/1.1', '/?q', '/', 'q', 'b', 'b'],
      ['GET http://[::1]:80/ HTTP/1.1', '/', '/', null, '[::1]:80', '[::1]'],
      ['OPTIONS * HTTP/1.1', '*', '*', null, 'A.example:81', 'a.example'],
      ['GET /? HTTP/1.1', '/?', '/', '', 'A.example:81', 'a.example'],
    ];
    for (const [line, ...expected] of forms) {
      assert.equal(parse(withHost(line)), 'ok', line);
      assert.deepEqual([head.target, head.path, head.query, head.authority, head.host], expected, line);
    }
    for (const line of ['GET * HTTP/1.1', 'GET x HTTP/1.1', 'GET http:// HTTP/1.1', 'GET http://u@b/ HTTP/1.1', 'GET /a#b HTTP/1.1', 'GET /\0 HTTP/1.1']) assert.equal(parse(withHost(line)), 'bad-target', line);
  });

  it('knows when a connection stays', () => {
    const keep = (line: string, connection: string): boolean => (assert.equal(parse(withHost(line, connection)), 'ok'), head.keepAlive);
    assert.equal(keep('GET / HTTP/1.1', ''), true);
    assert.equal(keep('GET / HTTP/1.1', 'Connection: Close\r\n'), false);
    assert.equal(keep('GET / HTTP/1.1', 'Connection: close\r\nConnection: keep-alive\r\n'), false);
    assert.equal(keep('GET / HTTP/1.0', ''), false);
    assert.equal(keep('GET / HTTP/1.0', 'Connection: a , keep-alive\r\n'), true);
    assert.equal(keep('GET / HTTP/1.9', ''), true);
    parse(withHost('GET / HTTP/1.1', 'Connection: X-A,, upgrade\t,x-b\r\n'));
    assert.deepEqual([head.connectionNames, head.upgrade], [',x-a,x-b,', true]);
    // U+00A0 is no blank
    parse(withHost('GET / HTTP/1.1', 'Connection: \xa0close\r\n'));
    assert.equal(head.keepAlive, true);
  });

  it('frames bodies, or refuses', () => {
    const framed = (fields: string): unknown => {
      const flaw = parse(withHost('POST / HTTP/1.1', fields));
      return flaw === 'ok' ? [head.contentLength, head.chunked] : flaw;
    };
    assert.deepEqual(framed('Content-Length: 007\r\n'), [7, false]);
    assert.deepEqual(framed('Transfer-Encoding: cHunked \r\n'), [-1, true]);
    assert.deepEqual(framed('Transfer-Encoding: identity\r\n'), [-1, false]);
    assert.equal(framed('Content-Length: 1234567890123456\r\n'), 'bad-content-length');
    assert.equal(framed('Content-Length: 7\r\nContent-Length: 7\r\n'), 'duplicate-content-length');
    assert.equal(framed('Content-Length: 7\r\nTransfer-Encoding: chunked\r\n'), 'length-and-coding');
    assert.equal(framed('Transfer-Encoding: gzip\r\n'), 'unsupported-transfer-coding');
    assert.equal(framed('Transfer-Encoding: chunked;\r\n'), 'bad-transfer-encoding');
    assert.equal(framed('Transfer_Encoding: chunked\r\n'), 'suspicious-field-name');
    assert.equal(parse('POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'), 'coding-in-old-version');
    assert.equal(framed('Expect: 100-Continue\r\n') && head.expectsContinue, true);
    assert.equal(framed('Expect: x\r\n'), 'bad-expect');
  });

  it('asks for one good Host', () => {
    assert.equal(parse('GET / HTTP/1.1\r\n\r\n'), 'missing-host');
    assert.equal(parse('GET / HTTP/1.0\r\n\r\n'), 'ok');
    assert.deepEqual([head.host, head.authority], ['', '']);
    assert.equal(parse(withHost('GET / HTTP/1.1', 'host: b\r\n')), 'duplicate-host');
    for (const host of ['', 'a b', 'a/b', 'a@b', 'a:x', '[::1', '[z]', 'a'.repeat(97)]) assert.notEqual(parse(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`), 'ok', host);
  });

  it('tells versions apart only once they are whole', () => {
    assert.equal(parse('GET / HTTP/2'), 'incomplete');
    assert.equal(parse('GET / HTTP/2.0\r'), 'incomplete');
    assert.equal(parse('GET / HTTP/2.0\r\n'), 'unsupported-version');
    assert.equal(parse('GET / HTTP/2.0 \r\n'), 'bad-version');
    assert.equal(parse('GET / HTP'), 'bad-version');
    assert.equal(parse('GET / HTTP/1.1\n'), 'bad-version');
  });

  it('has a limit on its first line, and says nothing of the head before it', () => {
    assert.equal(parse(withHost(`GET /${'a'.repeat(90)} HTTP/1.1`)), 'ok');
    assert.equal(parse(withHost(`GET /${'a'.repeat(100)} HTTP/1.1`)), 'start-line-too-long');
    assert.equal(parse(`GET /${'a'.repeat(100)}`), 'start-line-too-long');
    assert.equal(parse('G'.repeat(101)), 'start-line-too-long');
    parse(withHost('HEAD /secret?q HTTP/1.1'));
    assert.equal(parse('\0'), 'bad-method');
    assert.deepEqual([head.method, head.target, head.path, head.query], ['', '', '', null]);
  });

  it('tells hosts apart that differ in one character, and takes none for the one before it', () => {
    const hosts = ['shop.example.com:8080', 'shop.example.com:8081', 'Shop.example.com:8080', 'shop.example.com', 'shop.example.con', '[::1]:80', '[::2]:80'];
    for (const host of [...hosts, ...hosts]) {
      assert.equal(parse(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`), 'ok', host);
      assert.deepEqual([head.authority, head.host], [host, host.replace(/:\d+$/, '').toLowerCase()]);
    }
    assert.equal(parse('GET / HTTP/1.1\r\nHost:\r\n\r\n'), 'bad-host');
    assert.equal(parse('GET / HTTP/1.1\r\nHost: shop.example.c@m\r\n\r\n'), 'bad-host');
    assert.equal(parse('GET / HTTP/1.0\r\n\r\n'), 'ok');
    assert.deepEqual([head.authority, head.host], ['', '']);
    // an absolute target is what counts, whatever Host was read after or before it
    assert.equal(parse('GET http://a.example/x HTTP/1.1\r\nHost: b.example\r\n\r\n'), 'ok');
    assert.deepEqual([head.authority, head.host, head.target], ['a.example', 'a.example', '/x']);
    assert.equal(parse('GET / HTTP/1.1\r\nHost: b.example\r\n\r\n'), 'ok');
    assert.equal(head.host, 'b.example');
  });
});
