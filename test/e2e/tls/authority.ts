// @peculiar/x509 asks for the metadata API when it loads: nothing is taken from it here.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, SubjectAlternativeNameExtension, X509CertificateGenerator, type X509Certificate,
} from '@peculiar/x509';
import type { Certificate } from '../../../src/snapshot/index.ts';

export type KeyKind = 'ecdsa' | 'rsa';

export interface LeafOptions {
  readonly key?: KeyKind;
  readonly bits?: 2048 | 3072;
  /** Already over. */
  readonly expired?: boolean;
}

const DAY = 24 * 3600 * 1000;
const ROOT_KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** An authority of the test, and the certificates that it signs. */
export class TestAuthority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #root: X509Certificate;
  /** PEM: what a client trusts. */
  readonly pem: string;
  #serial = 0x10;

  private constructor(keys: webcrypto.CryptoKeyPair, root: X509Certificate) {
    this.#keys = keys;
    this.#root = root;
    this.pem = root.toString('pem');
  }

  static async make(): Promise<TestAuthority> {
    const keys = (await webcrypto.subtle.generateKey(ROOT_KEY, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
    const root = await X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: '01', name: 'CN=Test authority', notBefore: new Date(Date.now() - 400 * DAY), notAfter: new Date(Date.now() + 10 * DAY), signingAlgorithm: ROOT_KEY, keys,
        extensions: [new BasicConstraintsExtension(true, undefined, true)],
      },
      webcrypto as unknown as Crypto,
    );
    return new TestAuthority(keys, root);
  }

  /** A certificate as snapshots have it; `id` stands for its ARN. */
  async leaf(id: string, names: readonly string[], { key = 'ecdsa', bits = 2048, expired = false }: LeafOptions = {}): Promise<Certificate> {
    const algorithm = key === 'ecdsa' ? ROOT_KEY : { name: 'RSASSA-PKCS1-v1_5', modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: (++this.#serial).toString(16), subject: `CN=${id}`, issuer: this.#root.subject, notBefore: new Date(Date.now() - 300 * DAY),
        notAfter: new Date(Date.now() + (expired ? -DAY : 5 * DAY)), signingKey: this.#keys.privateKey, signingAlgorithm: ROOT_KEY, publicKey: keys.publicKey,
        extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))), new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])],
      },
      webcrypto as unknown as Crypto,
    );
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const privateKey = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END PRIVATE KEY-----\n`;
    return { id, chain: `${certificate.toString('pem')}\n`, privateKey, names };
  }
}
