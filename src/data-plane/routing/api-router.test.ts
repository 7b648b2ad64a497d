import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as holds, constantFrom, property, uniqueArray } from 'fast-check';
import { ApiRouter } from './api-router.ts';

const METHODS = ['GET', 'POST', 'ANY'] as const;

/** The rule of the documentation, gone through route by route. */
function reference(keys: readonly string[], method: string, path: string): string | null {
  const segments = path === '/' ? [] : path.slice(1).split('/');
  const ranked = keys.flatMap((key) => {
    if (key === '$default') return [{ key, rank: [2] }];
    const [wanted = '', template = ''] = key.split(' ');
    if (wanted !== method && wanted !== 'ANY') return [];
    const parts = template === '/' ? [] : template.slice(1).split('/');
    const greedy = parts.at(-1)?.endsWith('+}') ?? false;
    if (greedy ? segments.length < parts.length || segments.slice(parts.length - 1).join('/') === '' : segments.length !== parts.length) return [];
    const fits = parts.every((part, i) => (part.endsWith('+}') ? true : part.startsWith('{') ? segments[i] !== '' : part === segments[i]));
    // written-out segments before variables, from the left; of two greedy ones the longer
    return fits ? [{ key, rank: [greedy ? 1 : 0, ...parts.map((part) => (part.endsWith('+}') ? 2 : part.startsWith('{') ? 1 : 0)), wanted === 'ANY' ? 1 : 0] }] : [];
  });
  ranked.sort((a, b) => {
    for (let i = 0; i < Math.max(a.rank.length, b.rank.length); i++) {
      const difference = (a.rank[i] ?? 0) - (b.rank[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return ranked[0]?.key ?? null;
}

const anyPart = constantFrom('a', 'b', '{x}');
const anyKey = array(anyPart, { maxLength: 3 }).chain((parts) =>
  constantFrom(...METHODS).chain((method) => constantFrom('', '/{rest+}').map((tail) => `${method} /${parts.map((part, i) => (part === '{x}' ? `{x${i}}` : part)).join('/')}${parts.length === 0 ? tail.slice(1) : tail}`)),
);
const anyKeys = uniqueArray(anyKey, { maxLength: 12, selector: (key) => key.replaceAll(/\{x\d\}/g, '{}') }).chain((keys) => constantFrom(keys, [...keys, '$default']));
const anyPath = array(constantFrom('a', 'b', 'c', ''), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

test('the tree finds what going through the routes finds', () => {
  holds(property(anyKeys, constantFrom('GET', 'POST', 'PUT'), anyPath, (keys, method, path) => {
    const found = new ApiRouter(keys.map((key) => ({ key }))).match(method, path);
    assert.equal(found === null ? null : keys[found.position], reference(keys, method, path), `${method} ${path} among ${keys.join(', ')}`);
  }), { numRuns: 2000 });
});

test('variables stand for decoded segments, an encoded slash separates nothing', () => {
  const router = new ApiRouter([{ key: 'GET /a/{x}/{rest+}' }]);
  const parameters = (path: string): object | undefined => {
    const match = router.match('GET', path);
    return match === null ? undefined : Object.fromEntries(match.names.map((name, i) => [name, match.values[i]]));
  };
  assert.deepEqual(parameters('/a/b%2Fc%20d/e/f%3F'), { x: 'b/c d', rest: 'e/f?' });
  assert.deepEqual(parameters('/a/%zz/e'), { x: '%zz', rest: 'e' });
  assert.equal(router.match('GET', '/a//e'), null);
});

test('ten thousand routes cost what ten do', () => {
  const timed = (count: number): number => {
    const router = new ApiRouter(Array.from({ length: count }, (_, i) => ({ key: `GET /service/${i}/{id}/items` })));
    const run = (): number => {
      const started = performance.now();
      for (let i = 0; i < 20_000; i++) router.match('GET', `/service/${i % count}/7/items`);
      return performance.now() - started;
    };
    run();
    return Math.min(run(), run(), run());
  };
  const few = timed(10);
  // a list would be a thousand times dearer: this machine may be busy
  assert.ok(timed(10_000) < 20 * few);
});
