import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiEntrance } from '../../snapshot/index.ts';
import { EntranceRouter, routePathOf } from './entrance.ts';

const entrance = (mappings: Readonly<Record<string, string>>, rules: ApiEntrance['rules'] = []): EntranceRouter<null> =>
  new EntranceRouter({ kind: 'apis', entrance: 'domain', domainName: 'x', trustStore: null, rules, mappings: Object.entries(mappings).map(([basePath, stage]) => ({ basePath, stage })) }, () => null);

const at = (router: EntranceRouter<null>, path: string, headers: Readonly<Record<string, string>> = {}): readonly (string | undefined)[] => {
  const found = router.find({ path, headerValues: (name) => (headers[name] === undefined ? [] : [headers[name]]) });
  return [found?.stage, found?.basePath, found === null ? undefined : routePathOf(found, path)];
};

test('whole segments, the longest first', () => {
  const router = entrance({ a: 'A', 'a/b': 'AB', 'a/b/c/d': 'ABCD' });
  assert.deepEqual(at(router, '/a'), ['A', 'a', '/']);
  assert.deepEqual(at(router, '/a/'), ['A', 'a', '/']);
  assert.deepEqual(at(router, '/ab'), [undefined, undefined, undefined]);
  assert.deepEqual(at(router, '/a/b/c'), ['AB', 'a/b', '/c']);
  assert.deepEqual(at(router, '/a/b/c/d/e'), ['ABCD', 'a/b/c/d', '/e']);
  assert.deepEqual(at(router, '/'), [undefined, undefined, undefined]);
});

test('an empty key takes everything else, untouched', () => {
  const router = entrance({ '': 'ROOT', a: 'A' });
  assert.deepEqual(at(router, '/'), ['ROOT', '', '/']);
  assert.deepEqual(at(router, '/x/a'), ['ROOT', '', '/x/a']);
});

test('several slashes in front of a route path are one', () => {
  const router = entrance({ '': 'ROOT', a: 'A' });
  assert.deepEqual(at(router, '//x'), ['ROOT', '', '/x']);
  assert.deepEqual(at(router, '/a///x//y'), ['A', 'a', '/x//y']);
  assert.deepEqual(at(router, '//'), ['ROOT', '', '/']);
});

test('rules by priority; values with a star at either end', () => {
  const rule = (stage: string, more: Partial<ApiEntrance['rules'][number]>): ApiEntrance['rules'][number] => ({ id: stage, priority: 1, basePaths: [], headers: [], stage, stripBasePath: false, ...more });
  const router = entrance({ '': 'ROOT' }, [
    rule('BOTH', { headers: [[{ name: 'x-a', glob: 'v*' }], [{ name: 'x-b', glob: '*z' }]] }),
    rule('EITHER', { headers: [[{ name: 'x-a', glob: '*mid*' }, { name: 'x-b', glob: 'exact' }]] }),
    rule('PATH', { basePaths: ['p', 'q/r'], stripBasePath: true }),
  ]);
  assert.equal(at(router, '/', { 'x-a': 'v1', 'x-b': 'xyz' })[0], 'BOTH');
  assert.equal(at(router, '/', { 'x-a': 'v1' })[0], 'ROOT');
  assert.equal(at(router, '/', { 'x-a': 'amidst' })[0], 'EITHER');
  assert.equal(at(router, '/', { 'x-b': 'exact' })[0], 'EITHER');
  assert.deepEqual(at(router, '/q/r/s'), ['PATH', 'q/r', '/s']);
  assert.deepEqual(at(router, '/qq'), ['ROOT', '', '/qq']);
});
