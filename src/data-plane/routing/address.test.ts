import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { Address, Block, blockKey } from './address.ts';

// ipaddr.js reads the deprecated `::1.2.3.4` (RFC 4291 section 2.5.5.1) as the mapped `::ffff:1.2.3.4`; that form is tested by hand
const ipV6 = fc.ipV6().filter((text) => !text.includes('.'));

function bytes(address: Address): number[] {
  return [address.w0, address.w1, address.w2, address.w3].flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

test('addresses read as ipaddr.js reads them', () => {
  const address = new Address();
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), ipV6), (text) => {
      const expected = ipaddr.process(text);
      assert.equal(address.read(text).family, expected.kind() === 'ipv4' ? 4 : 6, text);
      const all = bytes(address);
      assert.deepEqual(expected.kind() === 'ipv4' ? all.slice(12) : all, expected.toByteArray(), text);
    }),
    { numRuns: 2000 },
  );
});

test('what is no address is none', () => {
  for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1..2.3', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', 'g::', '12345::', '::1.2.3', 'localhost']) {
    assert.equal(new Address().read(text).family, 0, text);
  }
  assert.equal(new Address().read('fe80::1%eth0').family, 6);
});

test('a dotted quad ends an IPv6 address', () => {
  assert.deepEqual(bytes(new Address().read('1:2:3:4:5:6:7.8.9.10')), [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 7, 8, 9, 10]);
  assert.deepEqual(bytes(new Address().read('64:ff9b::192.0.2.33')), [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33]);
  assert.equal(new Address().read('::192.0.2.33').family, 6);
  assert.equal(new Address().read('::ffff:192.0.2.33').family, 4);
  assert.equal(new Address().read('::1.2.3.4:5').family, 0);
});

test('blocks contain what ipaddr.js says they contain, and their key finds them', () => {
  const block = fc.oneof(fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })), fc.tuple(ipV6, fc.integer({ min: 0, max: 128 })));
  fc.assert(
    fc.property(block, fc.oneof(fc.ipV4(), ipV6), fc.integer({ min: 0, max: 3 }), ([base, length], other, near) => {
      const read = ipaddr.parse(base);
      if (read.kind() === 'ipv6' && (read as ipaddr.IPv6).isIPv4MappedAddress()) return;
      const compiled = new Block(`${base}/${length}`);
      for (const text of [other, near === 0 ? base : flipped(base, length + near - 2)]) {
        const asked = ipaddr.process(text);
        const expected = asked.kind() === read.kind() && asked.match(read, length);
        const address = new Address().read(text);
        assert.equal(compiled.contains(address), expected, `${text} in ${base}/${length}`);
        if (expected) assert.equal(blockKey(address, compiled.length), compiled.key);
      }
    }),
    { numRuns: 3000 },
  );
});

/** The address with one bit turned. */
function flipped(text: string, bit: number): string {
  const all = ipaddr.parse(text).toByteArray();
  const at = Math.min(Math.max(bit, 0), all.length * 8 - 1);
  all[at >> 3]! ^= 128 >> (at & 7);
  return ipaddr.fromByteArray(all).toString();
}

test('a block that cannot be read contains nothing', () => {
  for (const text of ['', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0/8', '::/129', '10.0.0.0/8/8', 'x']) {
    assert.equal(new Block(text).contains(new Address().read('10.0.0.1')), false, text);
    assert.equal(new Block(text).contains(new Address().read('nothing')), false, text);
  }
  assert.ok(new Block('::ffff:10.0.0.0/104').contains(new Address().read('10.1.2.3')));
  assert.ok(new Block('10.1.2.3').contains(new Address().read('10.1.2.3')));
});
