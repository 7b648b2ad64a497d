import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeaderField } from './field.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import type { Octets } from './head-octets.ts';
import { HpackEncoder } from './hpack-encoder.ts';
import { decodeHuffman, encodeHuffman, huffmanLength } from './huffman.ts';

type Pair = readonly [name: string, value: string];

function decode(decoder: HpackDecoder, hex: string | Buffer): readonly Pair[] | null {
  const octets = typeof hex === 'string' ? Buffer.from(hex.replace(/\s/g, ''), 'hex') : hex;
  const pairs: Pair[] = [];
  const ok = decoder.decode(octets, 0, octets.length, { add: ({ name, value }: HeaderField) => void pairs.push([name, value]) });
  return ok ? pairs : null;
}

const table = (decoder: HpackDecoder): readonly string[] => decoder.table.map(({ name, value }) => `${name}: ${value}`);

const REQUEST_1: readonly Pair[] = [[':method', 'GET'], [':scheme', 'http'], [':path', '/'], [':authority', 'www.example.com']];
const REQUEST_2: readonly Pair[] = [...REQUEST_1, ['cache-control', 'no-cache']];
const REQUEST_3: readonly Pair[] = [[':method', 'GET'], [':scheme', 'https'], [':path', '/index.html'], [':authority', 'www.example.com'], ['custom-key', 'custom-value']];
const DATE_1 = 'Mon, 21 Oct 2013 20:13:21 GMT';
const DATE_2 = 'Mon, 21 Oct 2013 20:13:22 GMT';
const COOKIE = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const response = (status: string, date: string): readonly Pair[] => [[':status', status], ['cache-control', 'private'], ['date', date], ['location', 'https://www.example.com']];

describe('HPACK decoder: RFC 7541 appendix C', () => {
  it('C.2: representations', () => {
    const decoder = new HpackDecoder();
    assert.deepEqual(decode(decoder, '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572'), [['custom-key', 'custom-header']]);
    assert.equal(decoder.tableSize, 55);
    assert.deepEqual(decode(new HpackDecoder(), '040c 2f73 616d 706c 652f 7061 7468'), [[':path', '/sample/path']]);
    const never = new HpackDecoder();
    assert.deepEqual(decode(never, '1008 7061 7373 776f 7264 0673 6563 7265 74'), [['password', 'secret']]);
    assert.equal(never.tableSize, 0);
    assert.deepEqual(decode(new HpackDecoder(), '82'), [[':method', 'GET']]);
  });

  const requests = (blocks: readonly string[]) => () => {
    const decoder = new HpackDecoder();
    assert.deepEqual(decode(decoder, blocks[0]!), REQUEST_1);
    assert.deepEqual(table(decoder), [':authority: www.example.com']);
    assert.equal(decoder.tableSize, 57);
    assert.deepEqual(decode(decoder, blocks[1]!), REQUEST_2);
    assert.deepEqual(table(decoder), ['cache-control: no-cache', ':authority: www.example.com']);
    assert.equal(decoder.tableSize, 110);
    assert.deepEqual(decode(decoder, blocks[2]!), REQUEST_3);
    assert.deepEqual(table(decoder), ['custom-key: custom-value', 'cache-control: no-cache', ':authority: www.example.com']);
    assert.equal(decoder.tableSize, 164);
  };
  it('C.3: requests', requests([
    '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', '8286 84be 5808 6e6f 2d63 6163 6865',
    '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
  ]));
  it('C.4: requests in Huffman', requests([
    '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', '8286 84be 5886 a8eb 1064 9cbf', '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
  ]));

  const responses = (blocks: readonly string[]) => () => {
    const decoder = new HpackDecoder(256);
    assert.deepEqual(decode(decoder, blocks[0]!), response('302', DATE_1));
    assert.deepEqual(table(decoder), ['location: https://www.example.com', `date: ${DATE_1}`, 'cache-control: private', ':status: 302']);
    assert.equal(decoder.tableSize, 222);
    assert.deepEqual(decode(decoder, blocks[1]!), response('307', DATE_1));
    assert.deepEqual(table(decoder), [':status: 307', 'location: https://www.example.com', `date: ${DATE_1}`, 'cache-control: private']);
    assert.deepEqual(decode(decoder, blocks[2]!), [...response('200', DATE_2), ['content-encoding', 'gzip'], ['set-cookie', COOKIE]]);
    assert.deepEqual(table(decoder), [`set-cookie: ${COOKIE}`, 'content-encoding: gzip', `date: ${DATE_2}`]);
    assert.equal(decoder.tableSize, 215);
  };
  it('C.5: responses, with eviction', responses([
    '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    '4803 3330 37c1 c0bf',
    `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541
     5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
  ]));
  it('C.6: responses in Huffman, with eviction', responses([
    '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
    '4883 640e ffc1 c0bf',
    `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160
     65c0 03ed 4ee5 b106 3d50 07`,
  ]));
});

describe('HPACK decoder: what is no header block', () => {
  const refused: Readonly<Record<string, string>> = {
    'index 0 (section 6.1)': '80',
    'an index beyond both tables (section 2.3.3)': 'be',
    'a name by an index beyond both tables': '7e 01 61',
    'an integer that is cut off': '7f 80',
    'an integer beyond all bounds (section 5.1)': 'ff ff ff ff ff 0f',
    'a string that is cut off': '40 05 61',
    'a literal without a value': '40 01 61',
    'Huffman padding of eight bits (section 5.2)': '40 01 61 82 1c ff ff',
    'Huffman padding that is not all ones': '40 01 61 81 18',
    'Huffman with EOS in it': '40 01 61 85 1f ff ff ff ff ff',
    'a change of size after a field (section 4.2)': '82 20',
    'a size above what was allowed (section 6.3)': '3f e2 1f',
  };
  for (const [what, hex] of Object.entries(refused)) it(what, () => assert.equal(decode(new HpackDecoder(), hex), null));

  it('takes changes of size at the beginning, and evicts by them', () => {
    const decoder = new HpackDecoder();
    decode(decoder, '40 01 61 01 62');
    assert.equal(decoder.tableSize, 34);
    assert.deepEqual(decode(decoder, '20 3f e1 1f 82'), [[':method', 'GET']]);
    assert.equal(decoder.tableSize, 0);
  });

  it('an entry larger than the table empties it (section 4.4)', () => {
    const decoder = new HpackDecoder(64);
    decode(decoder, '40 01 61 01 62');
    assert.deepEqual(decode(decoder, `40 01 63 28 ${'64'.repeat(40)}`), [['c', 'd'.repeat(40)]]);
    assert.equal(decoder.tableSize, 0);
  });
});

describe('Huffman', () => {
  it('comes back as it went, every octet', () => {
    for (let length = 0; length < 64; length++) {
      const text = Array.from({ length }, (_, i) => String.fromCharCode((i * 37 + length * 11) & 255)).join('');
      const coded = Buffer.alloc(512);
      const end = encodeHuffman(text, coded, 3);
      assert.equal(end - 3, huffmanLength(text));
      const back = Buffer.alloc(64);
      assert.equal(back.toString('latin1', 0, decodeHuffman(coded, 3, end, back)), text);
    }
  });

  it('never writes past its room', () => {
    const coded = Buffer.alloc(64);
    const end = encodeHuffman('aaaaaaaa', coded, 0);
    assert.equal(decodeHuffman(coded, 0, end, Buffer.alloc(7)), -1);
  });
});

describe('HPACK encoder', () => {
  const into = Buffer.alloc(64 * 1024);

  it('is read back by a decoder, block after block, and its tables stay together', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    for (let i = 0; i < 300; i++) {
      const lines = `Content-Type: text/html\r\nX-Same: yes\r\nX-Turn: ${i % 90}\r\nContent-Length: ${i}\r\nSet-Cookie: s=${i}\r\nEtag:   "${i}" \t\r\nEmpty:\r\n`;
      const end = encoder.response(i % 2 === 0 ? 200 : 302, lines, into, 0);
      assert.deepEqual(decode(decoder, into.subarray(0, end)), [
        [':status', i % 2 === 0 ? '200' : '302'], ['content-type', 'text/html'], ['x-same', 'yes'], ['x-turn', String(i % 90)], ['content-length', String(i)], ['set-cookie', `s=${i}`], ['etag', `"${i}"`], ['empty', ''],
      ]);
      assert.equal(encoder.tableSize, decoder.tableSize);
    }
    assert.ok(encoder.tableSize > 3000 && encoder.tableSize <= 4096);
  });

  it('says the same head twice in a few octets', () => {
    const encoder = new HpackEncoder();
    const lines = 'Server: nginx\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n';
    encoder.response(200, lines, into, 0);
    const second = encoder.response(200, lines, into, 0);
    assert.equal(second, 3);
    const third = encoder.response(200, lines, into, 0);
    assert.equal(third, 3);
  });

  it('says again what the same octets said, and nothing by others', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const octets = (text: string, passes = 1): Octets => {
      const head = Buffer.from(`??${text}`, 'latin1');
      return { view: new DataView(head.buffer, head.byteOffset, head.length), start: 2, end: head.length, passes };
    };
    const said = (end: number): unknown => decode(decoder, into.subarray(0, end));
    const lines = 'Server: nginx\r\nContent-Length: 12\r\n';
    const head = `HTTP/1.1 200 OK\r\n${lines}\r\n`;
    assert.equal(encoder.again(octets(head), into, 0), -1);
    said(encoder.response(200, lines, into, 0));
    // what was put into the table is an entry of it now
    const second = encoder.response(200, lines, into, 0);
    const expected = said(second);
    encoder.saidBy(octets(head));
    assert.equal(encoder.again(octets(head), into, 0), second);
    assert.deepEqual(said(second), expected);
    for (const other of [octets(head.replace('12', '13')), octets(head.slice(0, -1)), octets(`${head}x`), octets(head, 2), octets('')]) assert.equal(encoder.again(other, into, 0), -1);
    assert.equal(encoder.again(octets(head), into, 0), second);
    said(encoder.response(404, 'x-new: 1\r\n', into, 0));
    assert.equal(encoder.again(octets(head), into, 0), -1, 'the table has changed');
    said(encoder.response(200, lines, into, 0));
    encoder.saidBy(octets(head));
    encoder.limit(0);
    assert.equal(encoder.again(octets(head), into, 0), -1, 'a change of size is to be told');
    // longer than what is kept
    const long = `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(600)}\r\n\r\n`;
    encoder.response(200, `x: ${'x'.repeat(600)}\r\n`, into, 0);
    encoder.saidBy(octets(long));
    assert.equal(encoder.again(octets(long), into, 0), -1);
  });

  it('tells changes of the size before the next block, the lowest too, and keeps within it', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    assert.ok(decode(decoder, Buffer.from(into.subarray(0, encoder.response(200, 'a: 1\r\n', into, 0)))));
    encoder.limit(0);
    encoder.limit(100);
    const end = encoder.response(200, 'a: 1\r\nb: 2\r\n', into, 0);
    assert.equal(into[0], 0x20);
    assert.deepEqual(decode(decoder, into.subarray(0, end))!.slice(1), [['a', '1'], ['b', '2']]);
    assert.ok(encoder.tableSize <= 100);
    assert.equal(encoder.tableSize, decoder.tableSize);
    encoder.limit(1 << 30);
    assert.ok(decode(decoder, into.subarray(0, encoder.response(200, 'a: 1\r\nb: 2\r\n', into, 0))));
  });

  it('never puts secrets into a table', () => {
    const encoder = new HpackEncoder();
    encoder.response(200, 'set-cookie: secret=1\r\n', into, 0);
    assert.equal(encoder.tableSize, 0);
    assert.equal(into[1]! & 0xf0, 0x10);
  });

  it('makes the head of a request from one of HTTP/1.1', () => {
    const encoder = new HpackEncoder();
    const text = 'PUT /a?b HTTP/1.1\r\nHost: x.test\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n';
    const end = encoder.request({ scheme: 'https', trailers: true }, [text], into, 0);
    assert.deepEqual(decode(new HpackDecoder(), into.subarray(0, end)), [[':method', 'PUT'], [':scheme', 'https'], [':path', '/a?b'], [':authority', 'x.test'], ['te', 'trailers'], ['x-a', '1']]);
  });

  it('makes it of pieces as of the whole, again and again, whatever changes', () => {
    const decoder = new HpackDecoder();
    const encoder = new HpackEncoder();
    const message = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: x.test\r\nuser-agent: a\r\n${more}`;
    const stamp = (client: string): string => `X-Forwarded-For: ${client}\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\nX-Amzn-Trace-Id: `;
    const lengths: number[] = [];
    const check = (text: string, ours: string, id: string): void => {
      const pieces = [text, ours, id, '\r\n\r\n'];
      const end = encoder.request({ scheme: 'http', trailers: false }, pieces, into, 0);
      const whole = new HpackEncoder().request({ scheme: 'http', trailers: false }, [pieces.join('')], into, 1000);
      assert.deepEqual(decode(decoder, into.subarray(0, end)), decode(new HpackDecoder(), into.subarray(1000, whole)));
      lengths.push(end);
    };
    for (const more of ['', 'x-a: 1\r\n', 'x-a: 2\r\n', `x-long: ${'y'.repeat(600)}\r\n`]) {
      for (const client of ['10.0.0.1', '10.0.0.2']) for (let i = 0; i < 3; i++) check(message('/a?b', more), stamp(client), `Root=${i}`);
    }
    // all that is in the table, by its index
    assert.ok(lengths[2]! < lengths[0]! - 20);
    encoder.limit(100);
    for (let i = 0; i < 3; i++) check(message('/'), stamp('10.0.0.1'), `Root=${i}`);
    assert.equal(encoder.tableSize, decoder.tableSize);
  });

  it('keeps within the room that it says', () => {
    for (const lines of ['a:\r\n'.repeat(2000), `a: ${'x'.repeat(30_000)}\r\n`, Array.from({ length: 900 }, (_, i) => `n${i}: ${'\xff'.repeat(i % 140)}\r\n`).join('')]) {
      const big = Buffer.alloc(HpackEncoder.room(lines.length));
      const end = new HpackEncoder().response(599, lines, big, 0);
      assert.ok(end <= big.length, `${end} > ${big.length}`);
      assert.ok(decode(new HpackDecoder(), big.subarray(0, end)));
    }
  });
});
