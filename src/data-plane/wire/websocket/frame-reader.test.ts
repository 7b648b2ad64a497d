import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import * as ws from 'ws';
import { closePayload, controlFrame, FrameReader, messageFrames, TEXT, CLOSE, type FrameHearer, type FrameLimits } from './index.ts';

const LIMITS: FrameLimits = { frameBytes: 32 * 1024, messageBytes: 128 * 1024, binary: true };

class Heard implements FrameHearer {
  readonly said: unknown[] = [];
  message(data: Buffer, binary: boolean): void {
    this.said.push(binary ? ['binary', data.toString('hex')] : ['text', data.toString()]);
  }
  ping(data: Buffer): void {
    this.said.push(['ping', data.toString()]);
  }
  pong(): void {
    this.said.push(['pong']);
  }
  closed(code: number, reason: string): void {
    this.said.push(['closed', code, reason]);
  }
  broken(code: number): void {
    this.said.push(['broken', code]);
  }
}

/** A client's frame: masked, unless told otherwise. */
function frame(first: number, payload: Buffer | string, options: { readonly masked?: boolean; readonly length?: number } = {}): Buffer {
  const data = Buffer.from(payload);
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  const length = options.length ?? data.length;
  const head = length < 126 ? Buffer.from([length]) : length < 65_536 ? Buffer.from([126, length >> 8, length & 255]) : Buffer.from([127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]);
  if (options.masked === false) return Buffer.concat([Buffer.from([first]), head, data]);
  head[0]! |= 0x80;
  return Buffer.concat([Buffer.from([first]), head, mask, data.map((byte, i) => byte ^ mask[i & 3]!)]);
}

function hear(bytes: Buffer, options: { readonly step?: number; readonly limits?: Partial<FrameLimits> } = {}): unknown[] {
  const reader = new FrameReader();
  const hearer = new Heard();
  const step = options.step ?? bytes.length;
  for (let at = 0; at < bytes.length; at += step) reader.read(bytes, { start: at, end: Math.min(at + step, bytes.length) }, { limits: { ...LIMITS, ...options.limits }, hearer });
  return hearer.said;
}

test('messages come out as they went in, however they are cut', () => {
  const long = 'long '.repeat(100);
  const longer = 'x'.repeat(32 * 1024);
  const bytes = Buffer.concat([
    frame(0x81, 'hello'), frame(0x81, ''), frame(0x82, Buffer.from([0, 255])), frame(0x81, long), frame(0x89, 'are you there'), frame(0x8a, ''),
    frame(0x01, 'in '), frame(0x89, 'between'), frame(0x00, 'three '), frame(0x80, 'parts'), frame(0x81, longer), frame(0x88, closePayload(4001, 'enough')), frame(0x81, 'unheard'),
  ]);
  const expected = [['text', 'hello'], ['text', ''], ['binary', '00ff'], ['text', long], ['ping', 'are you there'], ['pong'], ['ping', 'between'], ['text', 'in three parts'], ['text', longer], ['closed', 4001, 'enough']];
  for (const step of [bytes.length, 1, 2, 7, 1000]) assert.deepEqual(hear(bytes, { step }), expected, `in pieces of ${step}`);
});

test('what breaks the protocol ends it with the code that RFC 6455 names', () => {
  const cases: readonly (readonly [string, Buffer, number])[] = [
    ['unmasked (5.1)', frame(0x81, 'a', { masked: false }), 1002],
    ['reserved bit (5.2)', frame(0xc1, 'a'), 1002],
    ['reserved opcode (5.2)', frame(0x83, 'a'), 1002],
    ['reserved control opcode (5.2)', frame(0x8b, 'a'), 1002],
    ['control frame in parts (5.5)', frame(0x09, 'a'), 1002],
    ['control frame too long (5.5)', frame(0x89, 'a'.repeat(126)), 1002],
    ['continuation of nothing (5.4)', frame(0x80, 'a'), 1002],
    ['message within a message (5.4)', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]), 1002],
    ['longer length than needed (5.2)', Buffer.concat([Buffer.from([0x81, 0xfe, 0, 5, 1, 2, 3, 4]), Buffer.from('hello')]), 1002],
    ['half a close code (5.5.1)', frame(0x88, 'a'), 1002],
    ['close code 1005 (7.4.1)', frame(0x88, closePayload(1005, '')), 1002],
    ['close code 2999 (7.4.2)', frame(0x88, closePayload(2999, '')), 1002],
    ['text that is not UTF-8 (8.1)', frame(0x81, Buffer.from([0xc3, 0x28])), 1007],
    ['close reason that is not UTF-8', frame(0x88, Buffer.from([3, 232, 0xc3, 0x28])), 1007],
    ['frame above the limit', frame(0x81, '', { length: 32 * 1024 + 1 }), 1009],
    ['message above the limit', Buffer.concat([...Array.from({ length: 4 }, (_, i) => frame(i === 0 ? 0x01 : 0x00, 'x'.repeat(32 * 1024))), frame(0x80, 'x')]), 1009],
    ['a message of empty frames', Buffer.concat([frame(0x01, ''), ...Array.from({ length: 5000 }, () => frame(0x00, ''))]), 1009],
  ];
  for (const [name, bytes, code] of cases) assert.deepEqual(hear(bytes).at(-1), ['broken', code], name);
  assert.deepEqual(hear(frame(0x82, 'a'), { limits: { binary: false } }), [['broken', 1003]]);
  assert.deepEqual(hear(frame(0x88, '')), [['closed', 1005, '']]);
});

test('a character cut in two by frames is whole again in the message', () => {
  const euro = Buffer.from('€');
  assert.deepEqual(hear(Buffer.concat([frame(0x01, euro.subarray(0, 1)), frame(0x80, euro.subarray(1))])), [['text', '€']]);
});

/** Exported, but not in its types. */
const { Sender } = ws as unknown as { readonly Sender: new (stream: PassThrough) => WsSender };

interface WsSender {
  send(data: string | Buffer, options: object, done: () => void): void;
  close(code: number, data: string, mask: boolean, done: () => void): void;
}

test('reads what the ws library sends', async () => {
  const stream = new PassThrough();
  const sender = new Sender(stream);
  const options = { fin: true, mask: true, compress: false };
  sender.send('a text', { ...options, binary: false }, () => {});
  sender.send(Buffer.alloc(3000, 7), { ...options, binary: true }, () => {});
  sender.close(1000, 'bye', true, () => {});
  stream.end();
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  assert.deepEqual(hear(Buffer.concat(parts)), [['text', 'a text'], ['binary', '07'.repeat(3000)], ['closed', 1000, 'bye']]);
});

test('frames to clients are unmasked and no longer than asked for', () => {
  assert.deepEqual(messageFrames(TEXT, Buffer.from('hi'), 100), Buffer.from([0x81, 2, 0x68, 0x69]));
  assert.deepEqual(messageFrames(TEXT, Buffer.from('abcde'), 2), Buffer.from([0x01, 2, 0x61, 0x62, 0x00, 2, 0x63, 0x64, 0x80, 1, 0x65]));
  assert.deepEqual(messageFrames(TEXT, Buffer.alloc(200), 1000).subarray(0, 4), Buffer.from([0x81, 126, 0, 200]));
  assert.deepEqual(messageFrames(TEXT, Buffer.alloc(70_000), 100_000).subarray(0, 10), Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]));
  assert.deepEqual(controlFrame(CLOSE, closePayload(1001, 'x')), Buffer.from([0x88, 3, 3, 233, 0x78]));
});
