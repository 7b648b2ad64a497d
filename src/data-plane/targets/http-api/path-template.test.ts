import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathTemplate } from './path-template.ts';

test('path variables stand for their values, encoded anew but for slashes', () => {
  const filled = (path: string, values: Readonly<Record<string, string>>): string => new PathTemplate(path).pathOf({ pathParameter: (name) => values[name] ?? null });
  assert.equal(filled('/a/b', {}), '/a/b');
  assert.equal(filled('/{proxy}', { proxy: 'a/b-c_d.e~f' }), '/a/b-c_d.e~f');
  assert.equal(filled('/{proxy+}/x', { proxy: 'a b/c?d/#\u00e4%' }), '/a%20b/c%3Fd/%23%C3%A4%25/x');
  assert.equal(filled('/u/{id}/{id}/{none}', { id: '7' }), '/u/7/7/');
  assert.equal(filled('{proxy}', { proxy: "!*'()" }), "!*'()");
});
