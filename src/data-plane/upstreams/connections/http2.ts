import type { OnReadOpts, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Watched } from '../../../kernel/index.ts';
import { FrameOutput, readDirectly, readInTurns, type TurnReader } from '../../sockets/index.ts';
import { faults, NO_BODY, type Fault } from '../../exchange/index.ts';
import {
  ACK, CANCEL, END_STREAM, ENHANCE_YOUR_CALM, type ErrorCode, FRAME_HEAD, FrameWriter, HpackEncoder, NO_ERROR, Outflow, PeerSettings, PING, PREFACE, ResetStreams, SETTINGS,
  SETTINGS_ENABLE_PUSH, SETTINGS_MAX_HEADER_LIST_SIZE, WINDOW,
} from '../../wire/http2/index.ts';
import { RESPONSE_HEAD_BYTES, type UpstreamWorker } from '../worker.ts';
import { connectFault } from './connect-fault.ts';
import type { Http2Request } from './http2-request.ts';
import { TargetFrames } from './target-frames.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

/** ALB gives a target ten seconds to accept a connection. */
const CONNECT_MS = 10_000;
/** Idle connections are closed before most servers would. */
const KEEP_ALIVE_MS = 60_000;
/** An answer to a PING on a connection that is in doubt. */
const PING_MS = 5_000;
/** For a target that is told what rule it broke, to read that and to close its side. */
const LINGER_MS = 1_000;
/** Until a target has said how many it takes. */
export const STREAMS_FIRST = 100;
/** Streams of one connection at most, whatever the target would take: another connection shares the work of its end. */
const STREAMS_MOST = 256;
/** The connection's window is only a bound above those of its streams, which are what holds answers back. */
const CONNECTION_WINDOW = 16 * 1024 * 1024;
/** Unsent octets above which a target that goes on asking is left: bodies of requests wait long before that. */
const UNREAD_MOST = 512 * 1024;
/** DATA of so many octets is worth the frames that asked for it. */
const WORTH_A_FRAME = 8;
/** Ids are 31 bits: a connection that has used them up is replaced. */
const LAST_ID = 0x7ffffff0;

export interface Http2Origin {
  readonly secure: boolean;
  readonly worker: UpstreamWorker;
  /** Whether requests say that trailers are welcome: gRPC servers ask for it. */
  readonly trailers: boolean;
  /** A new connection to the target, read into and told to `onread`. */
  dial(onread: OnReadOpts): Socket;
  /** How many streams a connection takes, as far as the target has said. */
  expected: number;
  /** A request that nothing has left of, and that its connection will not take: goes to another. */
  move(request: Http2Request): void;
  /** A connection takes no new streams any more. */
  leaving(connection: Http2Upstream): void;
  closed(connection: Http2Upstream): void;
}

/** One connection to a target, speaking HTTP/2: many exchanges at once. Cleartext is spoken with prior knowledge, TLS must have chosen h2 by ALPN. */
export class Http2Upstream extends Watched implements TurnReader {
  readonly readsAlone = false;
  readonly worker: UpstreamWorker;
  /** What the target has said of itself. */
  readonly peer = new PeerSettings('server');
  readonly encoder = new HpackEncoder();
  readonly resets = new ResetStreams();
  readonly outflow: Outflow<Http2Request>;
  readonly #origin: Http2Origin;
  readonly #socket: Socket;
  readonly #output: FrameOutput;
  readonly #writer: FrameWriter;
  readonly #streams = new Map<number, Http2Request>();
  readonly #frames: TargetFrames;
  #state = CONNECTING;
  #error: NodeJS.ErrnoException | null = null;
  /** Requests that wait for the connection, or, but for one, for the target's word on how many it takes: a long body that has been read cannot be sent again. */
  #early: Http2Request[] = [];
  /** The target's SETTINGS have come. */
  #settled = false;
  #nextId = 1;
  #streamLimit: number;
  #leaving = false;
  /** A PING that tells whether the target is still there. */
  #pinged = false;

  constructor(origin: Http2Origin) {
    super();
    this.#origin = origin;
    const { worker } = origin;
    this.worker = worker;
    this.#streamLimit = origin.expected;
    this.#frames = new TargetFrames(this, this.#streams, CONNECTION_WINDOW);
    this.#socket = origin.dial({ buffer: worker.readBuffer, callback: (length: number, buffer: Uint8Array): boolean => this.#read(length, buffer as Buffer) });
    readDirectly(this.#socket, (length) => this.#read(length, worker.readBuffer));
    if (!origin.secure) readInTurns(this.#socket, this);
    this.#socket.on(origin.secure ? 'secureConnect' : 'connect', () => this.#attend(() => this.#connected()));
    // who takes nothing more may have answered before: reading, which never stops, comes to the end
    this.#output = new FrameOutput(this.#socket, { turn: worker.writes, buffers: worker.frames, drained: () => this.pump(), refused: () => this.#attend(() => this.#leave()) });
    this.#writer = new FrameWriter(this.#output);
    this.outflow = new Outflow(this.#output, this.#writer);
    this.#socket.on('end', () => this.destroy());
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error ??= error;
    });
    this.#socket.on('close', () => this.#attend(() => this.#closed()));
    worker.wheel.watch(this, CONNECT_MS);
  }

  /** Takes another exchange. */
  get free(): boolean {
    return !this.#leaving && this.#state !== CLOSED && this.#streams.size + this.#early.length < this.#streamLimit;
  }

  /** It has carried nothing yet. */
  get unused(): boolean {
    return this.#nextId === 1;
  }

  get inFlight(): number {
    return this.#streams.size + this.#early.length;
  }

  get congested(): boolean {
    return this.outflow.congested;
  }

  /** No more exchanges; closes when the last is over. */
  retire(): void {
    this.#leaving = true;
    if (this.inFlight === 0) this.#goodbye();
  }

  // --- for requests

  begin(request: Http2Request): void {
    if (this.#state === CLOSED) request.failed(faults['connect-failed'], null);
    else if (this.#state === OPEN && (this.#settled || this.#streams.size === 0)) this.#open(request);
    else this.#early.push(request);
  }

  /** As many of those that wait as may go out. */
  #openEarly(): void {
    while (this.#early.length > 0 && this.#streams.size < (this.#settled ? this.#streamLimit : 1)) {
      const request = this.#early.shift()!;
      try {
        this.#open(request);
      } catch (error) {
        request.crashed(error);
      }
    }
  }

  #open(request: Http2Request): void {
    const exchange = request.exchange;
    if (exchange === null || exchange.ended) return;
    const output = this.#output;
    if (this.#streams.size === 0) this.worker.wheel.watch(this, request.idleMs);
    request.reused = this.#nextId > 1;
    request.id = this.#nextId;
    request.sendWindow = this.peer.initialWindow;
    request.receiveWindow = WINDOW;
    this.#nextId += 2;
    this.#streams.set(request.id, request);
    if (this.#nextId > LAST_ID) this.#leave();
    let characters = 0;
    for (const piece of request.head) characters += piece.length;
    const at = output.reserve(FRAME_HEAD + HpackEncoder.room(characters));
    const end = this.encoder.request({ scheme: this.#origin.secure ? 'https' : 'http', trailers: this.#origin.trailers }, request.head, output.buffer, at + FRAME_HEAD);
    const last = exchange.framing === NO_BODY;
    this.#writer.block(request.id, last ? END_STREAM : 0, { at, end });
    request.opened(last);
  }

  writeData(request: Http2Request, buffer: Buffer, start: number, end: number): number {
    if (this.#state !== OPEN) return start;
    const at = this.outflow.data(request, buffer, start, end);
    // the target's WINDOW_UPDATE have led to something, unless it opens its windows by single octets
    if (at - start >= WORTH_A_FRAME) this.#frames.earnIdle();
    return at;
  }

  writeEnd(request: Http2Request, trailers: string): void {
    if (this.#state !== OPEN) return;
    if (trailers === '') return this.#writer.end(request.id);
    const output = this.#output;
    const at = output.reserve(FRAME_HEAD + HpackEncoder.room(trailers.length));
    const end = this.encoder.trailers(trailers, output.buffer, at + FRAME_HEAD);
    this.#writer.block(request.id, END_STREAM, { at, end });
  }

  credit(stream: number, octets: number): void {
    if (this.#state === OPEN) this.#writer.windowUpdate(stream, octets);
  }

  waits(request: Http2Request): void {
    this.outflow.waits(request);
  }

  /** The exchange is over on both sides. */
  done(request: Http2Request): void {
    if (request.id === 0) {
      const at = this.#early.indexOf(request);
      if (at !== -1) this.#early.splice(at, 1);
      return;
    }
    if (!this.#streams.delete(request.id) || this.#streams.size > 0) return;
    if (this.#early.length > 0 && this.#state === OPEN) this.#openEarly();
    else if (this.#leaving) this.#goodbye();
    else this.worker.wheel.watch(this, KEEP_ALIVE_MS);
  }

  reset(request: Http2Request, code: ErrorCode): void {
    const open = request.id !== 0 && this.#streams.has(request.id);
    if (open && this.#state === OPEN) this.resetStray(request.id, code);
    this.done(request);
  }

  /** A stream that is nobody's, or nobody's any more. */
  resetStray(stream: number, code: ErrorCode): void {
    this.resets.add(stream, true);
    this.#writer.reset(stream, code);
  }

  // --- what the target's frames come to

  heardInTurn(buffer: Buffer, length: number): void {
    this.#read(length, buffer);
  }

  endedInTurn(): void {
    this.destroy();
  }

  #read(length: number, buffer: Buffer): boolean {
    if (this.#state === OPEN) this.#frames.read(length, buffer);
    return true;
  }

  // --- what must not happen

  /** Whose it was nobody can say: the connection ends, and what is under way on it is told as of a target that has left. */
  override crashed(error: unknown): void {
    this.worker.mishaps.note('target', error);
    this.destroy();
  }

  /** Called by the event loop. */
  #attend(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.crashed(error);
    }
  }

  get isOpen(): boolean {
    return this.#state === OPEN;
  }

  /** We have never opened it. */
  isIdle(stream: number): boolean {
    return (stream & 1) === 0 || stream >= this.#nextId;
  }

  /** What the target has asked for; one that goes on asking and reads nothing is left. */
  control(type: number, flags: number, payload: Buffer | null): void {
    this.#writer.control(type, flags, payload);
    if (this.#output.unsent > UNREAD_MOST) this.refuse(ENHANCE_YOUR_CALM);
  }

  pump(): void {
    if (this.#state === OPEN) this.outflow.pump();
  }

  /** SETTINGS have come, and hold. */
  settled(): void {
    this.#streamLimit = Math.min(this.peer.streams, STREAMS_MOST);
    this.#origin.expected = Math.max(1, Math.min(this.#streamLimit, STREAMS_FIRST));
    this.control(SETTINGS, ACK, null);
    this.#settled = true;
    this.#openEarly();
    const rest = this.#early;
    this.#early = [];
    for (const request of rest) {
      try {
        this.#origin.move(request);
      } catch (error) {
        request.crashed(error);
      }
    }
    this.pump();
  }

  pingAnswered(): void {
    this.#pinged = false;
  }

  /** It has looked at no stream above `last`. */
  targetLeaves(last: number): void {
    this.#leave();
    for (const [id, request] of this.#streams) {
      if (id <= last) continue;
      // what it says there all the same is dropped
      this.resets.add(id, true);
      request.failed(faults['upstream-refused'], null);
    }
    if (this.inFlight === 0) this.#goodbye();
  }

  /** The target breaks the rules: nothing on this connection can be trusted any more. */
  refuse(code: ErrorCode): void {
    if (this.#state !== OPEN) return;
    this.#writer.goAway(0, code, '');
    this.#end(faults['upstream-malformed']);
    // closing at once would reset the connection, and take with it what the target is told
    this.#output.end();
    this.worker.wheel.watch(this, LINGER_MS);
  }

  // --- the connection

  #connected(): void {
    if (this.#state !== CONNECTING) return;
    if (this.#origin.secure && (this.#socket as TLSSocket).alpnProtocol !== 'h2') {
      this.#error = Object.assign(new Error('the target does not choose h2 by ALPN'), { code: 'ERR_TLS_ALPN' });
      return this.destroy();
    }
    this.#state = OPEN;
    const output = this.#output;
    const at = output.reserve(PREFACE.length);
    output.commit(at + PREFACE.copy(output.buffer, at));
    this.#writer.settings([[SETTINGS_ENABLE_PUSH, 0], [SETTINGS_MAX_HEADER_LIST_SIZE, RESPONSE_HEAD_BYTES]]);
    this.#writer.windowUpdate(0, CONNECTION_WINDOW - WINDOW);
    this.worker.wheel.watch(this, KEEP_ALIVE_MS);
    this.#openEarly();
  }

  #leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#origin.leaving(this);
  }

  #goodbye(): void {
    if (this.#state === OPEN) {
      this.#writer.goAway(0, NO_ERROR, '');
      this.#output.end();
      this.worker.wheel.watch(this, PING_MS);
      this.#pinged = true;
    } else this.destroy();
    this.#leave();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Looks for streams whose target is silent; on an idle connection, closes it. */
  expire(): void {
    if (this.#state === CLOSED) return this.destroy();
    if (this.#state === CONNECTING) {
      this.#end(faults['connect-timeout']);
      return this.destroy();
    }
    if (this.#pinged) {
      // no answer to the PING: the target is gone without a word
      this.#end(faults['upstream-timeout']);
      return this.destroy();
    }
    if (this.#streams.size === 0) return this.#goodbye();
    const { wheel } = this.worker;
    let next = Infinity;
    let late = false;
    for (const request of this.#streams.values()) {
      if (!request.awaitsTarget) {
        next = Math.min(next, 1_000);
        continue;
      }
      const left = request.touchedAt + request.idleMs - wheel.now;
      if (left > 0) next = Math.min(next, left);
      else {
        late = true;
        request.failed(faults['upstream-timeout'], CANCEL);
      }
    }
    if (late && !this.#settled) {
      // whatever it speaks, it is not HTTP/2
      this.#end(faults['upstream-timeout']);
      return this.destroy();
    }
    if (late && this.#state === OPEN) {
      // one answer is slow, or all of them will be
      this.#pinged = true;
      this.control(PING, 0, Buffer.from('turnpike'));
      next = Math.min(next, PING_MS);
    }
    wheel.watch(this, next === Infinity ? KEEP_ALIVE_MS : Math.max(next, 100));
  }

  #closed(): void {
    const connecting = this.#state === CONNECTING;
    this.worker.wheel.release(this);
    this.#end(connecting ? connectFault(this.#error) : this.#error === null ? faults['upstream-closed'] : faults['upstream-reset']);
  }

  /** All that is under way has come to nothing. */
  #end(fault: Fault): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#leaving = true;
    this.#frames.drop();
    this.outflow.stop();
    this.#origin.closed(this);
    const requests = [...this.#streams.values(), ...this.#early];
    this.#streams.clear();
    this.#early = [];
    for (const request of requests) request.failed(fault, null);
  }
}
