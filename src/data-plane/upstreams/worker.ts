import type { Clock, Wheel } from '../../kernel/index.ts';
import { NO_BODY, type ResponseHead } from '../exchange/index.ts';
import { FrameBuffers, WriteTurn } from '../sockets/index.ts';
import { ResponseFields, TrailerFields } from '../wire/http2/index.ts';
import { ResponseHeadParser } from '../wire/index.ts';
import { ReceivedHead } from './received-head.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** ALB's quotas for responses: 32 KB in all. The lines of one response are as long as those of requests may be. */
export const RESPONSE_HEAD_BYTES = 32 * 1024;

/** Octets a read when a body is known to be long: one system call instead of four. */
const BULK_BYTES = 256 * 1024;
const BULK_BUFFERS_KEPT = 16;

/** What all connections to targets of one thread share: the read buffer, the parser's scratch, spare buffers for long bodies. */
export class UpstreamWorker {
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly authorities: readonly string[] | null;
  readonly readBuffer = Buffer.allocUnsafeSlow(64 * 1024);
  readonly head = new ResponseHeadParser({ fields: 200, line: RESPONSE_HEAD_BYTES, startLine: 8 * 1024 });
  /** Filled for each response; whoever is handed it reads it at once. */
  readonly response = new ReceivedHead();
  readonly writes = new WriteTurn();
  /** For HTTP/2: the scratch of field sections, and the buffers that frames are written into. */
  readonly streamed: Mutable<ResponseHead> = { status: 0, reason: '', headers: '', framing: NO_BODY, contentLength: 0, whole: null };
  readonly fields = new ResponseFields({ size: RESPONSE_HEAD_BYTES + 200 * 32, fields: 200 });
  readonly trailers = new TrailerFields();
  readonly frames = new FrameBuffers();
  readonly #bulk: Buffer[] = [];

  /** `authorities`: PEM, trusted where certificates are verified; null: those that Node.js trusts. */
  constructor(clock: Clock, wheel: Wheel, authorities: readonly string[] | null = null) {
    this.authorities = authorities;
    this.clock = clock;
    this.wheel = wheel;
  }

  takeBulk(): Buffer {
    return this.#bulk.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES);
  }

  giveBulk(buffer: Buffer): void {
    if (this.#bulk.length < BULK_BUFFERS_KEPT) this.#bulk.push(buffer);
  }
}
