import { isUtf8 } from 'node:buffer';
import { INVALID_PAYLOAD, mayBeSent, NO_STATUS, PROTOCOL_ERROR, TOO_BIG, UNSUPPORTED_DATA } from './close-code.ts';
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT } from './frame.ts';

export interface FrameLimits {
  /** Payload of one frame. */
  readonly frameBytes: number;
  /** All frames of a message together. */
  readonly messageBytes: number;
  /** False: a binary message breaks the connection with 1003. */
  readonly binary: boolean;
}

/** Who hears what a peer says. Buffers are the hearer's own. */
export interface FrameHearer {
  message(data: Buffer, binary: boolean): void;
  ping(data: Buffer): void;
  pong(): void;
  /** The peer's Close frame; `code` is 1005 where it had none. Nothing is read after it. */
  closed(code: number, reason: string): void;
  /** The peer broke the protocol or a limit: what is to be told to it. Nothing is read after it. */
  broken(code: number, why: string): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * Cuts what a WebSocket client sends into messages, strictly by RFC 6455: frames must be masked (5.1), no extension is spoken so that reserved
 * bits must be 0 (5.2), control frames are whole and short (5.5), text is UTF-8 (8.1). Keeps nothing while no message is under way: an idle
 * connection costs its few fields. A frame's payload is collected in a buffer of its size, so that dripping costs no copying.
 */
export class FrameReader {
  /** Octets of a head that has not come whole: at most 13. */
  #held: Buffer | null = null;
  /** Payload of the frame under way, filled up to `#filled`. */
  #payload: Buffer | null = null;
  #filled = 0;
  #mask = 0;
  #first = 0;
  /** Frames of the message under way; null: none is. */
  #parts: Buffer[] | null = null;
  #opcode = 0;
  #size = 0;
  #ended = false;

  /** Octets that are held for what is not complete. */
  get held(): number {
    return this.#size + (this.#payload?.length ?? 0);
  }

  /** Takes octets `start` to `end`; does not keep them. */
  read(buffer: Buffer, range: { readonly start: number; readonly end: number }, context: { readonly limits: FrameLimits; readonly hearer: FrameHearer }): void {
    const { limits, hearer } = context;
    let bytes = buffer;
    let at = range.start;
    let { end } = range;
    while (at < end && !this.#ended) {
      if (this.#payload !== null) {
        const take = Math.min(this.#payload.length - this.#filled, end - at);
        unmask({ from: bytes, at, to: this.#payload, filled: this.#filled, mask: this.#mask, length: take });
        this.#filled += take;
        at += take;
        if (this.#filled === this.#payload.length) this.#whole(this.#payload, hearer);
        continue;
      }
      if (this.#held !== null) {
        bytes = Buffer.concat([this.#held, bytes.subarray(at, end)]);
        this.#held = null;
        at = 0;
        end = bytes.length;
      }
      const head = this.#readHead(bytes, at, end, limits);
      if (head === 0) {
        this.#held = Buffer.from(bytes.subarray(at, end));
        return;
      }
      if (typeof head !== 'number') {
        this.#ended = true;
        return hearer.broken(head.code, head.why);
      }
      at += head;
      if (this.#payload!.length === 0) this.#whole(NOTHING, hearer);
    }
  }

  /** Length of the head at `at`, with the fields set for its payload; 0: it is not whole; else what is wrong with it. */
  #readHead(bytes: Buffer, at: number, end: number, limits: FrameLimits): number | { readonly code: number; readonly why: string } {
    if (end - at < 2) return 0;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    const opcode = first & 15;
    const fin = (first & 0x80) !== 0;
    const short = second & 127;
    if ((first & 0x70) !== 0) return { code: PROTOCOL_ERROR, why: 'a reserved bit is set' };
    if ((second & 0x80) === 0) return { code: PROTOCOL_ERROR, why: 'the frame is not masked' };
    if (opcode >= CLOSE) {
      if (opcode > PONG) return { code: PROTOCOL_ERROR, why: 'the opcode is reserved' };
      if (!fin || short > 125) return { code: PROTOCOL_ERROR, why: 'a control frame is in parts or too long' };
    } else if (opcode > BINARY) return { code: PROTOCOL_ERROR, why: 'the opcode is reserved' };
    else if ((opcode === CONTINUATION) !== (this.#parts !== null)) return { code: PROTOCOL_ERROR, why: 'frames of messages are interleaved' };
    if (opcode === BINARY && !limits.binary) return { code: UNSUPPORTED_DATA, why: 'binary frames are not accepted' };
    const head = short < 126 ? 6 : short === 126 ? 8 : 14;
    if (end - at < head) return 0;
    let length = short;
    if (short === 126) {
      length = bytes.readUInt16BE(at + 2);
      if (length < 126) return { code: PROTOCOL_ERROR, why: 'a length is written longer than it needs to be' };
    } else if (short === 127) {
      const high = bytes.readUInt32BE(at + 2);
      length = high * 4_294_967_296 + bytes.readUInt32BE(at + 6);
      if (high >= 0x8000_0000 || length < 65_536) return { code: PROTOCOL_ERROR, why: 'a length is written wrongly' };
    }
    if (opcode < CLOSE && (length > limits.frameBytes || this.#size + length > limits.messageBytes)) return { code: TOO_BIG, why: 'the frame or the message is too big' };
    this.#first = first;
    this.#mask = bytes.readInt32BE(at + head - 4);
    this.#payload = length === 0 ? NOTHING : Buffer.allocUnsafeSlow(length);
    this.#filled = 0;
    return head;
  }

  /** A frame has come whole. */
  #whole(payload: Buffer, hearer: FrameHearer): void {
    this.#payload = null;
    const opcode = this.#first & 15;
    switch (opcode) {
      case PING:
        return hearer.ping(payload);
      case PONG:
        return hearer.pong();
      case CLOSE:
        this.#ended = true;
        return heardClose(payload, hearer);
    }
    if (opcode !== CONTINUATION) this.#opcode = opcode;
    if ((this.#first & 0x80) === 0) {
      (this.#parts ??= []).push(payload);
      this.#size += payload.length;
      // frames without payload cost memory too: a message of nothing but those has an end
      if (this.#parts.length > MOST_PARTS) {
        this.#ended = true;
        hearer.broken(TOO_BIG, 'the message is in too many frames');
      }
      return;
    }
    let message = payload;
    if (this.#parts !== null) {
      this.#parts.push(payload);
      message = Buffer.concat(this.#parts);
      this.#parts = null;
      this.#size = 0;
    }
    if (this.#opcode === TEXT && !isUtf8(message)) {
      this.#ended = true;
      return hearer.broken(INVALID_PAYLOAD, 'the text is not UTF-8');
    }
    hearer.message(message, this.#opcode === BINARY);
  }
}

const MOST_PARTS = 4096;

function heardClose(payload: Buffer, hearer: FrameHearer): void {
  if (payload.length === 0) return hearer.closed(NO_STATUS, '');
  if (payload.length === 1) return hearer.broken(PROTOCOL_ERROR, 'a Close frame has half a status code');
  const code = payload.readUInt16BE(0);
  if (!mayBeSent(code)) return hearer.broken(PROTOCOL_ERROR, 'a Close frame has a status code that must not be sent');
  const reason = payload.subarray(2);
  if (!isUtf8(reason)) return hearer.broken(INVALID_PAYLOAD, 'the reason of a Close frame is not UTF-8');
  hearer.closed(code, reason.toString('utf8'));
}

/** Copies `length` octets, unmasked (RFC 6455 section 5.3), to `to` from `filled` on. */
function unmask(piece: { readonly from: Buffer; readonly at: number; readonly to: Buffer; readonly filled: number; readonly mask: number; readonly length: number }): void {
  const { from, at, to, filled, mask, length } = piece;
  const m0 = (mask >>> 24) & 255;
  const m1 = (mask >>> 16) & 255;
  const m2 = (mask >>> 8) & 255;
  const m3 = mask & 255;
  for (let i = 0; i < length; i++) {
    const place = (filled + i) & 3;
    to[filled + i] = from[at + i]! ^ (place === 0 ? m0 : place === 1 ? m1 : place === 2 ? m2 : m3);
  }
}
