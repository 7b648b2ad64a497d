import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GONE, SentBodies } from './sent-bodies.ts';

const PIECE = 16_384;

test('pieces are kept until the room is used again', () => {
  const bodies = new SentBodies();
  const pieces = Array.from({ length: 100 }, (_, i) => Buffer.alloc(PIECE, i));
  const places = pieces.map((piece) => bodies.keep(piece, 0, PIECE));
  const kept = places.map((at) => bodies.take(at, PIECE));
  // a megabyte
  assert.deepEqual(kept.map((piece) => piece !== null), pieces.map((_, i) => i >= 36));
  kept.forEach((piece, i) => assert.ok(piece === null || piece.equals(pieces[i]!)));
  assert.equal(bodies.take(GONE, 1), null);
});

test('a piece begins where the last ended, and is never in two', () => {
  const bodies = new SentBodies();
  const octets = Buffer.from('0123456789');
  const first = bodies.keep(octets, 2, 5);
  assert.equal(bodies.keep(octets, 5, 9), first + 3);
  assert.equal(bodies.take(first, 7)!.toString(), '2345678');
  let at = first + 7;
  for (let i = 0; i < 200; i++) {
    const next = bodies.keep(Buffer.alloc(PIECE - 1, i), 0, PIECE - 1);
    assert.ok(next === at || next % (1024 * 1024) === 0);
    assert.deepEqual(bodies.take(next, PIECE - 1), Buffer.alloc(PIECE - 1, i));
    at = next + PIECE - 1;
  }
});
