import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/index.ts';
import { RequestIds, requestIdOf } from './request-ids.ts';

test('ids have the form of API Gateway, and none comes twice', () => {
  const ids = new RequestIds(seededRandom(7));
  const seen = new Set<string>();
  for (let i = 0; i < 2000; i++) {
    const line = ids.nextLine();
    const id = requestIdOf(line);
    assert.equal(line, `Apigw-Requestid: ${id}\r\n`);
    assert.match(id, /^[A-Za-z0-9_-]{15}=$/);
    seen.add(id);
  }
  assert.equal(seen.size, 2000);
});
