import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { HealthCheck } from '../../../snapshot/index.ts';
import { OK } from '../../wire/index.ts';
import {
  ACK, BLOCK, BROKEN, DATA, DATA_HEAD, DATA_PIECE, END_HEADERS, END_STREAM, FRAME, FRAME_HEAD, FrameReader, GOAWAY, HEADERS, HpackDecoder, HpackEncoder, MORE, NO_ERROR, PeerSettings, PING,
  PREFACE, PUSH_PROMISE, readUint31, ResponseFields, RST_STREAM, SETTINGS, writeFrameHead,
} from '../../wire/http2/index.ts';
import type { CheckAddress } from './probe.ts';
import type { CheckOutcome } from './verdict.ts';

const STREAM = 1;
const LIMITS = { size: 64 * 1024, fields: 256 };
/** What a check reads at most: of the answer only its fields matter. */
const READ_MOST = 256 * 1024;
/** A gRPC message of no octets, uncompressed: what every request type can be read from. */
const EMPTY_MESSAGE = Buffer.alloc(5);
/** SETTINGS_ENABLE_PUSH: 0. */
const NO_PUSH = Buffer.from([0, 2, 0, 0, 0, 0]);

/** One check over HTTP/2: a GET, or a gRPC call whose status is in its trailers (or in its head, where there is nothing else). */
export class Http2Probe {
  readonly #socket: Socket;
  readonly #grpc: boolean;
  readonly #done: (outcome: CheckOutcome) => void;
  readonly #reader = new FrameReader(false);
  readonly #settings = new PeerSettings('server');
  readonly #encoder = new HpackEncoder();
  readonly #decoder = new HpackDecoder();
  readonly #fields = new ResponseFields(LIMITS);
  #read = 0;
  #headRead = false;

  constructor(socket: Socket, check: HealthCheck, done: (outcome: CheckOutcome) => void) {
    this.#socket = socket;
    this.#grpc = check.version === 'grpc';
    this.#done = done;
    socket.on('data', (chunk: Buffer) => this.#hear(chunk));
  }

  /** The connection is there: says all at once. */
  ask(at: CheckAddress, check: HealthCheck): void {
    if (this.#socket instanceof TLSSocket && this.#socket.alpnProtocol !== 'h2') return this.#done({ kind: 'failed', why: 'the target does not choose h2 by ALPN' });
    const host = at.address.includes(':') ? `[${at.address}]` : at.address;
    const fields = `user-agent: ELB-HealthChecker/2.0\r\n${this.#grpc ? 'content-type: application/grpc\r\n' : 'accept-encoding: gzip, compressed\r\n'}`;
    const head = `${this.#grpc ? 'POST' : 'GET'} ${check.path} HTTP/1.1\r\nHost: ${host}:${at.port}\r\n${fields}\r\n`;
    const block = Buffer.alloc(HpackEncoder.room(head.length));
    const length = this.#encoder.request({ scheme: check.protocol === 'https' ? 'https' : 'http', trailers: this.#grpc }, [head], block, 0);
    const parts = [PREFACE, frame(SETTINGS, 0, 0, NO_PUSH), frame(HEADERS, this.#grpc ? END_HEADERS : END_HEADERS | END_STREAM, STREAM, block.subarray(0, length))];
    if (this.#grpc) parts.push(frame(DATA, END_STREAM, STREAM, EMPTY_MESSAGE));
    this.#socket.write(Buffer.concat(parts));
  }

  #hear(chunk: Buffer): void {
    this.#read += chunk.length;
    if (this.#read > READ_MOST) return this.#done({ kind: 'failed', why: `the answer exceeds ${READ_MOST} bytes` });
    const reader = this.#reader;
    reader.feed(chunk, chunk.length);
    for (let found = reader.next(); found !== MORE; found = reader.next()) {
      const outcome = this.#found(found);
      if (outcome !== null) return this.#done(outcome);
    }
    // the chunk is nobody else's
    reader.hold(PREFACE);
  }

  #found(found: ReturnType<FrameReader['next']>): CheckOutcome | null {
    const { stream, left, last } = this.#reader;
    switch (found) {
      case BROKEN:
        return MALFORMED;
      case FRAME:
        return this.#frame();
      case BLOCK:
        return stream === STREAM ? this.#section() : MALFORMED;
      case DATA_HEAD:
        if (stream !== STREAM || !this.#headRead) return MALFORMED;
        return left === 0 && last ? NO_CODE : null;
      case DATA_PIECE:
        return left === 0 && last ? NO_CODE : null;
      default:
        return null;
    }
  }

  #frame(): CheckOutcome | null {
    const { type, flags, stream, length, buffer, start } = this.#reader;
    switch (type) {
      case SETTINGS:
        if ((flags & ACK) !== 0) return null;
        if (this.#settings.read(this.#reader, this.#encoder) !== NO_ERROR) return MALFORMED;
        this.#socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
        return null;
      case PING:
        if (stream !== 0 || length !== 8) return MALFORMED;
        if ((flags & ACK) === 0) this.#socket.write(frame(PING, ACK, 0, buffer.subarray(start, start + length)));
        return null;
      case RST_STREAM:
        return stream === STREAM ? REFUSED : MALFORMED;
      case GOAWAY:
        if (stream !== 0 || length < 8) return MALFORMED;
        // a target that takes no more of them may still answer this one (RFC 9113 section 6.8)
        return readUint31(buffer, start) < STREAM ? REFUSED : null;
      case PUSH_PROMISE:
        return MALFORMED;
      default:
        return null;
    }
  }

  #section(): CheckOutcome | null {
    const { buffer, start, end, last } = this.#reader;
    const fields = this.#fields;
    fields.begin();
    if (!this.#decoder.decode(buffer, start, end, fields) || fields.flaw !== OK) return MALFORMED;
    if (!this.#headRead) {
      if (fields.status === 0) return MALFORMED;
      if (fields.status < 200) return null;
      this.#headRead = true;
      if (!this.#grpc) return { kind: 'status', status: fields.status };
      if (fields.status !== 200) return { kind: 'failed', why: `the target answered the gRPC call with HTTP status ${fields.status}` };
    }
    if (/^\d{1,2}$/.test(fields.grpcStatus)) return { kind: 'status', status: Number(fields.grpcStatus) };
    return last ? NO_CODE : null;
  }
}

const MALFORMED: CheckOutcome = { kind: 'failed', why: 'the answer is malformed' };
const REFUSED: CheckOutcome = { kind: 'failed', why: 'the target has refused the request' };
const NO_CODE: CheckOutcome = { kind: 'failed', why: 'the answer has no grpc-status' };

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const octets = Buffer.alloc(FRAME_HEAD + payload.length);
  payload.copy(octets, writeFrameHead(octets, 0, { length: payload.length, type, flags, stream }));
  return octets;
}
