import { constants, verify, type KeyObject } from 'node:crypto';
import { DER_BIT_STRING, DER_INTEGER, DER_OCTET_STRING, DER_SEQUENCE, derElement, derElements, derExpect, derObjectId, type DerElement } from './der.ts';

/** How the hash and the padding of a signature are named (RFC 8017 appendix A.2, RFC 5758 section 3.2). */
const ALGORITHMS: Readonly<Record<string, string>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};
const RSASSA_PSS = '2a864886f70d01010a';
const HASHES: Readonly<Record<string, string>> = { '608648016503040201': 'sha256', '608648016503040202': 'sha384', '608648016503040203': 'sha512' };
const CRL_NUMBER = '551d14';

const BOOLEAN = 0x01;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const EXTENSIONS = 0xa0;

/**
 * A certificate revocation list (RFC 5280 section 5) that has been read: whose it is, and which serial numbers are on it. Half a million entries cost
 * four octets each in a table beside the list's own octets.
 */
export class RevocationList {
  readonly der: Buffer;
  /** DER of the issuer's name. */
  readonly issuer: Buffer;
  /** `cRLNumber`; null where the list has none. */
  readonly number: bigint | null;
  readonly entries: number;
  readonly #signed: Buffer;
  readonly #hash: string;
  readonly #pss: boolean;
  readonly #signature: Buffer;
  /** Open addressing: where the serial number of an entry begins in `der`; 0 for a free place. */
  readonly #table: Uint32Array;

  /** Throws an Error that says what is wrong with it. */
  constructor(der: Buffer) {
    this.der = der;
    const whole = derExpect(der, 0, { tag: DER_SEQUENCE, limit: der.length });
    if (whole.end !== der.length) throw new RangeError('something follows the list');
    const [body, algorithm, signature, more] = derElements(der, whole.start, whole.end);
    if (body?.tag !== DER_SEQUENCE || algorithm?.tag !== DER_SEQUENCE || signature?.tag !== DER_BIT_STRING || more !== undefined) throw new RangeError('it is no certificate list');
    this.#signed = der.subarray(body.at, body.end);
    this.#signature = der.subarray(signature.start + 1, signature.end);
    const [name, parameters] = derElements(der, algorithm.start, algorithm.end);
    const id = name === undefined ? '' : derObjectId(der, name);
    this.#pss = id === RSASSA_PSS;
    const hash = this.#pss ? pssHash(der, parameters) : ALGORITHMS[id];
    if (hash === undefined) throw new Error('its signature algorithm is not SHA-256, SHA-384 or SHA-512 with RSA or ECDSA');
    this.#hash = hash;
    const parts = derElements(der, body.start, body.end);
    // version (2 where there are extensions), algorithm, issuer, thisUpdate, nextUpdate, entries, extensions
    let at = parts[0]?.tag === DER_INTEGER ? 2 : 1;
    const issuer = parts[at++];
    if (issuer?.tag !== DER_SEQUENCE) throw new RangeError('the issuer is missing');
    this.issuer = der.subarray(issuer.at, issuer.end);
    if (!isTime(parts[at++])) throw new RangeError('the date is missing');
    if (isTime(parts[at])) at++;
    const list = parts[at]?.tag === DER_SEQUENCE ? parts[at++] : undefined;
    const extensions = parts[at]?.tag === EXTENSIONS ? parts[at] : undefined;
    this.number = extensions === undefined ? null : readExtensions(der, derExpect(der, extensions.start, { tag: DER_SEQUENCE, limit: extensions.end }));
    const { entries, table } = index(der, list);
    this.entries = entries;
    this.#table = table;
  }

  /** Whether a serial number (hexadecimal, as `X509Certificate.serialNumber`) is on the list. */
  has(serialNumber: string): boolean {
    const serial = trimmed(Buffer.from(serialNumber.length % 2 === 0 ? serialNumber : `0${serialNumber}`, 'hex'));
    const mask = this.#table.length - 1;
    for (let slot = hashOf(serial, 0, serial.length) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#table[slot]!;
      if (at === 0) return false;
      const element = derElement(this.der, at, this.der.length);
      const start = firstDigit(this.der, element);
      if (this.der.compare(serial, 0, serial.length, start, element.end) === 0) return true;
    }
  }

  /** Whether the holder of this key has signed it. */
  isSignedBy(key: KeyObject): boolean {
    try {
      return verify(this.#hash, this.#signed, this.#pss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO } : key, this.#signature);
    } catch {
      return false;
    }
  }
}

function isTime(element: DerElement | undefined): boolean {
  return element?.tag === UTC_TIME || element?.tag === GENERALIZED_TIME;
}

function pssHash(der: Buffer, parameters: DerElement | undefined): string | undefined {
  if (parameters?.tag !== DER_SEQUENCE) return undefined;
  const [hash] = derElements(der, parameters.start, parameters.end);
  // [0] hashAlgorithm; without it the hash is SHA-1
  if (hash?.tag !== 0xa0) return undefined;
  const algorithm = derExpect(der, hash.start, { tag: DER_SEQUENCE, limit: hash.end });
  return HASHES[derObjectId(der, derElement(der, algorithm.start, algorithm.end))];
}

/** The list's number. A critical extension changes what the list means (a delta, one of several parts): such a list is not taken (RFC 5280 section 5.2). */
function readExtensions(der: Buffer, extensions: DerElement): bigint | null {
  let number: bigint | null = null;
  for (const extension of derElements(der, extensions.start, extensions.end)) {
    const [id, second, third] = derElements(der, extension.start, extension.end);
    if (id === undefined) throw new RangeError('an extension is empty');
    if (second?.tag === BOOLEAN && der[second.start] !== 0) throw new Error('it has a critical extension: delta lists and lists in parts are not taken');
    const value = second?.tag === BOOLEAN ? third : second;
    if (value?.tag !== DER_OCTET_STRING) throw new RangeError('an extension is malformed');
    if (derObjectId(der, id) !== CRL_NUMBER) continue;
    const digits = derExpect(der, value.start, { tag: DER_INTEGER, limit: value.end });
    number = BigInt(`0x${der.toString('hex', digits.start, digits.end) || '0'}`);
  }
  return number;
}

function index(der: Buffer, list: DerElement | undefined): { readonly entries: number; readonly table: Uint32Array } {
  let entries = 0;
  if (list !== undefined) for (let at = list.start; at < list.end; entries++) at = derElement(der, at, list.end).end;
  let size = 2;
  while (size < entries * 2) size *= 2;
  const table = new Uint32Array(size);
  if (list !== undefined) {
    for (let at = list.start; at < list.end; ) {
      const entry = derExpect(der, at, { tag: DER_SEQUENCE, limit: list.end });
      const serial = derExpect(der, entry.start, { tag: DER_INTEGER, limit: entry.end });
      let slot = hashOf(der, firstDigit(der, serial), serial.end) & (size - 1);
      while (table[slot] !== 0) slot = (slot + 1) & (size - 1);
      table[slot] = serial.at;
      at = entry.end;
    }
  }
  return { entries, table };
}

/** Zeros in front say nothing: DER has one where the first bit is set. */
function firstDigit(der: Buffer, serial: DerElement): number {
  let start = serial.start;
  while (start < serial.end - 1 && der[start] === 0) start++;
  return start;
}

function trimmed(serial: Buffer): Buffer {
  let start = 0;
  while (start < serial.length - 1 && serial[start] === 0) start++;
  return serial.subarray(start);
}

/** FNV-1a. Serial numbers are the authority's own choice, so nobody else can make them collide. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}
