import type { DetailedPeerCertificate, SecureContext } from 'node:tls';
import type { OpensslCalls } from './openssl.ts';
import { opensslThread, RECORD, type OpensslThread } from './openssl-thread.ts';
import { leaveTurns, readInTurns } from './read-turn.ts';
import type { Room } from './room.ts';
import { streamBinding } from './stream-binding.ts';
import { TcpSocket, type TcpHandle } from './tcp-socket.ts';
import { requestFailed, requestTaken, writeRequest } from './write-requests.ts';

export interface OpensslSocketOptions {
  readonly context: SecureContext;
  /** In order of preference. */
  readonly alpn: readonly string[];
  /** What has been read of the connection, its first octets. */
  readonly read: Buffer;
}

/** What a record may have besides: its head, an IV of 16, a MAC of 48, 16 of padding. Those of TLS 1.3 have 22. */
const RECORD_MORE = 96;

/** Who asks for new keys, or in TLS 1.2 for another handshake, is answered each time, and may read none of it: so many answers may wait. */
const STALLED_MOST = 16;

const RECORD_HEAD = 5;
const UNKNOWN = -1;

const TLS13 = 0x0304;

const WANT_READ = 2;
const ZERO_RETURN = 6;

const BIO_RESET = 1;

/** Who enciphers what is said on a connection. */
export interface Sealer {
  /** What has been enciphered leaves: something else is to be said, behind it. */
  leave(): void;
}

/** With its head. */
function recordLength(octets: Buffer, at: number): number {
  return RECORD_HEAD + (octets[at + 3]! << 8) + octets[at + 4]!;
}

/**
 * The server's side of TLS on an accepted connection, by OpenSSL over memory: what comes is read, and what is said is sent, as on a connection without TLS, many in one system call. Node's way costs
 * a call into JavaScript and back for each read and each write, two buffers of 16 KB for a connection, and a system call of its own for each (docs/decisions/0018). Events are those of `TlsSocket`.
 * Clients are not asked for certificates here.
 */
export class OpensslSocket extends TcpSocket {
  alpn: readonly string[] = [];
  alpnProtocol: string | false | null = null;
  readonly #thread: OpensslThread;
  readonly #calls: OpensslCalls;
  /** OpenSSL goes on asking it for ticket keys. */
  context: SecureContext | null = null;
  readonly #plain: Buffer;
  #plainAt = 0n;
  /** 0 before TLS, and when it is freed. */
  #ssl = 0n;
  #first: Buffer | null = null;
  /** Read, and not yet deciphered, as nobody wanted to hear more. */
  #kept: Buffer | null = null;
  #paused = true;
  #secured = false;
  #farewell = false;
  /** Nothing may be said behind our FIN, not that new keys are used either. */
  #silent = false;
  /** What OpenSSL has said that the peer has no room for. */
  #stalled = 0;
  /** close_notify has come: what comes behind it is nothing (RFC 8446 section 6.1). */
  #heardAll = false;
  /** Octets of a record that the client may be sent, deciphered. */
  #record = RECORD;
  sealer: Sealer | null = null;
  /** Tickets that go with what is said first: nobody waits for them, and a write of their own costs as much as the answer's. */
  #tickets: Buffer | null = null;
  /** Octets of a record that are still to come; UNKNOWN where its head has come in parts. */
  #missing = UNKNOWN;

  /**
   * Before TLS: what the client says is read as it is. `handle` has not been read, and belongs to this one from here on. Deciphered octets go into `buffer`, which is longer than a record.
   */
  constructor(handle: TcpHandle, buffer: Buffer) {
    const ours = opensslThread()!;
    super(handle, ours.ciphertext);
    this.#thread = ours;
    this.#calls = ours.openssl.calls;
    this.#plain = buffer;
    readInTurns(this, this);
  }

  /** TLS from here on. The handshake begins with the next `resume`. */
  secure({ context, alpn, read }: OpensslSocketOptions): void {
    const ours = this.#thread;
    this.#ssl = ours.open(context);
    this.context = context;
    this.alpn = alpn;
    this.#plainAt = ours.addressOf(this.#plain);
    this.#first = read;
  }

  override resume(): void {
    this.#paused = false;
    if (this.#kept !== null) {
      setImmediate(() => this.#hearKept());
      return;
    }
    super.resume();
    const first = this.#first;
    if (first === null) return;
    this.#first = null;
    this.#hear(first, this.addressOf(first), first.length);
  }

  /** Before TLS. */
  override release(): TcpHandle | null {
    const handle = super.release();
    if (handle !== null) leaveTurns(handle);
    return handle;
  }

  override pause(): void {
    this.#paused = true;
    super.pause();
  }

  /** `close_notify`, and FIN. */
  override end(): void {
    if (this.#takeLeave()) this.#say();
    this.#silent = true;
    super.end();
  }

  /** `close_notify`, behind what is in `room`, which goes with it; `end` says FIN alone then. */
  sealEnd(room: Room): void {
    if (!this.#takeLeave()) return;
    this.#putTickets(room);
    const taken = this.#calls.BIO_read(this.#thread.outward, room.at + BigInt(room.used), room.left);
    if (taken > 0) room.used += taken;
  }

  /** False where it has been done. */
  #takeLeave(): boolean {
    if (!this.#secured || this.#farewell || this.#ssl === 0n) return false;
    this.#farewell = true;
    this.#calls.SSL_shutdown(this.#ssl);
    this.#calls.ERR_clear_error();
    return true;
  }

  getProtocol(): string | null {
    return this.#ssl === 0n ? null : this.#thread.openssl.text(this.#calls.SSL_get_version(this.#ssl));
  }

  getCipher(): { readonly name: string } | undefined {
    if (this.#ssl === 0n) return undefined;
    const cipher = this.#calls.SSL_get_current_cipher(this.#ssl);
    return cipher === 0n ? undefined : { name: this.#thread.openssl.text(this.#calls.SSL_CIPHER_get_name(cipher)) };
  }

  getPeerCertificate(_detailed: true): DetailedPeerCertificate | undefined {
    return undefined;
  }

  /** Octets that so many become at most. */
  sealed(length: number): number {
    // TLS 1.0 sends an empty record before
    return length + (Math.floor(length / this.#record) + 2) * RECORD_MORE + (this.#tickets?.length ?? 0);
  }

  /** Something that was not enciphered by the sealer is still with libuv, which may send it later than who sends by himself. */
  get stalled(): boolean {
    return this.#stalled > 0;
  }

  /** Enciphers octets into `room`, which has room for what they become. False: the connection has come to an end. */
  seal(at: bigint, length: number, room: Room): boolean {
    if (this.#ssl === 0n || this.#farewell) return false;
    if (this.#calls.SSL_write(this.#ssl, at, length) === length) {
      if (this.#tickets !== null) this.#putTickets(room);
      const taken = this.#calls.BIO_read(this.#thread.outward, room.at + BigInt(room.used), room.left);
      room.used += taken;
      // more than `sealed` knows of would go to whoever speaks next
      if (taken > 0 && (room.left > 0 || this.#calls.BIO_ctrl_pending(this.#thread.outward) === 0n)) return true;
    }
    this.#calls.ERR_clear_error();
    this.#calls.BIO_ctrl(this.#thread.outward, BIO_RESET, 0n, 0n);
    this.destroy();
    return false;
  }

  #putTickets(room: Room): void {
    const tickets = this.#tickets;
    if (tickets === null) return;
    this.#tickets = null;
    room.used += tickets.copy(room.octets, room.used);
  }

  addressOf(octets: Buffer): bigint {
    return this.#thread.openssl.addressOf(octets);
  }

  // --- what the handle tells

  override get readsAlone(): boolean {
    return false;
  }

  override heardInTurn(buffer: Buffer, length: number): void {
    if (this.destroyed) return;
    if (this.#ssl === 0n) super.heardInTurn(buffer, length);
    else this.#hear(buffer, this.#thread.addressOf(buffer), length);
  }

  override heard(): Buffer | undefined {
    const { streamBaseState, kReadBytesOrError } = streamBinding!;
    const length = streamBaseState[kReadBytesOrError]!;
    if (this.destroyed) return undefined;
    if (length <= 0 || this.#ssl === 0n) return super.heard();
    this.#hear(this.#thread.ciphertext, this.#thread.ciphertextAt, length);
    return undefined;
  }

  protected override letGo(handle: TcpHandle, reset: boolean): void {
    const ssl = this.#ssl;
    this.#ssl = 0n;
    this.#first = this.#kept = this.#tickets = null;
    if (ssl !== 0n) this.#calls.SSL_free(ssl);
    super.letGo(handle, reset);
  }

  #hearKept(): void {
    const kept = this.#kept;
    if (kept === null || this.#paused || this.destroyed) return;
    this.#kept = null;
    this.#hear(kept, this.addressOf(kept), kept.length);
    if (!this.#paused && this.#kept === null) super.resume();
  }

  /** What has been read: nothing of it is left where others' octets come next. */
  #hear(octets: Buffer, at: bigint, length: number): void {
    if (this.destroyed || this.#heardAll) return;
    const ours = this.#thread;
    if (ours.hearing !== null) {
      // another is being heard: what is left of what it said would be taken for ours
      super.pause();
      this.#kept = Buffer.from(octets.subarray(0, length));
      setImmediate(() => this.#hearKept());
      return;
    }
    ours.hearing = this;
    let empty = false;
    try {
      this.#calls.BIO_write(ours.inward, at, length);
      if (this.#secured || this.#shakeHands()) empty = this.#decipher(this.#isOneRecord(octets, length));
    } finally {
      ours.hearing = null;
      if (!empty) this.#keepInward();
    }
  }

  /** True when it is complete, and what comes behind it may be read. */
  #shakeHands(): boolean {
    const ours = this.#thread;
    const ssl = this.#ssl;
    ours.shaking = this;
    // what others have left there would be taken for ours
    this.#calls.ERR_clear_error();
    const result = this.#calls.SSL_do_handshake(ssl);
    ours.shaking = null;
    if (result !== 1) {
      const error = this.#calls.SSL_get_error(ssl, result) === WANT_READ ? null : this.#error();
      this.#say();
      if (error !== null) this.#fail(error);
      return false;
    }
    this.#secured = true;
    this.#record = ours.recordOf(ssl);
    this.alpnProtocol = ours.protocolOf(ssl);
    // before TLS 1.3 the client waits for what is said last
    if (this.#calls.SSL_version(ssl) === TLS13) this.#tickets = ours.said();
    else this.#say();
    if (!this.destroyed) this.emit('secure');
    return !this.destroyed && !this.#paused;
  }

  /** True where what has come is a whole record, and nothing else. */
  #isOneRecord(octets: Buffer, length: number): boolean {
    let at = this.#missing;
    if (at === 0 && length >= RECORD_HEAD && recordLength(octets, 0) === length) return true;
    if (at === UNKNOWN) return false;
    while (length - at >= RECORD_HEAD) at += recordLength(octets, at);
    this.#missing = at >= length ? at - length : UNKNOWN;
    return false;
  }

  /** `one`: there is one record and nothing else. True when OpenSSL has taken all that is there. */
  #decipher(one: boolean): boolean {
    const calls = this.#calls;
    const { inward, outward } = this.#thread;
    const ssl = this.#ssl;
    const plain = this.#plain;
    // what others have left there would be taken for ours; it is not asked for where a record brings octets, and we leave nothing there
    if (!one) calls.ERR_clear_error();
    let filled = 0;
    for (;;) {
      const result = calls.SSL_read(ssl, filled === 0 ? this.#plainAt : this.#plainAt + BigInt(filled), plain.length - filled);
      if (result > 0) {
        filled += result;
        // OpenSSL takes no more than the record that it reads
        const last = one || calls.BIO_ctrl_pending(inward) === 0n;
        if (!last && plain.length - filled >= RECORD) continue;
        if (last) this.#missing = 0;
        // what it has said to a record before must be gone when others speak
        if (!one && calls.BIO_ctrl_pending(outward) > 0n) this.#say();
        this.#tell(filled);
        if (last) return true;
        if (this.#paused || this.destroyed) return false;
        filled = 0;
        continue;
      }
      const reason = calls.SSL_get_error(ssl, result);
      const error = reason === WANT_READ || reason === ZERO_RETURN ? null : this.#error();
      // a new key is acknowledged, an alert sent
      this.#say();
      this.#heardAll = reason !== WANT_READ;
      if (filled > 0) this.#tell(filled);
      if (reason === ZERO_RETURN && !this.destroyed) this.hearEnd();
      if (error !== null) this.#fail(error);
      return reason === WANT_READ;
    }
  }

  #tell(length: number): void {
    // not when there is too much that it does not read
    if (!this.destroyed && !this.reader.read(length, this.#plain)) this.pause();
  }

  /** What OpenSSL says of itself leaves at once. */
  #say(): void {
    const ours = this.#thread;
    const { flight } = ours;
    if (this.#tickets !== null && this._handle !== null) {
      this.#putTickets(flight);
      this.#post(flight.used);
    }
    for (let length = 1; length > 0; ) {
      length = this.#calls.BIO_read(ours.outward, flight.at, flight.left);
      if (length > 0) this.#post(length);
    }
  }

  /** Sends the first octets of the flight, if the connection is still there. */
  #post(length: number): void {
    const ours = this.#thread;
    const { flight } = ours;
    this.sealer?.leave();
    const handle = this._handle;
    flight.used = 0;
    if (handle === null || this.#silent) return;
    // behind what a slow peer has not taken a room must not be lent for each alert
    const copied = handle.writeQueueSize > 0;
    const octets = copied ? Buffer.from(flight.view(0, length)) : flight.view(0, length);
    const { streamBaseState, kLastWriteWasAsync } = streamBinding!;
    if (handle.writeBuffer(writeRequest(), octets) !== 0) {
      requestFailed();
      this.destroy();
    } else if (streamBaseState[kLastWriteWasAsync] !== 0) {
      requestTaken(() => void this.#stalled--, octets);
      if (!copied) {
        flight.lend();
        flight.clear();
      }
      if (++this.#stalled > STALLED_MOST) this.destroy();
    }
  }

  #error(): Error {
    return new Error(this.#thread.openssl.error());
  }

  /** OpenSSL gives up; its alert has been sent. */
  #fail(error: Error): void {
    if (this.destroyed) return;
    if (this.listenerCount('error') > 0) this.emit('error', error);
    this.broke();
  }

  /** What OpenSSL has not taken is heard when somebody wants to. */
  #keepInward(): void {
    const { inward } = this.#thread;
    const left = Number(this.#calls.BIO_ctrl_pending(inward));
    if (left === 0) return;
    if (this.destroyed || this.#heardAll || this.#kept !== null) {
      this.#calls.BIO_ctrl(inward, BIO_RESET, 0n, 0n);
      return;
    }
    const kept = Buffer.allocUnsafeSlow(left);
    this.#calls.BIO_read(inward, this.addressOf(kept), left);
    this.#kept = kept;
    // it is counted from there when it is heard
    this.#missing = UNKNOWN;
    if (!this.#paused) setImmediate(() => this.#hearKept());
  }
}
