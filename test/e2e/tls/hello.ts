import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/** Extensions by their number (RFC 8446 section 4.2). */
export const X = { serverName: 0, maxFragment: 1, groups: 10, signatures: 13, alpn: 16, padding: 21, ticket: 35, psk: 41, earlyData: 42, versions: 43, pskModes: 45, shares: 51, renegotiation: 0xff01 } as const;

const u8 = (value: number): Buffer => Buffer.from([value]);
const u16 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
/** Behind its length in so many octets. */
const long8 = (content: Buffer): Buffer => Buffer.concat([u8(content.length), content]);
const long16 = (content: Buffer): Buffer => Buffer.concat([u16(content.length), content]);

export type Extension = readonly [number, Buffer];

export const serverName = (...names: readonly string[]): Extension => [X.serverName, long16(Buffer.concat(names.map((name) => Buffer.concat([u8(0), long16(Buffer.from(name, 'latin1'))]))))];
export const alpn = (...names: readonly string[]): Extension => [X.alpn, long16(Buffer.concat(names.map((name) => long8(Buffer.from(name)))))];
export const versions = (...all: readonly number[]): Extension => [X.versions, long8(u16(...all))];
export const groups = (...all: readonly number[]): Extension => [X.groups, long16(u16(...all))];
export const shares = (...all: readonly (readonly [number, Buffer])[]): Extension => [X.shares, long16(Buffer.concat(all.map(([group, key]) => Buffer.concat([u16(group), long16(key)]))))];
export const signatures = (...all: readonly number[]): Extension => [X.signatures, long16(u16(...all))];
export const padding = (length: number): Extension => [X.padding, Buffer.alloc(length)];
export const X25519 = 0x001d;
export const P256 = 0x0017;
/** Of any 32 octets (RFC 7748). */
export const X25519_KEY = Buffer.alloc(32, 9);
const ECDSA_P256 = 0x0403;
const PSS_RSA = 0x0804;

export interface Hello {
  readonly legacyVersion: number;
  readonly random: Buffer;
  readonly sessionId: Buffer;
  readonly suites: readonly number[];
  readonly compression: Buffer;
  readonly extensions: readonly Extension[];
  /** Behind the extensions. */
  readonly rest: Buffer;
}

const SUITES13 = [0x1301, 0x1302, 0x1303];
const SUITES12 = [0xc02b, 0xc02f, 0xc02c, 0xc030];
const BASE = { legacyVersion: 0x0303, compression: Buffer.from([0]), rest: Buffer.alloc(0) };

/** What a good client of TLS 1.3 says first. */
export function hello13(change: Partial<Hello> = {}, more: readonly Extension[] = []): Hello {
  const extensions: Extension[] = [versions(0x0304, 0x0303), groups(X25519, P256), signatures(ECDSA_P256, PSS_RSA), shares([X25519, X25519_KEY])];
  // one that is given anew takes the place of that which is there
  for (const extension of more) {
    const at = extensions.findIndex(([kind]) => kind === extension[0]);
    if (at < 0) extensions.push(extension);
    else extensions[at] = extension;
  }
  return { ...BASE, random: randomBytes(32), sessionId: randomBytes(32), suites: [...SUITES13, ...SUITES12], extensions, ...change };
}

/** Of TLS 1.2. */
export function hello12(change: Partial<Hello> = {}, more: readonly Extension[] = []): Hello {
  return { ...BASE, random: randomBytes(32), sessionId: Buffer.alloc(0), suites: SUITES12, extensions: [groups(X25519, P256), signatures(ECDSA_P256, PSS_RSA), [X.renegotiation, Buffer.from([0])], ...more], ...change };
}

/** As a handshake message. */
export function message({ legacyVersion, random, sessionId, suites, compression, extensions, rest }: Hello): Buffer {
  const body = Buffer.concat([
    u16(legacyVersion), random, long8(sessionId), long16(u16(...suites)), long8(compression),
    long16(Buffer.concat(extensions.map(([kind, content]) => Buffer.concat([u16(kind), long16(content)])))), rest,
  ]);
  return Buffer.concat([u8(1), u8(body.length >> 16), u16(body.length & 0xffff), body]);
}

/** Records of so many octets. */
export function records(content: Buffer, { type = 22, version = 0x0301, length = 16_384 }: { readonly type?: number; readonly version?: number; readonly length?: number } = {}): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length || at === 0; at += length) parts.push(u8(type), u16(version), long16(content.subarray(at, at + length)));
  return Buffer.concat(parts);
}

/** What a server answers first: `ServerHello 1.3`, `alert 40`, ..., and how the connection ended where it has; `waits` where nothing comes. */
export function answerTo(port: number, octets: Buffer, { patienceMs = 300 }: { readonly patienceMs?: number } = {}): Promise<{ readonly answer: string; readonly heard: Buffer }> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let heard = Buffer.alloc(0);
    const done = (end: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answer: [...described(heard), end].filter((part) => part !== '').join(', '), heard });
    };
    const timer = setTimeout(() => done(heard.length === 0 ? 'waits' : ''), patienceMs);
    socket.on('data', (part: Buffer) => {
      heard = Buffer.concat([heard, part]);
      if (heard[0] === 22 && heard.length > 50) done('');
    });
    socket.on('end', () => done('end'));
    socket.on('error', (error) => done((error as NodeJS.ErrnoException).code ?? error.message));
    socket.write(octets);
  });
}

const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

function described(heard: Buffer): string[] {
  const all: string[] = [];
  for (let at = 0; at + 5 <= heard.length; at += 5 + heard.readUInt16BE(at + 3)) {
    const content = heard.subarray(at + 5);
    if (heard[at] === 21) all.push(`alert ${content[1]}`);
    else if (heard[at] === 22 && content[0] === 2) {
      if (content.subarray(6, 38).toString('hex') === RETRY) all.push('HelloRetryRequest');
      else {
        const at13 = content.indexOf(Buffer.from([0, 43, 0, 2, 3, 4]));
        all.push(at13 > 0 ? 'ServerHello 1.3' : `ServerHello 1.${content[5]! - 1}`);
      }
      return all;
    }
  }
  return all;
}
