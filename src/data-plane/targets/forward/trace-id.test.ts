import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../kernel/index.ts';
import { TraceIds } from './trace-id.ts';

const WALL = 0x67891233 * 1000 + 999;
const ID = '1-67891233-[0-9a-f]{24}';

describe('trace ids', () => {
  const ids = new TraceIds(seededRandom(1));
  const next = (received: string | null): string => ids.next(received, WALL);

  it('begin a trace where there is none', () => {
    assert.match(next(null), new RegExp(`^Root=${ID}$`));
    assert.match(next(''), new RegExp(`^Root=${ID}$`));
  });

  it('add Self in front of a Root that came, in place of an older Self', () => {
    assert.match(next('Root=1-5-a;Sampled=1'), new RegExp(`^Self=${ID};Root=1-5-a;Sampled=1$`));
    assert.match(next('Self=1-4-b;Root=1-5-a'), new RegExp(`^Self=${ID};Root=1-5-a$`));
    assert.match(next('Root=1-5-a;Self=1-4-b;CalledFrom=app'), new RegExp(`^Self=${ID};Root=1-5-a;CalledFrom=app$`));
  });

  it('add a Root to fields that came without one', () => {
    assert.match(next('CalledFrom=app'), new RegExp(`^Root=${ID};CalledFrom=app$`));
    // a field whose name only ends so is none
    assert.match(next('NotRoot=1'), new RegExp(`^Root=${ID};NotRoot=1$`));
  });

  it('are forty characters after Root= only where all of them are ours: access logs rely on it', () => {
    for (const received of [null, '']) assert.equal(next(received).length, 40);
    for (const received of ['"', ';', 'Self=1', 'Self=1;', ';Self=', 'Root=', `Root=1-67891233-${'"'.repeat(24)}`, 'Self=1;Root="']) {
      const id = next(received);
      assert.ok(id.startsWith('Self=') || (id.startsWith('Root=') && id.length > 40), `${received}: ${id}`);
    }
  });

  it('are all different', () => {
    assert.equal(new Set(Array.from({ length: 5_000 }, () => next(null))).size, 5_000);
  });
});
