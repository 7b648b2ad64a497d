import { createHash, createPublicKey, generateKeyPair, randomInt, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPair } from '../../resources/ec2/index.ts';

/** Keys as OpenSSH writes them: RFC 4253 section 6.6 (RSA), RFC 8709 (Ed25519), RFC 4251 section 5 for the strings. */
export type PublicHalf = Pick<KeyPair, 'keyType' | 'fingerprint' | 'publicKey'>;

const generated = promisify(generateKeyPair);

/** A new key: the public half, and the private one as AWS hands it out once, PKCS #1 or OpenSSH's own format. */
export async function newKey(keyType: KeyPair['keyType']): Promise<PublicHalf & { readonly material: string }> {
  if (keyType === 'ed25519') {
    const { publicKey, privateKey } = await generated('ed25519', {});
    const half = ed25519(raw(publicKey, 'x'));
    return { ...half, material: openSsh(blobOf(half), raw(publicKey, 'x'), raw(privateKey, 'd')) };
  }
  const { publicKey, privateKey } = await generated('rsa', { modulusLength: 2048 });
  // AWS: of keys that it makes the fingerprint is the SHA-1 of the private key, PKCS #8 in DER.
  const fingerprint = colons(createHash('sha1').update(privateKey.export({ type: 'pkcs8', format: 'der' })).digest('hex'));
  return { ...rsa(publicKey), fingerprint, material: (privateKey.export({ type: 'pkcs1', format: 'pem' }) as string).trim() };
}

/** Bits of an RSA key: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html */
const RSA_LENGTHS = [1024, 2048, 4096];
/** Octets of what is imported: a key of 4096 bits, however it is written, with a comment. */
const LONGEST = 8_192;

/** What ImportKeyPair takes: OpenSSH's line, RFC 4716, or base64 of DER. Null where it is none of them. */
export function importedKey(material: Uint8Array): PublicHalf | null {
  if (material.length > LONGEST) return null;
  const text = Buffer.from(material).toString('latin1').trim();
  try {
    const line = /^(ssh-(?:rsa|ed25519)) +([A-Za-z0-9+/=]+)(?: |$)/.exec(text);
    if (line) return fromBlob(Buffer.from(line[2]!, 'base64'), line[1]);
    const block = /^---- BEGIN SSH2 PUBLIC KEY ----\r?\n((?:[\w-]+: .*\r?\n)*)([A-Za-z0-9+/=\s]+)---- END SSH2 PUBLIC KEY ----$/.exec(text);
    if (block) return fromBlob(Buffer.from(block[2]!, 'base64'));
    if (!/^[A-Za-z0-9+/=\s]+$/.test(text)) return null;
    return fromKey(createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' }));
  } catch {
    return null;
  }
}

/** `said`: the type that stands before the key where it is a line. */
function fromBlob(blob: Buffer, said?: string): PublicHalf | null {
  const [type, first, second, ...more] = strings(blob);
  const name = type?.toString('latin1');
  if (said !== undefined && said !== name) return null;
  switch (name) {
    case 'ssh-rsa':
      return first === undefined || second === undefined || more.length > 0 ? null : fromKey(createPublicKey({ format: 'jwk', key: { kty: 'RSA', e: positive(first), n: positive(second) } }));
    case 'ssh-ed25519':
      return first?.length === 32 && second === undefined ? ed25519(first) : null;
    default:
      return null;
  }
}

function fromKey(key: KeyObject): PublicHalf | null {
  if (key.asymmetricKeyType === 'rsa') return RSA_LENGTHS.includes(key.asymmetricKeyDetails?.modulusLength ?? 0) ? rsa(key) : null;
  return key.asymmetricKeyType === 'ed25519' ? ed25519(raw(key, 'x')) : null;
}

/** AWS: of RSA keys that are imported the fingerprint is the MD5 of the public key in DER. */
function rsa(key: KeyObject): PublicHalf {
  const integer = (name: 'e' | 'n'): Buffer => {
    const bytes = raw(key, name);
    // RFC 4251: a leading bit would make the number negative.
    return bytes[0]! & 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
  };
  const blob = joined('ssh-rsa', integer('e'), integer('n'));
  const fingerprint = colons(createHash('md5').update(key.export({ type: 'spki', format: 'der' })).digest('hex'));
  return { keyType: 'rsa', fingerprint, publicKey: `ssh-rsa ${blob.toString('base64')}` };
}

/** The fingerprint is OpenSSH's own: SHA-256 of the key. */
function ed25519(point: Buffer): PublicHalf {
  const blob = joined('ssh-ed25519', point);
  return { keyType: 'ed25519', fingerprint: createHash('sha256').update(blob).digest('base64'), publicKey: `ssh-ed25519 ${blob.toString('base64')}` };
}

function blobOf({ publicKey }: PublicHalf): Buffer {
  return Buffer.from(publicKey.slice(publicKey.indexOf(' ') + 1), 'base64');
}

/** `openssh-key-v1`, without a passphrase: PROTOCOL.key of OpenSSH. */
function openSsh(blob: Buffer, point: Buffer, seed: Buffer): string {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  // The same number twice: whoever decrypts sees by it whether the passphrase was right.
  const check = number(randomInt(2 ** 32));
  const secret = Buffer.concat([check, check, blob, joined(Buffer.concat([seed, point]), '')]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1));
  const whole = Buffer.concat([Buffer.from('openssh-key-v1\0'), joined('none', 'none', ''), number(1), joined(blob, Buffer.concat([secret, padding]))]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${whole.toString('base64').replace(/.{70}/g, '$&\n').trim()}\n-----END OPENSSH PRIVATE KEY-----`;
}

function joined(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  }));
}

function strings(blob: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) throw new RangeError('cut short');
    found.push(blob.subarray(at + 4, end));
    at = end;
  }
  return found;
}

function positive(integer: Buffer): string {
  return (integer[0] === 0 ? integer.subarray(1) : integer).toString('base64url');
}

function raw(key: KeyObject, name: 'x' | 'd' | 'e' | 'n'): Buffer {
  return Buffer.from(key.export({ format: 'jwk' })[name]!, 'base64url');
}

function colons(hex: string): string {
  return hex.match(/../g)!.join(':');
}
