import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptKey, type Opening } from './index.ts';

const OPENING: Opening = { method: 'GET', upgrade: 'websocket', connection: 'keep-alive, Upgrade', key: 'dGhlIHNhbXBsZSBub25jZQ==', version: '13' };

test('the example of RFC 6455 section 1.3', () => {
  assert.deepEqual(acceptKey(OPENING), { accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' });
  assert.deepEqual(acceptKey({ ...OPENING, upgrade: 'WebSocket' }), { accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' });
});

test('what is no opening handshake is named', () => {
  assert.deepEqual(acceptKey({ ...OPENING, method: 'POST' }), { wrong: 'not-websocket' });
  assert.deepEqual(acceptKey({ ...OPENING, upgrade: null }), { wrong: 'not-websocket' });
  assert.deepEqual(acceptKey({ ...OPENING, connection: 'keep-alive' }), { wrong: 'not-websocket' });
  assert.deepEqual(acceptKey({ ...OPENING, version: '8' }), { wrong: 'version' });
  assert.deepEqual(acceptKey({ ...OPENING, version: null }), { wrong: 'version' });
  for (const key of [null, '', 'dGhlIHNhbXBsZSBub25j', 'dGhlIHNhbXBsZSBub25jZR==']) assert.deepEqual(acceptKey({ ...OPENING, key }), { wrong: 'key' });
});
