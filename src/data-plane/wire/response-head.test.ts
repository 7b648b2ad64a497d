import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flawName } from './flaw.ts';
import { ResponseHeadParser } from './response-head.ts';
import { reasonPhrase, statusLine } from './status.ts';

const head = new ResponseHeadParser({ fields: 20, line: 100, startLine: 60 });
const parse = (text: string): string => flawName(head.parse(Buffer.from(text, 'latin1'), 0, text.length));

describe('a response head', () => {
  it('says what was sent', () => {
    assert.equal(parse('HTTP/1.1 404 Not \xe9 Found\r\nContent-Length: 12\r\nConnection: close, x-a\r\n\r\nbody'), 'ok');
    assert.deepEqual([head.status, head.reason, head.version, head.contentLength, head.chunked, head.keepAlive, head.connectionNames], [404, 'Not \xe9 Found', 11, 12, false, false, ',x-a,']);
    assert.equal(head.fields.length - head.fields.end, 'body'.length);
  });

  it('may come without a reason phrase, and in HTTP/1.0', () => {
    assert.deepEqual([parse('HTTP/1.1 200\r\n\r\n'), head.reason], ['ok', '']);
    assert.deepEqual([parse('HTTP/1.1 200 \r\n\r\n'), head.reason], ['ok', '']);
    assert.deepEqual([parse('HTTP/1.0 200 OK\r\n\r\n'), head.keepAlive], ['ok', false]);
    assert.deepEqual([parse('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n'), head.keepAlive], ['ok', true]);
  });

  it('is incomplete at every prefix', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (let i = 0; i < text.length; i++) assert.equal(parse(text.slice(0, i)), 'incomplete', `${i}`);
    assert.deepEqual([parse(text), head.chunked], ['ok', true]);
  });

  it('is refused where it is ambiguous', () => {
    const refused: readonly (readonly [string, string])[] = [
      ['HTTP/2.0 200 OK\r\n\r\n', 'bad-version'], ['http/1.1 200 OK\r\n\r\n', 'bad-version'], ['HTTP/1.1  200 OK\r\n\r\n', 'bad-status'], ['HTTP/1.1 20 OK\r\n\r\n ', 'bad-status'], ['HTTP/1.1 099 OK\r\n\r\n', 'bad-status'],
      ['HTTP/1.1 2000 OK\r\n\r\n', 'bad-status'], ['HTTP/1.1 200 O\0K\r\n\r\n', 'bad-start-line'], ['HTTP/1.1 200 OK\n\n', 'bad-start-line'], [`HTTP/1.1 200 ${'x'.repeat(60)}\r\n\r\n`, 'start-line-too-long'],
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n', 'duplicate-content-length'], ['HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\n', 'bad-content-length'],
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'length-and-coding'], ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'bad-transfer-encoding'],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n', 'bad-transfer-encoding'], ['HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'coding-in-old-version'],
    ];
    for (const [text, flaw] of refused) assert.equal(parse(text), flaw, JSON.stringify(text));
  });
});

describe('status lines', () => {
  it('have the standard phrase, or the one that is given', () => {
    assert.equal(statusLine(200, null), 'HTTP/1.1 200 OK\r\n');
    assert.equal(statusLine(200, 'OK'), 'HTTP/1.1 200 OK\r\n');
    assert.equal(statusLine(200, 'Fine'), 'HTTP/1.1 200 Fine\r\n');
    assert.equal(statusLine(503, null), 'HTTP/1.1 503 Service Temporarily Unavailable\r\n');
    assert.equal(statusLine(299, null), 'HTTP/1.1 299 \r\n');
    assert.deepEqual([reasonPhrase(405), reasonPhrase(299)], ['Not Allowed', '']);
  });
});
