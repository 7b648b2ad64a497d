import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Remembered } from './remembered.ts';

test('what is asked for again is not worked out again, and what was not asked for lately is forgotten', () => {
  const worked: string[] = [];
  const lengths = new Remembered<number>(2);
  const ask = (text: string): number => lengths.get(text, (asked) => (worked.push(asked), asked.length));
  for (const text of ['a', 'bb', 'a', 'bb']) assert.equal(ask(text), text.length);
  assert.deepEqual(worked, ['a', 'bb']);
  for (const text of ['ccc', 'a', 'dddd', 'a']) ask(text);
  assert.deepEqual(worked, ['a', 'bb', 'ccc', 'dddd']);
  ask('bb');
  assert.deepEqual(worked, ['a', 'bb', 'ccc', 'dddd', 'bb']);
});
