import { foreignFunctions } from '../../src/data-plane/sockets/foreign-functions.ts';

export interface OpensslClientOptions {
  readonly tls12?: boolean;
  /** Octets that a record may have: 1: 512, 2: 1024, 3: 2048, 4: 4096 (RFC 6066 section 4). */
  readonly maxFragment?: 1 | 2 | 3 | 4;
  readonly alpn?: string;
  readonly serverName?: string;
  readonly ciphers?: string;
}

const at = 'pointer';
const int = 'int32';
const calls = foreignFunctions === null ? null : bind();

function bind() {
  const library = new foreignFunctions!.DynamicLibrary(null);
  const call = (name: string, parameters: readonly string[], result: string) =>
    library.getFunction(name, { arguments: parameters, return: result }) as (...parameters: readonly (bigint | number)[]) => never;
  return {
    TLS_client_method: call('TLS_client_method', [], at), SSL_CTX_new: call('SSL_CTX_new', [at], at), SSL_CTX_free: call('SSL_CTX_free', [at], 'void'), SSL_new: call('SSL_new', [at], at), SSL_free: call('SSL_free', [at], 'void'),
    SSL_set_connect_state: call('SSL_set_connect_state', [at], 'void'), SSL_set_bio: call('SSL_set_bio', [at, at, at], 'void'), SSL_do_handshake: call('SSL_do_handshake', [at], int),
    SSL_read: call('SSL_read', [at, at, int], int), SSL_write: call('SSL_write', [at, at, int], int), SSL_shutdown: call('SSL_shutdown', [at], int), SSL_get_error: call('SSL_get_error', [at, int], int),
    SSL_key_update: call('SSL_key_update', [at, int], int), SSL_renegotiate: call('SSL_renegotiate', [at], int), SSL_ctrl: call('SSL_ctrl', [at, int, 'int64', at], 'int64'),
    SSL_set_alpn_protos: call('SSL_set_alpn_protos', [at, at, 'uint32'], int), SSL_set_cipher_list: call('SSL_set_cipher_list', [at, at], int),
    SSL_set_tlsext_max_fragment_length: call('SSL_set_tlsext_max_fragment_length', [at, 'uint8'], int),
    SSL_get1_session: call('SSL_get1_session', [at], at), SSL_SESSION_free: call('SSL_SESSION_free', [at], 'void'),
    SSL_SESSION_get_master_key: call('SSL_SESSION_get_master_key', [at, at, 'uint64'], 'uint64'), SSL_get_client_random: call('SSL_get_client_random', [at, at, 'uint64'], 'uint64'),
    SSL_get_server_random: call('SSL_get_server_random', [at, at, 'uint64'], 'uint64'),
    BIO_s_mem: call('BIO_s_mem', [], at), BIO_new: call('BIO_new', [at], at), BIO_read: call('BIO_read', [at, at, int], int), BIO_write: call('BIO_write', [at, at, int], int),
    ERR_clear_error: call('ERR_clear_error', [], 'void'), ERR_get_error: call('ERR_get_error', [], 'uint64'), ERR_error_string_n: call('ERR_error_string_n', ['uint64', at, 'uint64'], 'void'),
  };
}

const CONTROL_SERVER_NAME = 55;
const CONTROL_MAX_VERSION = 124;
const TLS12 = 0x0303n;
const WANT_READ = 2;
const ZERO_RETURN = 6;

/** True where there may be one. */
export const hasOpensslClient = calls !== null;

/**
 * The client's side of TLS by OpenSSL over memory: what it says is octets that a test sends when, and in the parts, that it likes. It can what node:tls does not let a client do: ask for new keys,
 * for short records, for another handshake.
 */
export class OpensslClient {
  /** What OpenSSL said was wrong; an alert of the server's among them. */
  error: string | null = null;
  /** close_notify has come. */
  ended = false;
  heard = '';
  readonly #context: bigint;
  readonly #ssl: bigint;
  readonly #inward: bigint;
  readonly #outward: bigint;
  readonly #octets = Buffer.allocUnsafeSlow(256 * 1024);
  readonly #at = foreignFunctions!.getRawPointer(this.#octets);
  #secured = false;
  #freed = false;

  constructor({ tls12 = false, maxFragment, alpn, serverName, ciphers }: OpensslClientOptions = {}) {
    const c = calls!;
    this.#context = c.SSL_CTX_new(c.TLS_client_method());
    this.#ssl = c.SSL_new(this.#context);
    this.#inward = c.BIO_new(c.BIO_s_mem());
    this.#outward = c.BIO_new(c.BIO_s_mem());
    c.SSL_set_bio(this.#ssl, this.#inward, this.#outward);
    c.SSL_set_connect_state(this.#ssl);
    if (tls12) c.SSL_ctrl(this.#ssl, CONTROL_MAX_VERSION, TLS12, 0n);
    if (maxFragment !== undefined) c.SSL_set_tlsext_max_fragment_length(this.#ssl, maxFragment);
    if (alpn !== undefined) c.SSL_set_alpn_protos(this.#ssl, this.#put(Buffer.concat([Buffer.from([alpn.length]), Buffer.from(alpn)])), alpn.length + 1);
    if (serverName !== undefined) c.SSL_ctrl(this.#ssl, CONTROL_SERVER_NAME, 0n, this.#put(Buffer.from(`${serverName}\0`)));
    if (ciphers !== undefined) c.SSL_set_cipher_list(this.#ssl, this.#put(Buffer.from(`${ciphers}\0`)));
    this.#shake();
  }

  get secured(): boolean {
    return this.#secured;
  }

  /** What the server has said. */
  hear(octets: Buffer): void {
    if (this.#freed) return;
    for (let from = 0; from < octets.length; from += this.#octets.length) {
      const part = octets.subarray(from, from + this.#octets.length);
      calls!.BIO_write(this.#inward, this.#put(part), part.length);
    }
    if (!this.#secured) this.#shake();
    if (this.#secured) this.#read();
  }

  /** What it has to say, taken. */
  said(): Buffer {
    const parts: Buffer[] = [];
    while (!this.#freed) {
      const length: number = calls!.BIO_read(this.#outward, this.#at, this.#octets.length);
      if (length <= 0) break;
      parts.push(Buffer.from(this.#octets.subarray(0, length)));
    }
    return Buffer.concat(parts);
  }

  /** Records of it. */
  write(text: string): Buffer {
    const octets = Buffer.from(text, 'latin1');
    for (let from = 0; from < octets.length; from += this.#octets.length) {
      const part = octets.subarray(from, from + this.#octets.length);
      calls!.SSL_write(this.#ssl, this.#put(part), part.length);
    }
    return this.said();
  }

  /** A record that says that other keys are used from here on; `asked`: the server is to do so too (RFC 8446 section 4.6.3). */
  keyUpdate(asked: boolean): Buffer {
    calls!.SSL_key_update(this.#ssl, asked ? 1 : 0);
    this.#shake();
    return this.said();
  }

  /** A hello in the middle of a connection of TLS 1.2. */
  renegotiate(): Buffer {
    calls!.SSL_renegotiate(this.#ssl);
    this.#shake();
    return this.said();
  }

  closeNotify(): Buffer {
    calls!.SSL_shutdown(this.#ssl);
    return this.said();
  }

  /** The master secret, what the server chose at random, and the client (RFC 5246 section 6.3). */
  secrets(): readonly [Buffer, Buffer, Buffer] {
    const c = calls!;
    const taken = (length: number): Buffer => Buffer.from(this.#octets.subarray(0, length));
    const session: bigint = c.SSL_get1_session(this.#ssl);
    c.SSL_SESSION_get_master_key(session, this.#at, 48n);
    c.SSL_SESSION_free(session);
    const master = taken(48);
    c.SSL_get_server_random(this.#ssl, this.#at, 32n);
    const server = taken(32);
    c.SSL_get_client_random(this.#ssl, this.#at, 32n);
    return [master, server, taken(32)];
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    calls!.SSL_free(this.#ssl);
    calls!.SSL_CTX_free(this.#context);
  }

  #put(octets: Buffer): bigint {
    octets.copy(this.#octets);
    return this.#at;
  }

  #shake(): void {
    calls!.ERR_clear_error();
    const result: number = calls!.SSL_do_handshake(this.#ssl);
    if (result === 1) this.#secured = true;
    else this.#judge(result);
  }

  #read(): void {
    for (;;) {
      calls!.ERR_clear_error();
      const length: number = calls!.SSL_read(this.#ssl, this.#at, this.#octets.length);
      if (length <= 0) return this.#judge(length);
      this.heard += this.#octets.toString('latin1', 0, length);
    }
  }

  #judge(result: number): void {
    const reason: number = calls!.SSL_get_error(this.#ssl, result);
    if (reason === ZERO_RETURN) this.ended = true;
    if (reason === WANT_READ || reason === ZERO_RETURN || this.error !== null) return;
    calls!.ERR_error_string_n(calls!.ERR_get_error(), this.#at, 256n);
    this.error = this.#octets.toString('latin1', 0, this.#octets.indexOf(0));
  }
}
