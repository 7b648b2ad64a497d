import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultLimits } from '../../limits.ts';
import { Malformed } from '../malformed.ts';
import { CborWriter, decodeCbor } from './cbor.ts';

const decode = (hex: string): unknown => decodeCbor(Buffer.from(hex, 'hex'), defaultLimits);

describe('CBOR', () => {
  test('reads the examples of RFC 8949 appendix A', () => {
    const rows: readonly (readonly [string, unknown])[] = [
      ['00', 0], ['17', 23], ['1818', 24], ['1903e8', 1000], ['1b000000e8d4a51000', 1_000_000_000_000], ['20', -1], ['3863', -100], ['3903e7', -1000],
      ['f90000', 0], ['f93c00', 1], ['fb3ff199999999999a', 1.1], ['f97bff', 65_504], ['fa47c35000', 100_000], ['f90001', 5.960464477539063e-8], ['f9c400', -4], ['f97c00', Infinity], ['f97e00', NaN], ['f9fc00', -Infinity],
      ['f4', false], ['f5', true], ['f6', null], ['f7', null], ['c11a514b67b0', new Date('2013-03-21T20:04:00Z')], ['c1fb41d452d9ec200000', new Date('2013-03-21T20:04:00.500Z')],
      ['4401020304', new Uint8Array([1, 2, 3, 4])], ['62c3bc', 'ü'], ['64f0908591', '\u{10151}'], ['80', []], ['8301820203820405', [1, [2, 3], [4, 5]]], ['a26161016162820203', { a: 1, b: [2, 3] }],
      ['5f42010243030405ff', new Uint8Array([1, 2, 3, 4, 5])], ['7f657374726561646d696e67ff', 'streaming'], ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]], ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ];
    for (const [hex, value] of rows) assert.deepStrictEqual(decode(hex), value, hex);
  });

  test('refuses what is no single well-formed item', () => {
    for (const hex of ['', '18', '1c', 'ff', '62c3', '61ff', '5f6161ff', '7f4161ff', '9f01', 'bf6161ff', 'a10101', 'c0613a', 'c249010000000000000000', 'c16161', '0000', 'f8ff', 'fc', '9bffffffffffffffff', 'bb7fffffffffffffff', 'fb3ff1']) {
      assert.throws(() => decode(hex), Malformed, hex);
    }
    assert.throws(() => decodeCbor(Buffer.alloc(1000, 0x81), defaultLimits), /nest deeper/);
    assert.throws(() => decodeCbor(Buffer.concat([Buffer.from('9a00030d41', 'hex'), Buffer.alloc(200_001, 0)]), defaultLimits), /more than 200000 values/);
  });

  test('a map cannot reach a prototype', () => {
    const value = decode('a1695f5f70726f746f5f5fa1616101') as Record<string, unknown>;
    assert.deepEqual(Object.keys(value), ['__proto__']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  test('writes the shortest heads', () => {
    const write = (run: (writer: CborWriter) => void): string => {
      const writer = new CborWriter();
      run(writer);
      return writer.bytes().toString('hex');
    };
    for (const [value, hex] of [[0, '00'], [23, '17'], [24, '1818'], [255, '18ff'], [256, '190100'], [65_536, '1a00010000'], [4_294_967_296, '1b0000000100000000'], [-1, '20'], [-257, '390100'], [-(2n ** 63n), '3b7fffffffffffffff']] as const) {
      assert.equal(write((writer) => writer.whole(value)), hex);
    }
    assert.equal(write((writer) => writer.double(1.1)), 'fb3ff199999999999a');
    const long = 'ü'.repeat(5000);
    assert.equal(decodeCbor(Buffer.from(write((writer) => writer.text(long)), 'hex'), defaultLimits), long);
  });
});
