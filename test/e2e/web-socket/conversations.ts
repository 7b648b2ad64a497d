/** What a client may say on a WebSocket, good and bad, in the order of RFC 6455: framing, control frames, reserved bits and opcodes, fragments, text, closing, compression, sizes. */
import { deflateRawSync } from 'node:zlib';

/** The longest message of all, for the path that takes it. */
export const VAST = 16 * 1024 * 1024;

export interface Conversation {
  readonly name: string;
  /** Octets that the client says, piece by piece. */
  readonly says: readonly Buffer[];
  /** Path, for servers that behave in a special way. */
  readonly path?: string;
  readonly offer?: string;
  /** How the client ends: by a close frame and patience, by FIN without a close frame, by RST, or not at all. */
  readonly end?: 'close' | 'fin' | 'reset' | 'wait';
}

interface FrameOptions {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
  /** Octets of the length field, where more than needed. */
  readonly length?: 2 | 8;
  /** What the length field says, where not the truth. */
  readonly claims?: bigint;
}

export function frame(opcode: number, payload: Buffer | string, { fin = true, rsv = 0, masked = true, length, claims }: FrameOptions = {}): Buffer {
  const body = Buffer.from(payload as string);
  const size = claims ?? BigInt(body.length);
  const first = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]);
  const flag = masked ? 0x80 : 0;
  let head: Buffer;
  if (length === 8 || size > 0xffffn) {
    head = Buffer.alloc(9);
    head[0] = flag | 127;
    head.writeBigUInt64BE(size, 1);
  } else if (length === 2 || size > 125n) {
    head = Buffer.alloc(3);
    head[0] = flag | 126;
    head.writeUInt16BE(Number(size), 1);
  } else head = Buffer.from([flag | Number(size)]);
  if (!masked) return Buffer.concat([first, head, body]);
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  return Buffer.concat([first, head, mask, body.map((octet, i) => octet ^ mask[i & 3]!)]);
}

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
export const bye = frame(CLOSE, Buffer.from([3, 232]));
const code = (value: number, reason: string | Buffer = ''): Buffer => Buffer.concat([Buffer.from([value >> 8, value & 255]), Buffer.from(reason as string)]);
const cut = (octets: Buffer, size: number): Buffer[] => Array.from({ length: Math.ceil(octets.length / size) }, (_, i) => octets.subarray(i * size, (i + 1) * size));
const deflated = (text: string): Buffer => deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);

/** `largest`: the longest message that the server takes. */
export function conversations(largest: number): readonly Conversation[] {
  const all: Conversation[] = [];
  const add = (name: string, says: readonly Buffer[], more: Partial<Conversation> = {}): void => void all.push({ name, says, ...more });
  for (const size of [0, 1, 2, 16, 124, 125, 126, 127, 128, 1000, 4096, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 200_000, largest]) {
    add(`binary of ${size}`, [frame(BINARY, Buffer.alloc(size, size))]);
    add(`text of ${size}`, [frame(TEXT, 'x'.repeat(size))]);
  }
  for (const size of [1, 2, 3, 5, 7, 100]) add(`chopped in ${size}`, cut(Buffer.concat([frame(TEXT, 'hello world'.repeat(5)), frame(PING, 'p'), frame(BINARY, Buffer.alloc(200, 7))]), size));
  for (const parts of [2, 3, 10, 100]) {
    const pieces = Array.from({ length: parts }, (_, i) => frame(i === 0 ? TEXT : 0, `part ${i} `, { fin: i === parts - 1 }));
    add(`in ${parts} fragments`, pieces);
    add(`in ${parts} fragments with pings between`, pieces.flatMap((piece, i) => [piece, frame(PING, String(i))]));
    add(`in ${parts} fragments with pongs between`, pieces.flatMap((piece, i) => [frame(PONG, String(i)), piece]));
    add(`in ${parts} fragments at once`, [Buffer.concat(pieces)]);
  }
  add('empty fragments', [frame(TEXT, '', { fin: false }), frame(0, '', { fin: false }), frame(0, '')]);
  for (const opcode of [PING, PONG]) {
    for (const size of [0, 1, 124, 125, 126, 200]) add(`control ${opcode} of ${size}`, [frame(opcode, Buffer.alloc(size, 1))]);
    add(`control ${opcode} in fragments`, [frame(opcode, 'a', { fin: false }), frame(0, 'b')]);
    add(`control ${opcode} ten times`, Array.from({ length: 10 }, (_, i) => frame(opcode, String(i))));
  }
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) add(`reserved opcode ${opcode}`, [frame(TEXT, 'before'), frame(opcode, 'x')]);
  for (const rsv of [1, 2, 3, 4, 5, 6, 7]) for (const opcode of [TEXT, BINARY, PING, CLOSE, 0]) add(`reserved bits ${rsv} on ${opcode}`, [frame(opcode, opcode === CLOSE ? code(1000) : 'x', { rsv })]);
  for (const opcode of [TEXT, BINARY, PING, PONG, CLOSE]) add(`unmasked ${opcode}`, [frame(opcode, opcode === CLOSE ? code(1000) : 'x', { masked: false })]);
  for (const opcode of [TEXT, BINARY]) {
    add(`continuation of nothing, then ${opcode}`, [frame(0, 'x'), frame(opcode, 'y')]);
    add(`${opcode} inside of fragments`, [frame(TEXT, 'x', { fin: false }), frame(opcode, 'y')]);
    add(`length in too many octets ${opcode}`, [frame(opcode, 'x', { length: 2 })]);
    add(`length in far too many octets ${opcode}`, [frame(opcode, 'x', { length: 8 })]);
    add(`length beyond 2^53 ${opcode}`, [frame(opcode, 'x', { claims: 1n << 60n })]);
    add(`length with the first bit ${opcode}`, [frame(opcode, 'x', { claims: 1n << 63n })]);
    add(`too big ${opcode}`, [frame(opcode, Buffer.alloc(largest + 1))]);
    add(`too big, claimed ${opcode}`, [frame(opcode, 'x', { claims: 0xffff_ffffn })]);
    add(`too big in fragments ${opcode}`, [frame(opcode, Buffer.alloc(largest / 2), { fin: false }), frame(0, Buffer.alloc(largest / 2 + 1))]);
  }
  for (const value of [0, 1, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 65_535]) {
    add(`close ${value}`, [frame(CLOSE, code(value))]);
    add(`close ${value} with a reason`, [frame(TEXT, 'x'), frame(CLOSE, code(value, 'because'))]);
  }
  add('close without a code', [frame(CLOSE, '')]);
  add('close with half a code', [frame(CLOSE, Buffer.from([3]))]);
  add('close with the longest reason', [frame(CLOSE, code(1000, 'r'.repeat(123)))]);
  add('close with a reason too long', [frame(CLOSE, code(1000, 'r'.repeat(124)))]);
  add('close with a reason that is no text', [frame(CLOSE, code(1000, Buffer.from([0xff, 0xfe])))]);
  add('close, then more', [bye, frame(TEXT, 'too late'), frame(PING, 'x')]);
  add('close twice', [bye, bye]);
  add('close inside of fragments', [frame(TEXT, 'x', { fin: false }), bye]);
  for (const [name, octets] of [['overlong', [0xc0, 0xaf]], ['surrogate', [0xed, 0xa0, 0x80]], ['beyond', [0xf4, 0x90, 0x80, 0x80]], ['cut', [0xe2, 0x82]], ['stray', [0x80]], ['fe', [0xfe]]] as const) {
    add(`text that is none: ${name}`, [frame(TEXT, Buffer.from([65, ...octets, 66]))]);
    add(`text that is none: ${name}, at the end`, [frame(TEXT, Buffer.from([65, ...octets]))]);
    add(`text that is none: ${name}, in fragments`, [frame(TEXT, Buffer.from([65, octets[0]]), { fin: false }), frame(0, Buffer.from([...octets.slice(1), 66]))]);
    add(`octets that are no text: ${name}`, [frame(BINARY, Buffer.from(octets))]);
  }
  for (const text of ['κόσμε', '€', '𐍈', '\u{10ffff}', 'ÿ'.repeat(500)]) {
    const octets = Buffer.from(text);
    add(`text ${text.slice(0, 5)}`, [frame(TEXT, octets)]);
    add(`text ${text.slice(0, 5)}, an octet a fragment`, cut(octets, 1).map((octet, i, list) => frame(i === 0 ? TEXT : 0, octet, { fin: i === list.length - 1 })));
  }
  const DEFLATE = 'permessage-deflate';
  for (const offer of [DEFLATE, `${DEFLATE}; client_max_window_bits`, `${DEFLATE}; server_no_context_takeover`, `${DEFLATE}; client_no_context_takeover`, `${DEFLATE}; server_max_window_bits=10`, `${DEFLATE}; server_max_window_bits=99`, `${DEFLATE}; unknown`, 'x-unknown', `x-unknown, ${DEFLATE}`]) {
    add(`offer ${offer}`, [frame(TEXT, 'short'), frame(TEXT, 'long enough to be compressed '.repeat(20))], { offer });
    add(`offer ${offer}, compressed`, [frame(TEXT, deflated('compressed '.repeat(50)), { rsv: 4 }), frame(TEXT, deflated('again '.repeat(50)), { rsv: 4 })], { offer });
  }
  const squeezed = deflated('fragments of what is compressed '.repeat(30));
  add('compressed fragments', cut(squeezed, 10).map((piece, i, list) => frame(i === 0 ? TEXT : 0, piece, { rsv: i === 0 ? 4 : 0, fin: i === list.length - 1 })), { offer: DEFLATE });
  add('compressed fragments, each said to be so', cut(squeezed, 10).map((piece, i, list) => frame(i === 0 ? TEXT : 0, piece, { rsv: 4, fin: i === list.length - 1 })), { offer: DEFLATE });
  add('compressed rubbish', [frame(TEXT, Buffer.from('not deflate at all'), { rsv: 4 })], { offer: DEFLATE });
  add('compressed bomb', [frame(BINARY, deflated('a'.repeat(largest + 1)), { rsv: 4 })], { offer: DEFLATE });
  add('compressed nothing', [frame(TEXT, Buffer.from([0]), { rsv: 4 })], { offer: DEFLATE });
  add('compressed without an agreement', [frame(TEXT, squeezed, { rsv: 4 })]);
  for (const path of ['/greets', '/pings', '/leaves', '/silent']) for (const end of ['close', 'fin'] as const) add(`${path} ${end}`, [frame(TEXT, 'hello')], { path, end });
  // what is said while the other vanishes may or may not be heard: nothing is
  add('/vanishes', [], { path: '/vanishes', end: 'wait' });
  for (const end of ['fin', 'reset'] as const) {
    add(`nothing, then ${end}`, [], { end });
    add(`a message, then ${end}`, [frame(TEXT, 'x')], { end, path: '/silent' });
    add(`half a frame, then ${end}`, [frame(TEXT, 'hello').subarray(0, 8)], { end });
    add(`half a message, then ${end}`, [frame(TEXT, 'hello', { fin: false })], { end });
    add(`half a head, then ${end}`, [frame(BINARY, Buffer.alloc(70_000)).subarray(0, 5)], { end });
  }
  add('a hundred messages at once', [Buffer.concat(Array.from({ length: 100 }, (_, i) => frame(BINARY, Buffer.alloc(i * 13, i))))]);
  // of what breaks the rules, what was said before is heard, whatever the server does about the rest
  for (const [name, broken] of [['a reserved opcode', frame(3, 'x')], ['reserved bits', frame(TEXT, 'x', { rsv: 2 })], ['no mask', frame(TEXT, 'x', { masked: false })], ['no text', frame(TEXT, Buffer.from([0xff]))]] as const) {
    for (const size of [1, 1000, 30_000]) add(`${size} octets before ${name}, to a server that cuts the connection`, [frame(BINARY, Buffer.alloc(size, 5)), broken, frame(PING, 'x')], { path: '/strict' });
  }
  add('thirty large ones', Array.from({ length: 30 }, (_, i) => frame(BINARY, Buffer.alloc(100_000, i))));
  const vast = Buffer.alloc(VAST, 'thirteen long');
  add('a message of 16 MB', [frame(BINARY, vast)], { path: '/vast' });
  add('a message of 16 MB in fragments of 1 MB', cut(vast, 1024 * 1024).map((piece, i, list) => frame(i === 0 ? TEXT : 0, piece, { fin: i === list.length - 1 })), { path: '/vast' });
  return all;
}
