import { constants } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { contextAddress, openssl, type Openssl } from './openssl.ts';
import { protocolList } from './protocol-list.ts';
import { Room } from './room.ts';
import { streamBinding } from './stream-binding.ts';

/** Octets of a record, at most, deciphered (RFC 8446 section 5.1). */
export const RECORD = 16 * 1024;

/** What is said in a handshake at once, at most; more goes in several writes. */
const FLIGHT = 32 * 1024;

const CONTROL_MODE = 33;
const MODE_RELEASE_BUFFERS = 0x10n;
const CONTROL_SESSION_CACHE = 44;
const SESSION_CACHE_OFF = 0n;

/** Another handshake would ask for a protocol again, by a callback out of `SSL_read`. */
const NO_RENEGOTIATION = BigInt(constants.SSL_OP_NO_RENEGOTIATION);

const PROTOCOL_CHOSEN = 1;
const ALPN_OK = 0;
const ALPN_FATAL = 2;

/**
 * What all connections of a thread that speak through OpenSSL share. It reads and writes memory (`BIO_s_mem`), which is empty between two calls: what is in there is one connection's, for as long
 * as that one is heard, or says something.
 */
export class OpensslThread {
  readonly openssl: Openssl;
  readonly inward: bigint;
  readonly outward: bigint;
  /** Where libuv reads into: nobody keeps it beyond a read. */
  readonly ciphertext = Buffer.allocUnsafeSlow(64 * 1024);
  readonly ciphertextAt: bigint;
  /** What handshakes say, and alerts. */
  readonly flight = new Room(FLIGHT);
  /** Whose handshake goes on. */
  shaking: { readonly alpn: readonly string[] } | null = null;
  /** Who is heard. */
  hearing: object | null = null;
  /** Of buffers that are read from and into again and again. */
  readonly #addresses = new WeakMap<Buffer, bigint>();
  readonly #contexts = new WeakMap<SecureContext, bigint>();
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
      const list = protocolList(this.shaking!.alpn);
      return calls.SSL_select_next_proto(name, length, this.addressOf(list), list.length, protocols, protocolsLength) === PROTOCOL_CHOSEN ? ALPN_OK : ALPN_FATAL;
    });
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

  /** Octets of a record that the client may be sent, deciphered: fewer where it has asked for that (RFC 6066 section 4). */
  recordOf(ssl: bigint): number {
    const { calls } = this.openssl;
    const asked = calls.SSL_SESSION_get_max_fragment_length(calls.SSL_get_session(ssl));
    return asked === 0 ? RECORD : 256 << asked;
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
    calls.SSL_CTX_set_options(at, NO_RENEGOTIATION);
    calls.SSL_CTX_set_alpn_select_cb(at, this.#chooser, 0n);
    this.#contexts.set(context, at);
    return at;
  }
}

let current: OpensslThread | null | undefined;

/** The thread's; null where there is none. */
export function opensslThread(): OpensslThread | null {
  if (current === undefined) current = openssl === null || streamBinding?.ShutdownWrap === undefined ? null : new OpensslThread(openssl);
  return current;
}

/** True where TLS is spoken by OpenSSL without Node. */
export function opensslServes(): boolean {
  return opensslThread() !== null;
}

/** Contexts by who speaks with them: Node puts callbacks into those that it uses, which take every connection of theirs for one of its own. */
const speakers = new WeakMap<SecureContext, 'openssl' | 'node'>();

/** True where connections with this context may be `OpensslSocket`s: never again Node's own, then. */
export function speaksOpenssl(context: SecureContext): boolean {
  if (opensslThread() === null) return false;
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
