import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Wildcard } from './wildcard.ts';

const plain = { fold: false, escapes: false };

test('a pattern matches as the definition says', () => {
  const unit = fc.constantFrom('a', 'b', 'c');
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(unit, fc.constantFrom('*', '?')), maxLength: 8 }), fc.string({ unit, maxLength: 10 }), (pattern, text) => {
      assert.equal(new Wildcard(pattern, plain).matches(text), defined(pattern, text));
    }),
    { numRuns: 5000 },
  );
});

/** By recursion over the definition: slow and plain. */
function defined(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return defined(pattern.slice(1), text) || (text !== '' && defined(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && defined(pattern.slice(1), text.slice(1));
}

test('what the index looks a pattern up by is true of every text that matches', () => {
  const unit = fc.constantFrom('a', 'b');
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(unit, fc.constantFrom('*', '?')), maxLength: 6 }), fc.string({ unit, maxLength: 8 }), (pattern, text) => {
      const wildcard = new Wildcard(pattern, plain);
      const { key } = wildcard;
      if (key === null) return;
      const found = key.shape === 'exact' ? text === key.text : key.shape === 'prefix' ? text.startsWith(key.text) : text.endsWith(key.text);
      if (wildcard.matches(text)) assert.ok(found);
      if (found && key.proves) assert.ok(wildcard.matches(text));
    }),
    { numRuns: 5000 },
  );
});

test('a hostile pattern costs no more than the text is long times the pattern', () => {
  const wildcard = new Wildcard(`*${'a'.repeat(60)}?b*${'a?'.repeat(20)}*`, plain);
  const started = process.cpuUsage().user;
  assert.equal(wildcard.matches('a'.repeat(16_384)), false);
  assert.ok(process.cpuUsage().user - started < 200_000, 'microseconds');
});

test('escapes, case and bytes', () => {
  const query = { fold: true, escapes: true };
  assert.ok(new Wildcard('A\\*\\?\\\\', query).matches('a*?\\'));
  assert.ok(!new Wildcard('a\\*', query).matches('ab'));
  assert.ok(new Wildcard('a\\b', query).matches('a\\b'));
  assert.ok(new Wildcard('a\\*', plain).matches('a\\anything'));
  assert.ok(new Wildcard('é', plain).matches(Buffer.from('é').toString('latin1')));
});
