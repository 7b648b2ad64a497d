import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InvalidMarker, paginate } from './index.ts';

const key = (item: string): string => item;

describe('pagination', () => {
  test('goes through everything once', () => {
    const items = Array.from({ length: 25 }, (_, i) => `item-${String(i).padStart(2, '0')}`);
    const seen: string[] = [];
    let marker: string | null = null;
    let pages = 0;
    do {
      const page: { readonly items: readonly string[]; readonly next: string | null } = paginate(items, { marker, limit: 10, key });
      seen.push(...page.items);
      marker = page.next;
      pages++;
    } while (marker !== null);
    assert.deepEqual([seen, pages], [items, 3]);
    assert.equal(paginate(items, { limit: 25, key }).next, null);
    assert.deepEqual(paginate([], { limit: 5, key }), { items: [], next: null });
  });

  test('neither repeats nor loses what stays, while others come and go', () => {
    const { next } = paginate(['a', 'c', 'e', 'g'], { limit: 2, key });
    assert.deepEqual(paginate(['a', 'b', 'c', 'd', 'e', 'g'], { marker: next, limit: 9, key }).items, ['d', 'e', 'g']);
    assert.deepEqual(paginate(['a', 'e', 'g'], { marker: next, limit: 9, key }).items, ['e', 'g']);
    assert.deepEqual(paginate(['a'], { marker: next, limit: 9, key }), { items: [], next: null });
  });

  test('a marker that was not given out is refused', () => {
    const { next } = paginate(['a', 'ü/日本', 'c'], { limit: 2, key, scope: 'one' });
    assert.match(next ?? '', /^[A-Za-z0-9_-]+$/);
    assert.deepEqual(paginate(['a', 'ü/日本', 'c'], { marker: next, limit: 2, key, scope: 'one' }).items, ['c']);
    for (const marker of ['x', 'abc', `${next}A`, `A${next?.slice(1)}`, next?.toLowerCase() === next ? 'Z' : (next ?? '').toLowerCase(), ' '.repeat(9000), '%00']) assert.throws(() => paginate(['a'], { marker, limit: 2, key, scope: 'one' }), InvalidMarker, marker);
    assert.throws(() => paginate(['a'], { marker: next, limit: 2, key, scope: 'another' }), InvalidMarker);
    assert.throws(() => paginate(['a'], { limit: 0, key }), RangeError);
  });
});
