import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange, Reply } from '../../exchange/index.ts';
import { linkFixedResponse } from './fixed-response.ts';

function served(status: number, contentType: string | null, body: string): Reply {
  const replies: Reply[] = [];
  const target = linkFixedResponse({ kind: 'fixed-response', status, contentType, body });
  const exchange = { reply: (reply: Reply) => void replies.push(reply) } as unknown as Exchange;
  target.serve(exchange);
  target.serve(exchange);
  assert.equal(target.word, 'fixed-response');
  // made once, sent as often as asked
  assert.equal(replies.length, 2);
  assert.equal(replies[0], replies[1]);
  return replies[0]!;
}

test('status, type and body as configured', () => {
  const reply = served(503, 'application/json', '{"why":"größer"}');
  assert.equal(reply.status, 503);
  assert.equal(reply.headers, 'Content-Type: application/json; charset=utf-8\r\n');
  assert.equal(reply.body!.toString(), '{"why":"größer"}');
});

test('without a type it is plain text, without a body there is none', () => {
  const { status, headers, body } = served(404, null, '');
  assert.deepEqual({ status, headers, body }, { status: 404, headers: 'Content-Type: text/plain; charset=utf-8\r\n', body: null });
});
