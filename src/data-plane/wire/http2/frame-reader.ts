import {
  ACK, CONTINUATION, DATA, END_HEADERS, ENHANCE_YOUR_CALM, END_STREAM, type ErrorCode, FRAME_HEAD, FRAME_OCTETS, FRAME_SIZE_ERROR, HEADERS, NO_ERROR, PADDED, PREFACE,
  PRIORITISED, PROTOCOL_ERROR, readUint31, SETTINGS,
} from './frame.ts';

/** A header block as it comes, compressed, over all its CONTINUATION frames: more would not fit into a head that anybody takes. */
const BLOCK_OCTETS = 64 * 1024;

/** What `next` has found. */
export const MORE = 0;
/** A frame that is whole, and neither DATA nor part of a header block. */
export const FRAME = 1;
/** The head of a DATA frame; its payload follows as `DATA_PIECE`. */
export const DATA_HEAD = 2;
export const DATA_PIECE = 3;
/** A part of a header block that goes on. */
export const BLOCK_PART = 4;
/** A header block that is whole, its last part included. */
export const BLOCK = 5;
/** The octets are no HTTP/2: `error` and `why`. Nothing more is found. */
export const BROKEN = 6;
export type Found = typeof MORE | typeof FRAME | typeof DATA_HEAD | typeof DATA_PIECE | typeof BLOCK_PART | typeof BLOCK | typeof BROKEN;

/**
 * Cuts the octets of one direction of a connection into frames (RFC 9113 section 4), for servers and clients alike; what a frame means is theirs. It is
 * asked for one thing after another and tells it in its own fields, so that nothing is allocated for a frame and everybody's call is the same one.
 */
export class FrameReader {
  // --- the frame that was found last
  type = 0;
  flags = 0;
  stream = 0;
  length = 0;
  /** Where its payload is, without padding and priority: `buffer` from `start` to `end`. */
  buffer: Buffer = PREFACE;
  start = 0;
  end = 0;
  /** END_STREAM: of the header block, or of the DATA frame. */
  last = false;
  /** Of a header block: its stream is to depend on itself (RFC 7540 section 5.3.1). */
  selfDependent = false;
  /** Of a DATA frame: its padding, with the octet that says how much; payload that is to come. */
  padding = 0;
  left = 0;
  error: ErrorCode = NO_ERROR;
  why = '';
  // --- what was fed
  #source: Buffer = PREFACE;
  #at = 0;
  #till = 0;
  #held: Buffer | null = null;
  #paddingLeft = 0;
  #preface: boolean;
  #settled = false;
  #block: Buffer[] | null = null;
  #blockOctets = 0;
  #blockStream = 0;

  /** `preface`: the octets begin with a client's preface. */
  constructor(preface: boolean) {
    this.#preface = preface;
  }

  /** A header block has begun and not ended. */
  get inBlock(): boolean {
    return this.#block !== null;
  }

  get awaitsPreface(): boolean {
    return this.#preface;
  }

  /** Octets that were read; `next` tells what is in them, and `hold` keeps the rest. */
  feed(buffer: Buffer, length: number): void {
    this.#at = 0;
    if (this.#held === null) {
      this.#source = buffer;
      this.#till = length;
      return;
    }
    this.#source = Buffer.concat([this.#held, buffer.subarray(0, length)]);
    this.#till = this.#source.length;
    this.#held = null;
  }

  /** Keeps what is not told yet. `shared`: the buffer that may be overwritten from now on. */
  hold(shared: Buffer): void {
    if (this.#at < this.#till) {
      const rest = this.#source.subarray(this.#at, this.#till);
      this.#held = this.#source === shared ? Buffer.from(rest) : rest;
    }
    this.#source = this.buffer = PREFACE;
  }

  /** Lets go of everything: no more will be asked for. */
  drop(): void {
    this.#held = null;
    this.#block = null;
    this.#source = this.buffer = PREFACE;
    this.#at = this.#till = 0;
  }

  next(): Found {
    if (this.left > 0 || this.#paddingLeft > 0) {
      if (this.#at >= this.#till) return MORE;
      if (this.left > 0) return this.#dataPiece();
      const skipped = Math.min(this.#paddingLeft, this.#till - this.#at);
      this.#paddingLeft -= skipped;
      this.#at += skipped;
      if (this.#paddingLeft > 0) return MORE;
    }
    if (this.#preface) {
      const length = Math.min(this.#till - this.#at, PREFACE.length);
      if (PREFACE.compare(this.#source, this.#at, this.#at + length, 0, length) !== 0) return this.#broken(PROTOCOL_ERROR, 'the connection does not begin with the preface of HTTP/2');
      if (length < PREFACE.length) return MORE;
      this.#at += length;
      this.#preface = false;
    }
    const buffer = this.#source;
    const at = this.#at;
    const there = this.#till - at;
    if (there < FRAME_HEAD) return MORE;
    const length = (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!;
    const type = buffer[at + 3]!;
    const flags = buffer[at + 4]!;
    if (length > FRAME_OCTETS) return this.#broken(FRAME_SIZE_ERROR, 'a frame is longer than SETTINGS_MAX_FRAME_SIZE');
    if (!this.#settled) {
      if (type !== SETTINGS || (flags & ACK) !== 0) return this.#broken(PROTOCOL_ERROR, 'the first frame is not SETTINGS');
      this.#settled = true;
    }
    if (this.#block !== null && type !== CONTINUATION) return this.#broken(PROTOCOL_ERROR, 'a header block is interrupted by another frame');
    // of a padded DATA the length of its padding must be there
    const needed = type !== DATA ? FRAME_HEAD + length : FRAME_HEAD + ((flags & PADDED) !== 0 && length > 0 ? 1 : 0);
    if (there < needed) return MORE;
    this.buffer = buffer;
    this.type = type;
    this.flags = flags;
    this.stream = readUint31(buffer, at + 5);
    this.length = length;
    this.#at = at + needed;
    this.start = at + FRAME_HEAD;
    this.end = this.start + length;
    if (type === DATA) return this.#dataHead();
    if (type === HEADERS) return this.#headers();
    return type === CONTINUATION ? this.#continuation() : FRAME;
  }

  #dataHead(): Found {
    this.last = (this.flags & END_STREAM) !== 0;
    this.padding = 0;
    if (this.stream === 0) return this.#broken(PROTOCOL_ERROR, 'DATA on stream 0');
    if ((this.flags & PADDED) !== 0) {
      if (this.length === 0) return this.#broken(FRAME_SIZE_ERROR, 'padded DATA without the length of its padding');
      this.padding = this.buffer[this.start]! + 1;
      if (this.padding > this.length) return this.#broken(PROTOCOL_ERROR, 'more padding than payload');
      this.#paddingLeft = this.padding - 1;
    }
    this.left = this.length - this.padding;
    return DATA_HEAD;
  }

  #dataPiece(): Found {
    const take = Math.min(this.left, this.#till - this.#at);
    this.buffer = this.#source;
    this.start = this.#at;
    this.end = this.#at += take;
    this.left -= take;
    return DATA_PIECE;
  }

  #headers(): Found {
    if (this.stream === 0) return this.#broken(PROTOCOL_ERROR, 'HEADERS on stream 0');
    if ((this.flags & PADDED) !== 0) {
      if (this.length === 0) return this.#broken(FRAME_SIZE_ERROR, 'padded HEADERS without the length of its padding');
      this.end -= this.buffer[this.start++]!;
    }
    this.selfDependent = false;
    if ((this.flags & PRIORITISED) !== 0) {
      if (this.end - this.start < 5) return this.#broken(FRAME_SIZE_ERROR, 'HEADERS without the priority that its flag says');
      this.selfDependent = readUint31(this.buffer, this.start) === this.stream;
      this.start += 5;
    }
    if (this.start > this.end) return this.#broken(PROTOCOL_ERROR, 'more padding than payload');
    this.last = (this.flags & END_STREAM) !== 0;
    if ((this.flags & END_HEADERS) !== 0) return BLOCK;
    this.#block = [Buffer.from(this.buffer.subarray(this.start, this.end))];
    this.#blockOctets = this.end - this.start;
    this.#blockStream = this.stream;
    return BLOCK_PART;
  }

  #continuation(): Found {
    const block = this.#block;
    if (block === null || this.stream !== this.#blockStream) return this.#broken(PROTOCOL_ERROR, 'CONTINUATION of no header block');
    block.push(Buffer.from(this.buffer.subarray(this.start, this.end)));
    this.#blockOctets += this.length;
    if (this.#blockOctets > BLOCK_OCTETS) return this.#broken(ENHANCE_YOUR_CALM, 'a header block without end');
    if ((this.flags & END_HEADERS) === 0) return BLOCK_PART;
    this.#block = null;
    this.buffer = Buffer.concat(block);
    this.start = 0;
    this.end = this.#blockOctets;
    return BLOCK;
  }

  #broken(error: ErrorCode, why: string): Found {
    this.error = error;
    this.why = why;
    return BROKEN;
  }
}
