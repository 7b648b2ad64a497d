import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { HealthCheck } from '../../../snapshot/index.ts';
import { OK } from '../../wire/index.ts';
import {
  ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, FRAME_HEAD, FRAME_OCTETS, GOAWAY, HEADERS, HpackDecoder, HpackEncoder, PADDED, PREFACE, PRIORITISED, ResponseFields, RST_STREAM,
  SETTINGS, writeFrameHead,
} from '../../wire/http2/index.ts';
import type { CheckAddress } from './probe.ts';
import type { CheckOutcome } from './verdict.ts';

const STREAM = 1;
const LIMITS = { size: 64 * 1024, fields: 256 };
/** What a check reads at most: of the answer only its fields matter. */
const READ_MOST = 256 * 1024;
/** A gRPC message of no octets, uncompressed: what every request type can be read from. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** One check over HTTP/2: a GET, or a gRPC call whose status is in its trailers (or in its head, where there is nothing else). */
export class Http2Probe {
  readonly #socket: Socket;
  readonly #grpc: boolean;
  readonly #done: (outcome: CheckOutcome) => void;
  readonly #decoder = new HpackDecoder();
  readonly #fields = new ResponseFields(LIMITS);
  #held = Buffer.alloc(0);
  #read = 0;
  #block: { readonly last: boolean; readonly parts: Buffer[] } | null = null;
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
    const length = new HpackEncoder().request({ scheme: check.protocol === 'https' ? 'https' : 'http', trailers: this.#grpc }, [head], block, 0);
    const parts = [PREFACE, frame(SETTINGS, 0, 0, Buffer.alloc(0)), frame(HEADERS, this.#grpc ? END_HEADERS : END_HEADERS | END_STREAM, STREAM, block.subarray(0, length))];
    if (this.#grpc) parts.push(frame(DATA, END_STREAM, STREAM, EMPTY_MESSAGE));
    this.#socket.write(Buffer.concat(parts));
  }

  #hear(chunk: Buffer): void {
    this.#read += chunk.length;
    if (this.#read > READ_MOST) return this.#done({ kind: 'failed', why: `the answer exceeds ${READ_MOST} bytes` });
    this.#held = Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= FRAME_HEAD) {
      const length = this.#held.readUIntBE(0, 3);
      if (length > FRAME_OCTETS) return this.#malformed();
      if (this.#held.length < FRAME_HEAD + length) return;
      const [type, flags] = [this.#held[3]!, this.#held[4]!];
      const payload = this.#held.subarray(FRAME_HEAD, FRAME_HEAD + length);
      this.#held = this.#held.subarray(FRAME_HEAD + length);
      const outcome = this.#frame(type, flags, payload);
      if (outcome !== null) return this.#done(outcome);
    }
  }

  #frame(type: number, flags: number, payload: Buffer): CheckOutcome | null {
    switch (type) {
      case SETTINGS:
        if ((flags & ACK) === 0) this.#socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
        return null;
      case HEADERS: {
        let start = 0;
        let end = payload.length;
        if ((flags & PADDED) !== 0) end -= payload[start++] ?? 0;
        if ((flags & PRIORITISED) !== 0) start += 5;
        this.#block = { last: (flags & END_STREAM) !== 0, parts: [payload.subarray(start, Math.max(start, end))] };
        return (flags & END_HEADERS) === 0 ? null : this.#section();
      }
      case CONTINUATION:
        this.#block?.parts.push(payload);
        return (flags & END_HEADERS) === 0 ? null : this.#section();
      case DATA:
        return (flags & END_STREAM) !== 0 ? { kind: 'failed', why: 'the answer has no grpc-status' } : null;
      case RST_STREAM:
      case GOAWAY:
        return { kind: 'failed', why: 'the target has refused the request' };
      default:
        return null;
    }
  }

  #section(): CheckOutcome | null {
    const block = this.#block;
    this.#block = null;
    if (block === null) return MALFORMED;
    const octets = Buffer.concat(block.parts);
    const fields = this.#fields;
    fields.begin();
    if (!this.#decoder.decode(octets, 0, octets.length, fields) || fields.flaw !== OK) return MALFORMED;
    if (!this.#headRead) {
      if (fields.status === 0) return MALFORMED;
      if (fields.status < 200) return null;
      this.#headRead = true;
      if (!this.#grpc) return { kind: 'status', status: fields.status };
      if (fields.status !== 200) return { kind: 'failed', why: `the target answered the gRPC call with HTTP status ${fields.status}` };
    }
    if (/^\d{1,2}$/.test(fields.grpcStatus)) return { kind: 'status', status: Number(fields.grpcStatus) };
    return block.last ? { kind: 'failed', why: 'the answer has no grpc-status' } : null;
  }

  #malformed(): void {
    this.#done(MALFORMED);
  }
}

const MALFORMED: CheckOutcome = { kind: 'failed', why: 'the answer is malformed' };

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const octets = Buffer.alloc(FRAME_HEAD + payload.length);
  payload.copy(octets, writeFrameHead(octets, 0, { length: payload.length, type, flags, stream }));
  return octets;
}
