import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock, Secret } from '../../kernel/index.ts';
import { Fields } from '../http.ts';
import { unchunk } from './chunked.ts';
import { deriveSigningKey } from './signing-key.ts';
import { Verifier } from './verifier.ts';

// The worked examples of the S3 API Reference: "Transferring Payload in Multiple Chunks" and the same with trailing headers.

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const DATE = '20130524T000000Z';
const SCOPE = '20130524/us-east-1/s3/aws4_request';
const first = 'a'.repeat(65_536);
const second = 'a'.repeat(1024);

function chunked(signatures: readonly [string, string, string], tail = '\r\n'): Buffer {
  const [one, two, last] = signatures;
  return Buffer.from(`10000;chunk-signature=${one}\r\n${first}\r\n400;chunk-signature=${two}\r\n${second}\r\n0;chunk-signature=${last}\r\n${tail}`);
}

const SIGNED = chunked(['ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648', '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9']);
const TRAILER_CHUNKS = ['b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2', '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7', '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'] as const;

describe('chunked bodies', () => {
  test('the documented upload: seed and chunks', () => {
    const contentSha256 = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
    const headers = new Fields([
      'Host', 's3.amazonaws.com', 'x-amz-date', DATE, 'x-amz-storage-class', 'REDUCED_REDUNDANCY', 'x-amz-content-sha256', contentSha256, 'Content-Encoding', 'aws-chunked', 'x-amz-decoded-content-length', '66560', 'Content-Length', '66824',
      'Authorization', `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${SCOPE},SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9`,
    ]);
    const credentials = { find: () => ({ secret: new Secret(SECRET), account: '123456789012', principal: 'arn:aws:iam::123456789012:root' }) };
    const verdict = new Verifier({ credentials, clock: new FakeClock(Date.UTC(2013, 4, 24)) }).verify({ method: 'PUT', url: '/examplebucket/chunkObject.txt', headers, body: SIGNED }, 's3');
    assert.ok(verdict.ok, JSON.stringify(verdict));
    const result = unchunk(SIGNED, { contentSha256, decodedLength: '66560', seed: verdict.seed });
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(result.value.body.toString('latin1'), first + second);

    const altered = Buffer.from(SIGNED);
    altered[100] = 0x62;
    assert.deepEqual(failure(unchunk(altered, { contentSha256, decodedLength: '66560', seed: verdict.seed })), 'mismatch');
    assert.deepEqual(failure(unchunk(SIGNED, { contentSha256, decodedLength: '66561', seed: verdict.seed })), 'length');
    // without credentials to verify with the framing still goes
    assert.equal(failure(unchunk(altered, { contentSha256, decodedLength: null, seed: null })), 'none');
  });

  test('the documented upload with a signed trailer', () => {
    const contentSha256 = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
    const seed = { signature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e', key: deriveSigningKey(SECRET, { date: '20130524', region: 'us-east-1', service: 's3' }), date: DATE, scope: SCOPE };
    const trailer = (value: string): Buffer => chunked([...TRAILER_CHUNKS], `x-amz-checksum-crc32c:${value}\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n`);
    const result = unchunk(trailer('sOO8/Q=='), { contentSha256, decodedLength: '66560', seed });
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(result.value.trailers, [['x-amz-checksum-crc32c', 'sOO8/Q==']]);
    assert.equal(failure(unchunk(trailer('tOO8/Q=='), { contentSha256, decodedLength: '66560', seed })), 'mismatch');
    assert.equal(failure(unchunk(chunked([...TRAILER_CHUNKS]), { contentSha256, decodedLength: '66560', seed })), 'mismatch');
  });

  test('unsigned chunks, and bodies that are none', () => {
    const read = (body: string): string => failure(unchunk(Buffer.from(body), { contentSha256: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', decodedLength: null, seed: null }));
    assert.equal(read('3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'), 'none');
    assert.equal(read('0\r\n\r\n'), 'none');
    for (const body of ['', 'abc', '3\r\nab', '3\r\nabcd\r\n0\r\n', 'zz\r\n', '-1\r\n', '3;chunk-signature=x\r\nabc\r\n', `${'f'.repeat(9)}\r\n`, '3\r\nabc\r\n', '0\r\nno colon\r\n']) assert.equal(read(body), 'malformed', JSON.stringify(body));
  });
});

function failure(result: ReturnType<typeof unchunk>): string {
  return result.ok ? 'none' : result.fault;
}
