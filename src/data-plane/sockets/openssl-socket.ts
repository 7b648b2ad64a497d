import type { DetailedPeerCertificate, SecureContext } from 'node:tls';
import { contextAddress, openssl, type Openssl, type OpensslCalls } from './openssl.ts';
import { leaveTurns, readInTurns } from './read-turn.ts';
import { Room } from './room.ts';
import { streamBinding, type WriteRequest } from './stream-binding.ts';
import { TcpSocket, type TcpHandle } from './tcp-socket.ts';

export interface OpensslSocketOptions {
  readonly context: SecureContext;
  /** In order of preference. */
  readonly alpn: readonly string[];
  /** What has been read of the connection, its first octets. */
  readonly read: Buffer;
}

/** Octets of a record, at most, deciphered (RFC 8446 section 5.1). */
const RECORD = 16 * 1024;
/** What a record may have besides: its head, an IV of 16, a MAC of 48, 16 of padding. Those of TLS 1.3 have 22. */
const RECORD_MORE = 96;
/** What is said in a handshake at once, at most; more goes in several writes. */
const FLIGHT = 32 * 1024;

const RECORD_HEAD = 5;
const UNKNOWN = -1;

const TLS13 = 0x0304;

const WANT_READ = 2;
const ZERO_RETURN = 6;

const CONTROL_MODE = 33;
const MODE_RELEASE_BUFFERS = 0x10n;
const CONTROL_SESSION_CACHE = 44;
const SESSION_CACHE_OFF = 0n;
const BIO_RESET = 1;

const PROTOCOL_CHOSEN = 1;
const ALPN_OK = 0;
const ALPN_FATAL = 2;

/**
 * What all connections of a thread that speak through OpenSSL share. It reads and writes memory (`BIO_s_mem`), which is empty between two calls: what is in there is one connection's, for as long
 * as that one is heard, or says something.
 */
class OpensslThread {
  readonly openssl: Openssl;
  readonly inward: bigint;
  readonly outward: bigint;
  /** Where libuv reads into: nobody keeps it beyond a read. */
  readonly ciphertext = Buffer.allocUnsafeSlow(64 * 1024);
  readonly ciphertextAt: bigint;
  /** What handshakes say, and alerts. */
  readonly flight = new Room(FLIGHT);
  /** Whose handshake goes on. */
  shaking: OpensslSocket | null = null;
  /** Who is heard. */
  hearing: OpensslSocket | null = null;
  /** Of buffers that are read from and into again and again. */
  readonly #addresses = new WeakMap<Buffer, bigint>();
  readonly #lists = new WeakMap<readonly string[], { readonly octets: Buffer; readonly at: bigint }>();
  readonly #contexts = new WeakMap<SecureContext, bigint>();
  #request: WriteRequest | null = null;
  readonly #chooser: bigint;
  /** `const unsigned char *`, `unsigned`. */
  readonly #chosen = Buffer.alloc(128);
  readonly #chosenAt: bigint;

  constructor(offered: Openssl) {
    this.openssl = offered;
    const { calls } = offered;
    const memory = calls.BIO_s_mem();
    this.inward = calls.BIO_new(memory);
    this.outward = calls.BIO_new(memory);
    this.ciphertextAt = offered.addressOf(this.ciphertext);
    this.#chosenAt = offered.addressOf(this.#chosen);
    this.#chooser = offered.protocolChooser((_ssl, name, length, protocols, protocolsLength) => {
      const list = this.#list(this.shaking!.alpn);
      return calls.SSL_select_next_proto(name, length, list.at, list.octets.length, protocols, protocolsLength) === PROTOCOL_CHOSEN ? ALPN_OK : ALPN_FATAL;
    });
  }

  /** For a write that may not be taken at once. */
  request(): WriteRequest {
    this.#request ??= new streamBinding!.WriteWrap();
    return this.#request;
  }

  /** It may have been begun. */
  requestFailed(): void {
    this.#request = null;
  }

  /** True where libuv goes on holding the octets. */
  keptByLibuv(request: WriteRequest, octets: Buffer): boolean {
    const { streamBaseState, kLastWriteWasAsync } = streamBinding!;
    if (streamBaseState[kLastWriteWasAsync] === 0) return false;
    request.oncomplete = nothing;
    request.buffer = octets;
    this.#request = null;
    return true;
  }

  /** What OpenSSL has to say of itself, taken; null where that is nothing. */
  said(): Buffer | null {
    const length = this.openssl.calls.BIO_read(this.outward, this.flight.at, FLIGHT);
    return length > 0 ? Buffer.from(this.flight.view(0, length)) : null;
  }

  addressOf(buffer: Buffer): bigint {
    let at = this.#addresses.get(buffer);
    if (at === undefined) this.#addresses.set(buffer, (at = this.openssl.addressOf(buffer)));
    return at;
  }

  open(context: SecureContext): bigint {
    const { calls } = this.openssl;
    const ssl = calls.SSL_new(this.#prepared(context));
    if (ssl === 0n) throw new Error(`SSL_new: ${this.openssl.error()}`);
    calls.SSL_set_accept_state(ssl);
    // the connection frees them with itself
    calls.BIO_up_ref(this.inward);
    calls.SSL_set0_rbio(ssl, this.inward);
    calls.BIO_up_ref(this.outward);
    calls.SSL_set0_wbio(ssl, this.outward);
    return ssl;
  }

  protocolOf(ssl: bigint): string | false {
    const chosen = this.#chosen;
    this.openssl.calls.SSL_get0_alpn_selected(ssl, this.#chosenAt, this.#chosenAt + 8n);
    const length = chosen.readUInt32LE(8);
    return length === 0 ? false : Buffer.from(this.openssl.memoryAt(chosen.readBigUInt64LE(0), length)).toString('latin1');
  }

  #prepared(context: SecureContext): bigint {
    const known = this.#contexts.get(context);
    if (known !== undefined) return known;
    const at = contextAddress(context);
    if (at === null) throw new Error('Node does not tell where the context is');
    const { calls } = this.openssl;
    calls.SSL_CTX_ctrl(at, CONTROL_SESSION_CACHE, SESSION_CACHE_OFF, 0n);
    calls.SSL_CTX_ctrl(at, CONTROL_MODE, MODE_RELEASE_BUFFERS, 0n);
    calls.SSL_CTX_set_alpn_select_cb(at, this.#chooser, 0n);
    this.#contexts.set(context, at);
    return at;
  }

  /** `ProtocolNameList` without its length (RFC 7301 section 3.1). */
  #list(alpn: readonly string[]): { readonly octets: Buffer; readonly at: bigint } {
    let list = this.#lists.get(alpn);
    if (list === undefined) {
      // at most 255 octets of them (`alpn` is one or two names)
      const octets = Buffer.allocUnsafeSlow(256);
      const length = octets.write(alpn.map((name) => String.fromCharCode(name.length) + name).join(''), 'latin1');
      this.#lists.set(alpn, (list = { octets: octets.subarray(0, length), at: this.openssl.addressOf(octets) }));
    }
    return list;
  }
}

/** Whoever waits for it hears of the end of the connection. */
function nothing(): void {}

let current: OpensslThread | null | undefined;

/** The thread's; null where there is none. */
function thread(): OpensslThread | null {
  if (current === undefined) current = openssl === null || streamBinding?.ShutdownWrap === undefined ? null : new OpensslThread(openssl);
  return current;
}

/** True where TLS is spoken by OpenSSL without Node. */
export function opensslServes(): boolean {
  return thread() !== null;
}

/** With its head. */
function recordLength(octets: Buffer, at: number): number {
  return RECORD_HEAD + (octets[at + 3]! << 8) + octets[at + 4]!;
}

/** Contexts by who speaks with them: Node puts callbacks into those that it uses, which take every connection of theirs for one of its own. */
const speakers = new WeakMap<SecureContext, 'openssl' | 'node'>();

/** True where connections with this context may be `OpensslSocket`s: never again Node's own, then. */
export function speaksOpenssl(context: SecureContext): boolean {
  if (thread() === null) return false;
  const speaker = speakers.get(context);
  if (speaker === undefined) speakers.set(context, 'openssl');
  return speaker !== 'node';
}

/** True where connections with this context may be Node's: never again `OpensslSocket`s, then. */
export function leftToNode(context: SecureContext): boolean {
  const speaker = speakers.get(context);
  if (speaker === undefined) speakers.set(context, 'node');
  return speaker !== 'openssl';
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
  /** Tickets that go with what is said first: nobody waits for them, and a write of their own costs as much as the answer's. */
  #tickets: Buffer | null = null;
  /** Octets of a record that are still to come; UNKNOWN where its head has come in parts. */
  #missing = UNKNOWN;

  /**
   * Before TLS: what the client says is read as it is. `handle` has not been read, and belongs to this one from here on. Deciphered octets go into `buffer`, which is longer than a record.
   */
  constructor(handle: TcpHandle, buffer: Buffer) {
    const ours = thread()!;
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
    this.#calls.ERR_clear_error();
    this.#calls.SSL_shutdown(this.#ssl);
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
    return length + (Math.floor(length / RECORD) + 2) * RECORD_MORE + (this.#tickets?.length ?? 0);
  }

  /** Enciphers octets into `room`, which has room for what they become. False: the connection has come to an end. */
  seal(at: bigint, length: number, room: Room): boolean {
    if (this.#ssl === 0n || this.#farewell) return false;
    if (this.#calls.SSL_write(this.#ssl, at, length) === length) {
      if (this.#tickets !== null) this.#putTickets(room);
      const taken = this.#calls.BIO_read(this.#thread.outward, room.at + BigInt(room.used), room.left);
      room.used += taken;
      return taken > 0;
    }
    this.#forgetOutward();
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
    if (this.#ssl === 0n) super.heardInTurn(buffer, length);
    else this.#hear(buffer, this.#thread.addressOf(buffer), length);
  }

  override heard(): Buffer | undefined {
    const { streamBaseState, kReadBytesOrError } = streamBinding!;
    const length = streamBaseState[kReadBytesOrError]!;
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
    if (this.destroyed) return;
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
      if (this.#calls.SSL_get_error(ssl, result) !== WANT_READ) this.#fail();
      else this.#say();
      return false;
    }
    this.#secured = true;
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
    const { inward } = this.#thread;
    const ssl = this.#ssl;
    const plain = this.#plain;
    // what others have left there would be taken for ours; where a record is there it is not looked at
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
        this.#tell(filled);
        if (last) return true;
        if (this.#paused || this.destroyed) return false;
        filled = 0;
        continue;
      }
      const reason = calls.SSL_get_error(ssl, result);
      if (reason !== WANT_READ && reason !== ZERO_RETURN) {
        if (filled > 0) this.#tell(filled);
        if (!this.destroyed) this.#fail();
        return false;
      }
      // a new key is acknowledged
      if (reason === WANT_READ) this.#say();
      if (filled > 0) this.#tell(filled);
      if (reason === ZERO_RETURN && !this.destroyed) this.hearEnd();
      return reason === WANT_READ;
    }
  }

  #tell(length: number): void {
    if (!this.reader.read(length, this.#plain)) this.pause();
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
    const handle = this._handle;
    flight.used = 0;
    if (handle === null) return;
    const octets = flight.view(0, length);
    const request = ours.request();
    if (handle.writeBuffer(request, octets) !== 0) {
      ours.requestFailed();
      this.destroy();
    } else if (ours.keptByLibuv(request, octets)) {
      flight.lend();
      flight.clear();
    }
  }

  /** OpenSSL gives up; its alert is sent. */
  #fail(): void {
    const error = new Error(this.#thread.openssl.error());
    this.#say();
    if (this.destroyed) return;
    if (this.listenerCount('error') > 0) this.emit('error', error);
    this.broke();
  }

  /** What OpenSSL has not taken is heard when somebody wants to. */
  #keepInward(): void {
    const { inward } = this.#thread;
    const left = Number(this.#calls.BIO_ctrl_pending(inward));
    if (left === 0) return;
    if (this.destroyed || this.#kept !== null) {
      this.#calls.BIO_ctrl(inward, BIO_RESET, 0n, 0n);
      return;
    }
    const kept = Buffer.allocUnsafeSlow(left);
    this.#calls.BIO_read(inward, this.addressOf(kept), left);
    this.#kept = kept;
    if (!this.#paused) setImmediate(() => this.#hearKept());
  }

  #forgetOutward(): void {
    this.#calls.BIO_ctrl(this.#thread.outward, BIO_RESET, 0n, 0n);
  }
}
