import { isUtf8 } from 'node:buffer';
import { Watched, type ByteStream, type Taker } from '../../../kernel/index.ts';
import {
  ABNORMAL, BINARY, CLOSE, closePayload, controlFrame, FrameReader, GOING_AWAY, INTERNAL_ERROR, messageFrames, mayBeSent, NO_STATUS, PONG, TEXT, type FrameHearer, type FrameLimits,
} from '../../wire/index.ts';
import type { ConnectionFacts } from '../../exchange/index.ts';
import type { ConnectionHub, StageSlot } from './connection-hub.ts';

/** Messages of one connection whose integrations have not answered; more and reading stops. */
const IN_FLIGHT_MOST = 64;
/** Octets that wait for a client that does not take them; more and it is told `full`. */
const QUEUE_MOST = 1024 * 1024;
/** Answers to pings that wait for a client that does not read. */
const PONGS_MOST = 16 * 1024;
/** How long the peer has to answer our Close frame. */
const GOODBYE_MS = 3_000;

const OPEN = 0;
/** Our Close frame is out; what still comes is not listened to. */
const CLOSING = 1;
const OVER = 2;

/**
 * A client's WebSocket connection, from 101 to its end. It belongs to a stage, not to a generation: every message is handled by what the stage is
 * when it comes.
 */
export class ClientConnection extends Watched implements Taker, FrameHearer {
  readonly facts: ConnectionFacts;
  readonly home: StageSlot;
  /** The codec leaves the idle timeout to us. */
  readonly keepsTime = true;
  readonly #hub: ConnectionHub;
  readonly #reader = new FrameReader();
  #stream: ByteStream | null = null;
  #state = OPEN;
  #inFlight = 0;
  #held = false;
  /** What the stream did not take yet; null: it takes. */
  #queue: Buffer[] | null = null;
  #queued = 0;
  /** Of the wheel's time. */
  readonly #openedAt: number;
  #activeAt: number;

  constructor(facts: ConnectionFacts, home: StageSlot, hub: ConnectionHub) {
    super();
    this.facts = facts;
    this.home = home;
    this.#hub = hub;
    this.#openedAt = this.#activeAt = hub.wheel.now;
  }

  /** The client's end, once 101 is on its way. */
  start(stream: ByteStream): void {
    this.#stream = stream;
    this.#watch();
    stream.resume();
  }

  get open(): boolean {
    return this.#state === OPEN;
  }

  /** Wall clock, within the wheel's tick. */
  get lastActiveAt(): number {
    return this.facts.connectedAt + Math.round(this.#activeAt - this.#openedAt);
  }

  // --- to the client

  /** Sends a message. False: the client does not take what it was sent before. Text where it is UTF-8, which is what AWS's clients send. */
  send(data: Buffer): boolean {
    if (this.#state !== OPEN) return true;
    if (this.#queued + data.length > QUEUE_MOST) return false;
    this.#touch();
    this.#put(messageFrames(isUtf8(data) ? TEXT : BINARY, data, this.#limits.frameBytes));
    return true;
  }

  /** A message of ours to a client that may not take it: then the connection is of no use any more. */
  answer(data: Buffer): void {
    if (!this.send(data)) this.#cut();
  }

  /** Says goodbye, and tells the stage. */
  close(code: number, reason: string): void {
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    this.#put(controlFrame(CLOSE, closePayload(code, reason)));
    this.#hub.wheel.watch(this, GOODBYE_MS);
    this.#gone(code, reason);
  }

  #put(octets: Buffer): void {
    if (this.#queue !== null) {
      this.#queue.push(octets);
      this.#queued += octets.length;
    } else if (this.#stream !== null && !this.#stream.write(octets, 0, octets.length, false)) this.#queue = [];
  }

  // --- from the client

  /** A message is being handled. */
  begun(): void {
    this.#inFlight++;
  }

  handled(): void {
    this.#inFlight--;
    if (this.#held && this.#inFlight < IN_FLIGHT_MOST) {
      this.#held = false;
      this.#stream?.resume();
    }
  }

  write(buffer: Buffer, start: number, end: number): boolean {
    if (this.#state === OVER) return true;
    try {
      this.#reader.read(buffer, { start, end }, { limits: this.#limits, hearer: this });
    } catch (error) {
      this.crashed(error);
    }
    this.#held = this.#state === OPEN && this.#inFlight >= IN_FLIGHT_MOST;
    return !this.#held;
  }

  message(data: Buffer): void {
    if (this.#state !== OPEN) return;
    this.#touch();
    const { linked } = this.home;
    if (linked === null) this.close(GOING_AWAY, 'Going away');
    else linked.message(this, data);
  }

  ping(data: Buffer): void {
    if (this.#state !== OPEN) return;
    this.#touch();
    // one that pings and does not read must not fill the memory
    if (this.#queued < PONGS_MOST) this.#put(controlFrame(PONG, data));
  }

  pong(): void {
    this.#touch();
  }

  closed(code: number, reason: string): void {
    if (this.#state === CLOSING) return this.#leave();
    if (this.#state === OVER) return;
    this.#state = CLOSING;
    this.#put(controlFrame(CLOSE, mayBeSent(code) ? closePayload(code, '') : Buffer.alloc(0)));
    this.#gone(code, code === NO_STATUS ? 'Client-side close frame status not set' : reason);
    this.#leave();
  }

  broken(code: number, why: string): void {
    this.close(code, why);
  }

  end(): void {
    // FIN without a Close frame
    this.destroy();
  }

  /** The client takes more. */
  resume(): void {
    const queue = this.#queue;
    if (queue === null) return;
    this.#queue = null;
    this.#queued = 0;
    for (let i = 0; i < queue.length; i++) this.#put(queue[i]!);
  }

  destroy(): void {
    const before = this.#state;
    this.#leave();
    if (before === OPEN) this.#gone(ABNORMAL, '');
  }

  /** The listener stops. */
  drain(): void {
    this.close(GOING_AWAY, 'Going away');
  }

  expire(): void {
    if (this.#state === CLOSING) return this.#leave();
    if (this.#state === OVER) return;
    const { now } = this.#hub.wheel;
    const { idleMs, lifeMs } = this.#hub.limits(this.home);
    if (now - this.#openedAt >= lifeMs || now - this.#activeAt >= idleMs) this.close(GOING_AWAY, 'Going away');
    else this.#watch();
  }

  /** What was done for it has thrown: RFC 6455 section 7.4.1 has a status for that. */
  override crashed(error: unknown): void {
    this.#hub.mishaps.note('websocket', error);
    try {
      if (this.#state === OPEN) this.close(INTERNAL_ERROR, 'Internal server error');
      else this.#leave();
    } catch (again) {
      this.#hub.mishaps.note('websocket', again);
      this.#leave();
    }
  }

  get #limits(): FrameLimits {
    return this.#hub.limits(this.home);
  }

  #touch(): void {
    this.#activeAt = this.#hub.wheel.now;
  }

  /** Looks again when the idle time or the life may be over: one store a message, no timer work. */
  #watch(): void {
    const { wheel } = this.#hub;
    const { idleMs, lifeMs } = this.#hub.limits(this.home);
    wheel.watch(this, Math.max(0, Math.min(this.#activeAt + idleMs, this.#openedAt + lifeMs) - wheel.now));
  }

  /** Nothing more is said or heard. */
  #leave(): void {
    if (this.#state === OVER) return;
    this.#state = OVER;
    this.#queue = null;
    this.#queued = 0;
    this.#hub.wheel.release(this);
    const stream = this.#stream;
    this.#stream = null;
    stream?.destroy(false);
  }

  #cut(): void {
    if (this.#state !== OPEN) return;
    this.#leave();
    this.#gone(INTERNAL_ERROR, '');
  }

  /** It is no connection any more: nobody can reach it, and `$disconnect` runs. */
  #gone(code: number, reason: string): void {
    this.#hub.remove(this);
    this.home.linked?.disconnected(this, { code, reason });
  }
}
