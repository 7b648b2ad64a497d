import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClientHello, UNREADABLE_HELLO, type ClientHello, type CodePoints, type HelloFlaw } from './client-hello.ts';

const u8 = (value: number): Buffer => Buffer.from([value]);
const u16 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 0xff])));
const sized = (bytes: 1 | 2, content: Buffer): Buffer => Buffer.concat([bytes === 1 ? u8(content.length) : u16(content.length), content]);
const extension = (kind: number, content: Buffer): Buffer => Buffer.concat([u16(kind), sized(2, content)]);
const name = (text: string): Buffer => extension(0, sized(2, Buffer.concat([u8(0), sized(2, Buffer.from(text, 'latin1'))])));

function message(extensions: Buffer | null): Buffer {
  const body = Buffer.concat([u16(0x0303), Buffer.alloc(32, 7), sized(1, Buffer.alloc(32)), sized(2, u16(0x1301, 0xc02b)), sized(1, u8(0)), ...(extensions === null ? [] : [sized(2, extensions)])]);
  return Buffer.concat([u8(1), u8(0), u16(body.length), body]);
}

function record(fragment: Buffer): Buffer {
  return Buffer.concat([u8(22), u16(0x0301), sized(2, fragment)]);
}

const WHOLE = message(Buffer.concat([
  extension(0xff01, u8(0)), name('Www.Example.COM'), extension(10, sized(2, u16(0x1d, 0x17))), extension(13, sized(2, u16(0x0403, 0x0804))), extension(43, sized(1, u16(0x0304, 0x0303))),
  extension(51, sized(2, Buffer.concat([u16(0x11ec), sized(2, Buffer.alloc(4)), u16(0x1d), sized(2, Buffer.alloc(2))]))),
]));
const READ = { serverName: 'www.example.com', suites: new Set([0x1301, 0xc02b]), groups: new Set([0x1d, 0x17]), signatures: new Set([0x0403, 0x0804]), shares: new Set([0x11ec, 0x1d]), tls13: true };

const ASKED = [0x1301, 0xc02b, 0x1d, 0x17, 0x0403, 0x0804, 0x11ec, 0x1302, 0x011d, 0];
const listed = (points: CodePoints | null): Set<number> | null => (points === null ? null : new Set(ASKED.filter((point) => points.has(point))));
const said = (hello: ClientHello | HelloFlaw): unknown =>
  (typeof hello === 'string' ? hello : { ...hello, suites: listed(hello.suites), groups: listed(hello.groups), signatures: listed(hello.signatures), shares: listed(hello.shares) });

test('says what the client says', () => {
  assert.deepEqual(said(readClientHello(record(WHOLE))), READ);
});

test('is incomplete at every place before its end, and no more than that', () => {
  const whole = record(WHOLE);
  for (let length = 0; length < whole.length; length++) assert.equal(readClientHello(whole.subarray(0, length)), 'incomplete', `${length} octets`);
  assert.deepEqual(said(readClientHello(Buffer.concat([whole, Buffer.from('more')]))), READ);
});

test('is put together from records of any size', () => {
  for (const size of [3, 7, 50]) {
    const records: Buffer[] = [];
    for (let at = 0; at < WHOLE.length; at += size) records.push(record(WHOLE.subarray(at, at + size)));
    assert.deepEqual(said(readClientHello(Buffer.concat(records))), READ);
  }
});

test('of more records than anybody makes nothing is read, whether or not they end', () => {
  const drops = Array.from({ length: 5_000 }, (_, i) => record(WHOLE.subarray(i % WHOLE.length, (i % WHOLE.length) + 1)));
  assert.equal(readClientHello(Buffer.concat([record(Buffer.alloc(0)), ...drops])), UNREADABLE_HELLO);
});

test('extensions may be missing, all or each', () => {
  assert.deepEqual(said(readClientHello(record(message(null)))), { ...UNREADABLE_HELLO, suites: READ.suites });
  assert.deepEqual(said(readClientHello(record(message(Buffer.alloc(0))))), { ...UNREADABLE_HELLO, suites: READ.suites });
});

for (const [text, expected] of [['a.example.', 'a.example'], ['under_score', 'under_score'], ['', null], ['with space', null], ['line\nbreak', null], ['\xfc.example', null], ['x'.repeat(256), null]] as const) {
  test(`the name ${JSON.stringify(text.slice(0, 20))} is ${expected ?? 'none'}`, () => {
    assert.equal((readClientHello(record(message(name(text)))) as ClientHello).serverName, expected);
  });
}

test('what is no TLS, and what is no ClientHello', () => {
  for (const text of ['GET / HTTP/1.1\r\n', '\x80\x2e\x01', '\x15\x03\x01\x00\x02\x02\x28', '\x16\x02\x00\x00\x05\x01']) assert.equal(readClientHello(Buffer.from(text, 'latin1')), 'not-tls');
  assert.equal(readClientHello(record(Buffer.concat([u8(2), WHOLE.subarray(1)]))), 'not-tls');
});

test('lengths that lead nowhere make it unreadable, not an exception', () => {
  for (let at = 4; at < WHOLE.length; at++) {
    const broken = Buffer.from(WHOLE);
    broken[at] = 0xff;
    const read = readClientHello(record(broken));
    assert.equal(typeof read, 'object', `octet ${at}`);
  }
  assert.deepEqual(readClientHello(record(Buffer.from([1, 0, 0, 3, 1, 2, 3]))), UNREADABLE_HELLO);
});
