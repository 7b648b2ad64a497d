import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResetStreams } from './reset-streams.ts';

test('who reset a stream last, and nothing of those that nobody did', () => {
  const streams = new ResetStreams();
  streams.add(1, true);
  streams.add(3, false);
  streams.add(5, true);
  streams.add(5, false);
  assert.deepEqual([1, 3, 5, 7].map((stream) => streams.wasResetByUs(stream)), [true, false, false, false]);
  assert.deepEqual([1, 3, 5, 7].map((stream) => streams.wasResetByPeer(stream)), [false, true, true, false]);
});

test('where it is forgotten who it was, the peer is not blamed', () => {
  const streams = new ResetStreams();
  // the first half by the peer, the others by us
  for (let stream = 1; stream < 4_000; stream += 4) streams.add(stream, stream > 2_000);
  assert.deepEqual([1, 3, 1_001, 3_997, 3_999].map((stream) => streams.wasResetByUs(stream)), [true, true, true, true, false]);
  assert.ok(![1, 3, 1_001, 3_997, 3_999].some((stream) => streams.wasResetByPeer(stream)));
});
