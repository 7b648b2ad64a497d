import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seal } from './seal.ts';

const seal = new Seal(Buffer.alloc(32, 1));

test('what was sealed is opened by who has the key, for the same purpose', () => {
  const sealed = seal.seal('grüße', 'a');
  assert.match(sealed, /^[A-Za-z0-9_-]+$/);
  assert.notEqual(sealed, seal.seal('grüße', 'a'));
  assert.equal(new Seal(Buffer.alloc(32, 1)).open(sealed, 'a'), 'grüße');
  assert.equal(seal.open(sealed, 'b'), null);
  assert.equal(new Seal(Buffer.alloc(32, 2)).open(sealed, 'a'), null);
});

test('any change of it is noticed, and no text opens', () => {
  const sealed = seal.seal('text', 'a');
  for (let i = 0; i < sealed.length - 1; i++) assert.equal(seal.open(`${sealed.slice(0, i)}${sealed[i] === 'A' ? 'B' : 'A'}${sealed.slice(i + 1)}`, 'a'), null, String(i));
  for (const text of ['', 'x', sealed.slice(0, 20), '!!!', 'A'.repeat(5000)]) assert.equal(seal.open(text, 'a'), null);
});

test('one seal has one text', () => {
  // lengths that leave no, two and four spare bits in the last character
  for (const text of ['a', 'ab', 'abc']) {
    const sealed = seal.seal(text, 'a');
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const changed = sealed.slice(0, -1) + last;
      assert.equal(seal.open(changed, 'a'), changed === sealed ? text : null);
    }
    for (const changed of [`${sealed}=`, `${sealed} `, ` ${sealed}`, sealed + 'A'.repeat(25_000)]) assert.equal(seal.open(changed, 'a'), null);
  }
});
