import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonPathReader, valueAt } from './json-path.ts';

function at(root: unknown, path: string): unknown {
  const steps = new JsonPathReader(path, 1).read();
  assert.notEqual(typeof steps, 'string', path);
  return valueAt(root, steps as Exclude<typeof steps, string>);
}

test('a path leads to as many values as a document has', () => {
  const wide = Array.from({ length: 500_000 }, (_, i) => i);
  for (const path of ['$[*]', '$[0:500000]', '$..[0:500000]']) assert.equal((at(wide, path) as readonly unknown[]).length, wide.length, path);
  let deep: unknown = { end: 1 };
  for (let i = 0; i < 50_000; i++) deep = { a: deep };
  assert.deepEqual(at(deep, '$..end'), [1]);
});
