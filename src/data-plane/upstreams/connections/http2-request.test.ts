import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Http2Request } from './http2-request.ts';
import type { Http2Upstream } from './http2.ts';
import { SentBodies } from './sent-bodies.ts';

const MOST = 16_384;

/** A request on a connection that takes all octets at once. */
function sending(pieces: readonly Buffer[]): Http2Request {
  const connection = { worker: { wheel: { now: 0 }, sent: new SentBodies() }, congested: false, writeData: (_request: unknown, _buffer: Buffer, _start: number, end: number) => end };
  const request = new Http2Request(connection as unknown as Http2Upstream);
  for (const piece of pieces) request.write(piece, 0, piece.length, true);
  return request;
}

test('what has been sent of a body is there as a whole, or not at all', () => {
  const piece = (length: number, octet: number): Buffer => Buffer.alloc(length, octet);
  assert.deepEqual(sending([]).sent?.octets, Buffer.alloc(0));
  assert.deepEqual(sending([piece(3, 1), piece(MOST - 3, 2)]).sent?.octets, Buffer.concat([piece(3, 1), piece(MOST - 3, 2)]));
  // an API that has looked at a body passes it on in one piece, however long it is
  for (const pieces of [[piece(MOST + 1, 1)], [piece(MOST + 1, 1), piece(5, 2)], [piece(MOST, 1), piece(1, 2)]]) assert.equal(sending(pieces).sent, null);
});
