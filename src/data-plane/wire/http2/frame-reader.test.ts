import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, FRAME_SIZE_ERROR, HEADERS, PADDED, PING, PREFACE, PRIORITISED, PROTOCOL_ERROR, SETTINGS, writeFrameHead,
} from './frame.ts';
import { BLOCK, BLOCK_PART, BROKEN, DATA_HEAD, DATA_PIECE, FRAME, FrameReader, MORE } from './frame-reader.ts';

function frame(type: number, flags: number, stream: number, payload: string | Buffer = ''): Buffer {
  const body = Buffer.from(payload as string);
  const head = Buffer.alloc(9);
  writeFrameHead(head, 0, { length: body.length, type, flags, stream });
  return Buffer.concat([head, body]);
}

const SETTLED = Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]);

/** Everything that is found, in words; pieces of DATA joined, since where they are cut is nobody's business. */
function found(octets: Buffer, cuts: readonly number[] = []): string[] {
  const reader = new FrameReader(true);
  const told: string[] = [];
  const shared = Buffer.alloc(octets.length);
  let from = 0;
  let piece = '';
  for (const to of [...cuts, octets.length]) {
    octets.copy(shared, 0, from, to);
    reader.feed(shared, to - from);
    from = to;
    for (let kind = reader.next(); kind !== MORE; kind = reader.next()) {
      const payload = reader.buffer.toString('latin1', reader.start, reader.end);
      if (kind === DATA_PIECE) {
        piece += payload;
        if (reader.left === 0) told.push(`data ${piece}${reader.last ? ' last' : ''}`);
      } else if (kind === DATA_HEAD) {
        piece = '';
        told.push(`head ${reader.stream} ${reader.length} ${reader.padding}`);
      } else if (kind === FRAME) told.push(`frame ${reader.type} ${reader.flags} ${reader.stream} ${payload}`);
      else if (kind === BLOCK_PART) told.push('part');
      else if (kind === BLOCK) told.push(`block ${reader.stream} ${payload}${reader.last ? ' last' : ''}${reader.selfDependent ? ' self' : ''}`);
      else if (kind === BROKEN) return [...told, `broken ${reader.error}`];
    }
    reader.hold(shared);
    // the thread's buffer is read into again
    shared.fill(0xa5);
  }
  return told;
}

const after = (...frames: readonly Buffer[]): string[] => found(Buffer.concat([SETTLED, ...frames])).slice(1);

describe('frames out of octets', () => {
  it('are the same however the octets are cut', () => {
    const octets = Buffer.concat([
      SETTLED, frame(HEADERS, END_HEADERS, 1, 'whole'), frame(DATA, PADDED, 1, '\x03body\0\0\0'), frame(DATA, END_STREAM, 1, 'x'.repeat(300)), frame(PING, 0, 0, '12345678'),
      frame(HEADERS, END_STREAM | PADDED | PRIORITISED, 3, '\x02\0\0\0\x03\x10one \0\0'), frame(CONTINUATION, 0, 3, 'two '), frame(CONTINUATION, END_HEADERS, 3, 'three'), frame(DATA, END_STREAM, 1),
    ]);
    const whole = found(octets);
    assert.deepEqual(whole, [
      'frame 4 0 0 ', 'block 1 whole', 'head 1 8 4', 'data body', 'head 1 300 0', `data ${'x'.repeat(300)} last`, 'frame 6 0 0 12345678', 'part', 'part', 'block 3 one two three last self', 'head 1 0 0',
    ]);
    for (let cut = 0; cut <= octets.length; cut++) assert.deepEqual(found(octets, [cut]), whole, `cut at ${cut}`);
    assert.deepEqual(found(octets, Array.from(octets, (_, i) => i)), whole);
  });

  it('must begin with the preface, and with SETTINGS', () => {
    assert.deepEqual(found(Buffer.from('GET / HTTP/1.1\r\n')), [`broken ${PROTOCOL_ERROR}`]);
    assert.deepEqual(found(Buffer.concat([PREFACE, frame(PING, 0, 0, '12345678')])), [`broken ${PROTOCOL_ERROR}`]);
    assert.deepEqual(found(Buffer.concat([PREFACE, frame(SETTINGS, 1, 0)])), [`broken ${PROTOCOL_ERROR}`]);
  });

  it('are no longer than we take, nor shorter than they must be', () => {
    assert.deepEqual(after(frame(DATA, 0, 1, 'x'.repeat(16_385))), [`broken ${FRAME_SIZE_ERROR}`]);
    for (const [type, flags, payload] of [[DATA, PADDED, ''], [HEADERS, PADDED, ''], [HEADERS, PRIORITISED, 'abcd']] as const) assert.deepEqual(after(frame(type, flags, 1, payload)), [`broken ${FRAME_SIZE_ERROR}`]);
    for (const type of [DATA, HEADERS]) assert.deepEqual(after(frame(type, PADDED, 1, '\x05abcd')), [`broken ${PROTOCOL_ERROR}`]);
    for (const type of [DATA, HEADERS]) assert.deepEqual(after(frame(type, 0, 0, 'x')), [`broken ${PROTOCOL_ERROR}`]);
  });

  it('of a header block come one after another, and end', () => {
    const begun = frame(HEADERS, 0, 1, 'x');
    for (const next of [frame(PING, 0, 0, '12345678'), frame(CONTINUATION, END_HEADERS, 3), frame(HEADERS, END_HEADERS, 1)]) assert.deepEqual(after(begun, next), ['part', `broken ${PROTOCOL_ERROR}`]);
    assert.deepEqual(after(frame(CONTINUATION, END_HEADERS, 1)), [`broken ${PROTOCOL_ERROR}`]);
    assert.equal(after(begun, ...Array.from({ length: 5 }, () => frame(CONTINUATION, 0, 1, 'x'.repeat(16_000)))).at(-1), `broken ${ENHANCE_YOUR_CALM}`);
  });
});
