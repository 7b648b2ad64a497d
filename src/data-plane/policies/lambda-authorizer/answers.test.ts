import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthorizerAnswers } from './answers.ts';

const answer = { kind: 'simple', allowed: true, identity: { kind: 'lambda', principalId: null, context: {}, usageIdentifierKey: null } } as const;

test('answers are kept until their time is over, by authorizer and identity', () => {
  const answers = new AuthorizerAnswers();
  answers.put('a', 'ann', { answer, until: 1000, bytes: 10 });
  assert.equal(answers.get('a', 'ann', 999), answer);
  assert.equal(answers.get('a', 'ann', 1000), null);
  assert.equal(answers.get('b', 'ann', 0), null);
  answers.prune(new Set(['b']));
  assert.equal(answers.get('a', 'ann', 0), null);
});

test('the oldest go when there are too many, or when they are too much', () => {
  const answers = new AuthorizerAnswers();
  const kept = (authorizer: string, count: number): number => Array.from({ length: count }, (_, i) => answers.get(authorizer, `who ${i}`, 0)).filter((one) => one !== null).length;
  for (let i = 0; i < 10_010; i++) answers.put('small', `who ${i}`, { answer, until: 1, bytes: 1 });
  assert.equal(kept('small', 10_010), 10_000);
  assert.equal(answers.get('small', 'who 9', 0), null);
  for (let i = 0; i < 40; i++) answers.put('large', `who ${i}`, { answer, until: 1, bytes: 1024 * 1024 });
  assert.equal(kept('large', 40), 15);
  // one that takes another's place does not count twice
  for (let i = 0; i < 40; i++) answers.put('large', 'who 39', { answer, until: 1, bytes: 1024 * 1024 });
  assert.equal(kept('large', 40), 15);
});
