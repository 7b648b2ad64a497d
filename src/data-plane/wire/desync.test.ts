import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isAllowed, mended } from './desync.ts';
import { INCOMPLETE, OK } from './flaw.ts';
import { RequestHead } from './request-head.ts';

const strict = new RequestHead({ fields: 50, line: 4096, startLine: 4096 });

const piece = fc.constantFrom(
  'Content-Length', 'Transfer-Encoding', 'content_length', 'Transfer-Encoding ', ' Content-Length', '\tTransfer-Encoding', 'Host', 'A', 'A b', '', ':', ': ', 'chunked', 'identity', 'gzip', '5', '5, 5', '5,6', 'x',
  '\r\n', '\r\n ', '\n', '\n ', '\r', '\0', '\x01', '\xa0', ' ', 'HTTP/1.1', 'GET / HTTP/1.1', '\r\n\r\n', 'a.example',
);
const text = fc.array(piece, { maxLength: 14 }).map((parts) => `POST /x HTTP/1.1\r\nHost: a.example\r\n${parts.join('')}\r\n\r\n`);

test('whatever is mended is one request to the strict parser, to its last character, with one framing', () => {
  fc.assert(
    fc.property(text, (head) => {
      const made = mended(head);
      if (made === null || made.head === null) return;
      assert.notEqual(made.tier, 'Compliant');
      assert.equal(made.length, head.indexOf('\r\n\r\n') + 4, 'it ends where every reader of CRLF has it end');
      const octets = Buffer.from(made.head, 'latin1');
      const flaw = strict.parse(octets, 0, octets.length);
      assert.notEqual(flaw, INCOMPLETE);
      if (flaw !== OK) return;
      assert.equal(strict.fields.end, made.head.length);
      assert.ok(!(strict.chunked && strict.contentLength >= 0));
      // what it has been mended to needs no mending
      assert.equal(mended(made.head)!.head, null);
    }),
    { numRuns: 5_000 },
  );
});

test('of two lengths the shorter counts, and a coding beside a length counts alone', () => {
  const made = (fields: string): string => mended(`POST /x HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`)!.head!.split('\r\n').slice(2, -2).join('|');
  assert.equal(made('Content-Length: 50\r\nContent-Length: 5'), 'Content-Length: 5');
  assert.equal(made('Content-Length: 5\r\nTransfer-Encoding: chunked'), 'Transfer-Encoding: chunked');
  assert.equal(made('Transfer_Encoding: chunked\r\nContent-Length: 5'), 'Content-Length: 5');
  assert.equal(made('A: b\r\n c\r\nB : x\r\nC: d\0e'), 'A: b c|C: d e');
});

test('each mode lets its tiers pass', () => {
  const passed = (mode: 'monitor' | 'defensive' | 'strictest'): number => (['Compliant', 'Acceptable', 'Ambiguous', 'Severe'] as const).filter((tier) => isAllowed(tier, mode)).length;
  assert.deepEqual([passed('monitor'), passed('defensive'), passed('strictest')], [4, 3, 1]);
});
