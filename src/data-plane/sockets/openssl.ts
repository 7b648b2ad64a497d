import { createSecureContext, type SecureContext } from 'node:tls';
import { inspect } from 'node:util';
import { foreignFunctions, type ForeignFunctions } from './foreign-functions.ts';

/**
 * Functions of OpenSSL, under its own names, called past Node by node:ffi. `bigint`s are addresses. Those of up to three arguments cost 20 to 140 ns; they must not call back into JavaScript, which
 * V8 does not allow where it calls without leaving compiled code: `SSL_do_handshake` does, and goes the long way.
 */
export interface OpensslCalls {
  SSL_new(context: bigint): bigint;
  SSL_free(ssl: bigint): void;
  SSL_set_accept_state(ssl: bigint): void;
  /** Takes a reference to the BIO. */
  SSL_set0_rbio(ssl: bigint, bio: bigint): void;
  SSL_set0_wbio(ssl: bigint, bio: bigint): void;
  SSL_do_handshake(ssl: bigint): number;
  SSL_read(ssl: bigint, into: bigint, most: number): number;
  SSL_write(ssl: bigint, octets: bigint, length: number): number;
  SSL_shutdown(ssl: bigint): number;
  SSL_get_error(ssl: bigint, result: number): number;
  SSL_get_version(ssl: bigint): bigint;
  SSL_version(ssl: bigint): number;
  SSL_get_current_cipher(ssl: bigint): bigint;
  SSL_CIPHER_get_name(cipher: bigint): bigint;
  SSL_get0_alpn_selected(ssl: bigint, name: bigint, length: bigint): void;
  SSL_get_session(ssl: bigint): bigint;
  SSL_SESSION_get_max_fragment_length(session: bigint): number;
  SSL_CTX_ctrl(context: bigint, command: number, argument: bigint, pointer: bigint): bigint;
  SSL_CTX_set_options(context: bigint, options: bigint): bigint;
  SSL_CTX_set_alpn_select_cb(context: bigint, callback: bigint, argument: bigint): void;
  SSL_select_next_proto(name: bigint, length: bigint, served: bigint, servedLength: number, offered: bigint, offeredLength: number): number;
  BIO_new(method: bigint): bigint;
  BIO_s_mem(): bigint;
  BIO_up_ref(bio: bigint): number;
  BIO_read(bio: bigint, into: bigint, most: number): number;
  BIO_write(bio: bigint, octets: bigint, length: number): number;
  BIO_ctrl(bio: bigint, command: number, argument: bigint, pointer: bigint): bigint;
  BIO_ctrl_pending(bio: bigint): bigint;
  ERR_clear_error(): void;
  ERR_get_error(): bigint;
  ERR_error_string_n(error: bigint, into: bigint, most: bigint): void;
}

export interface Openssl {
  readonly calls: OpensslCalls;
  addressOf(octets: ArrayBufferView): bigint;
  /** A copy of it. */
  memoryAt(address: bigint, length: number): ArrayBuffer;
  /** Text of OpenSSL's own, which stays as it is: asked for once. */
  text(address: bigint): string;
  /** The oldest error of the thread, in words; forgets all. */
  error(): string;
  /** Where C finds a function that chooses a protocol (`SSL_CTX_alpn_select_cb_func`). */
  protocolChooser(choose: (ssl: bigint, name: bigint, length: bigint, offered: bigint, offeredLength: number) => number): bigint;
}

const ERROR_OCTETS = 256;

/** One a thread; null where node:ffi is not to be had, or OpenSSL is not in the program, or Node does not tell where its contexts are. */
export const openssl: Openssl | null = (() => {
  if (foreignFunctions === null) return null;
  try {
    return contextAddress(createSecureContext()) === null ? null : bind(foreignFunctions);
  } catch {
    return null;
  }
})();

/** Where the `SSL_CTX` of a context is, which lives as long as the context; null where Node does not tell. */
export function contextAddress(context: SecureContext): bigint | null {
  const { _external: external } = (context as unknown as { readonly context: { readonly _external?: object } }).context;
  const address = /^\[External: (?:0x)?([0-9a-f]{6,16})\]$/.exec(inspect(external))?.[1];
  return address === undefined ? null : BigInt(`0x${address}`);
}

function bind(ffi: ForeignFunctions): Openssl {
  const library = new ffi.DynamicLibrary(null);
  const at = 'pointer';
  const int = 'int32';
  const call = (name: string, parameters: readonly string[], result: string) => library.getFunction(name, { arguments: parameters, return: result });
  // the further arguments say nothing, and keep V8 from the short way
  const handshake = call('SSL_do_handshake', [at, int, int, int], int);
  const calls = {
    SSL_new: call('SSL_new', [at], at),
    SSL_free: call('SSL_free', [at], 'void'),
    SSL_set_accept_state: call('SSL_set_accept_state', [at], 'void'),
    SSL_set0_rbio: call('SSL_set0_rbio', [at, at], 'void'),
    SSL_set0_wbio: call('SSL_set0_wbio', [at, at], 'void'),
    SSL_do_handshake: (ssl: bigint) => handshake(ssl, 0, 0, 0),
    SSL_read: call('SSL_read', [at, at, int], int),
    SSL_write: call('SSL_write', [at, at, int], int),
    SSL_shutdown: call('SSL_shutdown', [at], int),
    SSL_get_error: call('SSL_get_error', [at, int], int),
    SSL_get_version: call('SSL_get_version', [at], at),
    SSL_version: call('SSL_version', [at], int),
    SSL_get_current_cipher: call('SSL_get_current_cipher', [at], at),
    SSL_CIPHER_get_name: call('SSL_CIPHER_get_name', [at], at),
    SSL_get0_alpn_selected: call('SSL_get0_alpn_selected', [at, at, at], 'void'),
    SSL_get_session: call('SSL_get_session', [at], at),
    SSL_SESSION_get_max_fragment_length: call('SSL_SESSION_get_max_fragment_length', [at], 'uint8'),
    SSL_CTX_ctrl: call('SSL_CTX_ctrl', [at, int, 'int64', at], 'int64'),
    SSL_CTX_set_options: call('SSL_CTX_set_options', [at, 'uint64'], 'uint64'),
    SSL_CTX_set_alpn_select_cb: call('SSL_CTX_set_alpn_select_cb', [at, at, at], 'void'),
    SSL_select_next_proto: call('SSL_select_next_proto', [at, at, at, 'uint32', at, 'uint32'], int),
    BIO_new: call('BIO_new', [at], at),
    BIO_s_mem: call('BIO_s_mem', [], at),
    BIO_up_ref: call('BIO_up_ref', [at], int),
    BIO_read: call('BIO_read', [at, at, int], int),
    BIO_write: call('BIO_write', [at, at, int], int),
    BIO_ctrl: call('BIO_ctrl', [at, int, 'int64', at], 'int64'),
    BIO_ctrl_pending: call('BIO_ctrl_pending', [at], 'uint64'),
    ERR_clear_error: call('ERR_clear_error', [], 'void'),
    ERR_get_error: call('ERR_get_error', [], 'uint64'),
    ERR_error_string_n: call('ERR_error_string_n', ['uint64', at, 'uint64'], 'void'),
  } as unknown as OpensslCalls;
  const texts = new Map<bigint, string>();
  const words = Buffer.allocUnsafeSlow(ERROR_OCTETS);
  const wordsAt = ffi.getRawPointer(words);
  return {
    calls,
    addressOf: (octets) => ffi.getRawPointer(octets),
    memoryAt: (address, length) => ffi.toArrayBuffer(address, length, true),
    text(address) {
      let text = texts.get(address);
      if (text === undefined) texts.set(address, (text = ffi.toString(address)));
      return text;
    },
    error() {
      const error = calls.ERR_get_error();
      calls.ERR_clear_error();
      if (error === 0n) return 'TLS failed without a word of OpenSSL';
      calls.ERR_error_string_n(error, wordsAt, BigInt(ERROR_OCTETS));
      return words.toString('latin1', 0, words.indexOf(0));
    },
    protocolChooser: (choose) => library.registerCallback({ arguments: [at, at, at, at, 'uint32', at], return: int }, choose as (...parameters: never[]) => unknown),
  };
}
