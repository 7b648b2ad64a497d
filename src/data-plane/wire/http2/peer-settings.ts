import {
  type ErrorCode, FLOW_CONTROL_ERROR, FRAME_OCTETS, FRAME_OCTETS_MOST, FRAME_SIZE_ERROR, NO_ERROR, PROTOCOL_ERROR, readUint32, SETTINGS_ENABLE_PUSH, SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE, SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_FRAME_SIZE, WINDOW, WINDOW_MOST,
} from './frame.ts';
import type { FrameReader } from './frame-reader.ts';
import type { HpackEncoder } from './hpack-encoder.ts';

/** What the peer has said of itself in SETTINGS (RFC 9113 section 6.5.2), as far as it binds us. */
export class PeerSettings {
  initialWindow = WINDOW;
  streams = Infinity;
  /** What is wrong with those that `read` has not accepted. */
  why = '';
  /** Of SETTINGS_ENABLE_PUSH: a server, which takes no pushes, may not say 1. */
  readonly #pushMost: 0 | 1;

  constructor(peer: 'client' | 'server') {
    this.#pushMost = peer === 'client' ? 1 : 0;
  }

  /** The SETTINGS frame that the reader has found, which acknowledges nothing; NO_ERROR: it holds. */
  read({ buffer, start, end, length, stream }: FrameReader, encoder: HpackEncoder): ErrorCode {
    if (stream !== 0) return this.#refuse(PROTOCOL_ERROR, 'SETTINGS on a stream');
    if (length % 6 !== 0) return this.#refuse(FRAME_SIZE_ERROR, 'SETTINGS is not of six octets each');
    for (let at = start; at < end; at += 6) {
      const value = readUint32(buffer, at + 2);
      switch ((buffer[at]! << 8) | buffer[at + 1]!) {
        case SETTINGS_HEADER_TABLE_SIZE:
          encoder.limit(value);
          break;
        case SETTINGS_ENABLE_PUSH:
          if (value > this.#pushMost) return this.#refuse(PROTOCOL_ERROR, 'SETTINGS_ENABLE_PUSH is none of 0 and, for a client, 1');
          break;
        case SETTINGS_MAX_CONCURRENT_STREAMS:
          this.streams = value;
          break;
        case SETTINGS_INITIAL_WINDOW_SIZE:
          if (value > WINDOW_MOST) return this.#refuse(FLOW_CONTROL_ERROR, 'SETTINGS_INITIAL_WINDOW_SIZE is too large');
          this.initialWindow = value;
          break;
        case SETTINGS_MAX_FRAME_SIZE:
          // ours are never longer than the least of it
          if (value < FRAME_OCTETS || value > FRAME_OCTETS_MOST) return this.#refuse(PROTOCOL_ERROR, 'SETTINGS_MAX_FRAME_SIZE is out of range');
          break;
        default:
          break;
      }
    }
    return NO_ERROR;
  }

  #refuse(code: ErrorCode, why: string): ErrorCode {
    this.why = why;
    return code;
  }
}
