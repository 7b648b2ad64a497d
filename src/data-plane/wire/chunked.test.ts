import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChunkedDecoder, chunkHead } from './chunked.ts';
import { flawName, INCOMPLETE, OK } from './flaw.ts';

/** Decodes `text`, read in parts that end at `cuts`: data, trailers, what ended it, and how many octets were the body's. */
function decode(text: string, cuts: readonly number[] = []): readonly [data: string, trailers: string, end: string, length: number] {
  const octets = Buffer.from(text, 'latin1');
  const decoder = new ChunkedDecoder();
  let data = '';
  let from = 0;
  for (const to of [...cuts, octets.length]) {
    const part = octets.subarray(from, to);
    decoder.position = 0;
    while (decoder.position < part.length && !decoder.done) {
      const flaw = decoder.next(part, part.length);
      if (flaw !== OK && flaw !== INCOMPLETE) return [data, '', flawName(flaw), -1];
      data += part.toString('latin1', decoder.dataStart, decoder.dataEnd);
    }
    if (decoder.done) return [data, decoder.trailers, 'ok', from + decoder.position];
    from = to;
  }
  return [data, '', 'incomplete', -1];
}

describe('a chunked body', () => {
  const text = '3\r\nabc\r\n00a;x="y\xe9"\r\n0123456789\r\nB ; q\r\nhello world\r\n0;z\r\nX-A: 1\r\nX-B:\r\n\r\nGET /';
  const whole = ['abc0123456789hello world', 'X-A: 1\r\nX-B:\r\n', 'ok', text.length - 5] as const;

  it('reads alike at every pair of cuts', () => {
    assert.deepEqual(decode(text), whole);
    for (let i = 0; i <= text.length; i++) for (let j = i; j <= text.length; j++) assert.deepEqual(decode(text, [i, j]), whole, `${i}, ${j}`);
    assert.deepEqual(decode(text, Array.from(text, (_, i) => i)), whole);
  });

  it('is incomplete at every prefix', () => {
    for (let i = 0; i < whole[3]; i++) assert.equal(decode(text.slice(0, i))[2], 'incomplete', `${i}`);
  });

  it('is refused alike at every cut', () => {
    const refused: readonly (readonly [string, string])[] = [
      ['', 'incomplete'], ['g\r\n', 'bad-chunk-size'], ['\r\n', 'bad-chunk-size'], ['0x1\r\n', 'bad-chunk-size'], ['1 \r\n', 'bad-chunk-size'], ['1000000000001\r\n', 'bad-chunk-size'], ['00000000000000001\r\n', 'bad-chunk-size'],
      ['1\n', 'bad-chunk-size'], ['1;a\n', 'bare-line-break'], ['1\rx', 'bare-line-break'], ['1;\0\r\n', 'bad-chunk-size'], ['1;\x7f\r\n', 'bad-chunk-size'], ['1 x\r\n', 'bad-chunk-size'], [`1;${'e'.repeat(4096)}\r\n`, 'chunk-extension-too-long'],
      ['1\r\nab', 'bad-chunk-end'], ['1\r\na\n', 'bad-chunk-end'], ['1\r\na\rx', 'bad-chunk-end'],
      ['0\r\nA : b\r\n\r\n', 'bad-trailer'], ['0\r\n A: b\r\n\r\n', 'bad-trailer'], ['0\r\nA: b\n\n', 'bad-trailer'], ['0\r\n\rx\r\n', 'bad-trailer'], ['0\r\nContent-Length: 1\r\n\r\n', 'bad-trailer'], ['0\r\nhost: a\r\n\r\n', 'bad-trailer'],
      ['0\r\nTransfer_Encoding: a\r\n\r\n', 'bad-trailer'], [`0\r\n${'A: b\r\n'.repeat(65)}\r\n`, 'bad-trailer'],
    ];
    for (const [body, flaw] of refused) {
      const cuts = body.length > 100 ? [1, 50, 99] : Array.from(body, (_, i) => i);
      assert.equal(decode(body)[2], flaw, JSON.stringify(body));
      for (const cut of cuts) assert.equal(decode(body, [cut])[2], flaw, `${JSON.stringify(body)} cut at ${cut}`);
      assert.equal(decode(body, cuts)[2], flaw, `${JSON.stringify(body)} octet by octet`);
    }
  });

  it('has at most 16 KB of trailers, wherever they are cut', () => {
    const lines = (octets: number): string => `0\r\n${`A: ${'a'.repeat(995)}\r\n`.repeat(16)}B: ${'b'.repeat(octets - 16_000 - 5)}\r\n\r\n`;
    for (const cuts of [[], [5_000], [16_380, 16_386, 16_388], [1000, 16_387]]) {
      assert.equal(decode(lines(16_384), cuts)[2], 'ok', `${cuts}`);
      assert.equal(decode(lines(16_390), cuts)[2], 'head-too-large', `${cuts}`);
    }
  });

  it('does not pass on trailers that belong to the head', () => {
    assert.equal(decode('0\r\nX-Forwarded-For: 6.6.6.6\r\nX-Sum: 1\r\nConnection: close\r\n\r\n')[1], 'X-Sum: 1\r\n');
    // who a client is, its load balancer alone says
    assert.equal(decode('0\r\nX-Amzn-Oidc-Identity: root\r\nX_Amzn_Oidc_Data: e30\r\nX-Sum: 1\r\nX-Amzn-Mtls-Clientcert-Subject: CN=root\r\n\r\n')[1], 'X-Sum: 1\r\n');
  });

  it('begins its chunks with their size', () => {
    assert.equal(chunkHead(4096), '1000\r\n');
  });
});
