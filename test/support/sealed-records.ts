import { createCipheriv, createHmac } from 'node:crypto';
import type { OpensslClient } from './openssl-client.ts';

/** The only suite whose records are made here. */
export const SEALED_SUITE = 'ECDHE-ECDSA-AES128-GCM-SHA256';

const KEY = 16;
const SALT = 4;

/** P_SHA256 (RFC 5246 section 5). */
function expanded(secret: Buffer, seed: Buffer, length: number): Buffer {
  const hash = (...parts: readonly Buffer[]): Buffer => createHmac('sha256', secret).update(Buffer.concat(parts)).digest();
  const parts: Buffer[] = [];
  for (let a = hash(seed); parts.length * 32 < length; a = hash(a)) parts.push(hash(a, seed));
  return Buffer.concat(parts).subarray(0, length);
}

/** Makes records of any kind and content in the place of a client of TLS 1.2, which says nothing more itself (RFC 5288). */
export class SealedRecords {
  readonly #key: Buffer;
  readonly #salt: Buffer;
  /** Its Finished was the first. */
  #number = 1n;

  constructor(client: OpensslClient) {
    const [master, server, random] = client.secrets();
    const block = expanded(master, Buffer.concat([Buffer.from('key expansion'), server, random]), 2 * KEY + 2 * SALT);
    this.#key = block.subarray(0, KEY);
    this.#salt = block.subarray(2 * KEY, 2 * KEY + SALT);
  }

  seal(type: number, content: Buffer): Buffer {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(this.#number++);
    const head = Buffer.from([type, 3, 3, 0, 0]);
    head.writeUInt16BE(content.length, 3);
    const cipher = createCipheriv('aes-128-gcm', this.#key, Buffer.concat([this.#salt, number]));
    cipher.setAAD(Buffer.concat([number, head]));
    const sealed = Buffer.concat([number, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    head.writeUInt16BE(sealed.length, 3);
    return Buffer.concat([head, sealed]);
  }
}
