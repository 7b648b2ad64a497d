// @peculiar/x509 asks for the metadata API when it loads: nothing is taken from it here.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator, X509CrlGenerator, type Extension, type X509Certificate,
} from '@peculiar/x509';

export { ExtendedKeyUsage, Extension, KeyUsageFlags } from '@peculiar/x509';

const DAY = 24 * 3600 * 1000;
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface ClientOptions {
  readonly subject?: string;
  readonly serialNumber?: string;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
  readonly purposes?: readonly string[];
  readonly usages?: number;
  readonly extensions?: readonly Extension[];
  readonly bits?: 1024 | 2048;
}

/** What a TLS client shows. */
export interface Shown {
  /** PEM: the client's own certificate, then the authorities between it and the root. */
  readonly cert: string;
  readonly key: string;
}

/** An authority that vouches for clients; `below` makes one that it vouches for. */
export class ClientAuthority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly certificate: X509Certificate;
  /** PEM. */
  readonly pem: string;
  readonly #above: readonly string[];
  static #serial = 0x1000;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate, above: readonly string[]) {
    this.#keys = keys;
    this.certificate = certificate;
    this.pem = `${certificate.toString('pem')}\n`;
    this.#above = above;
  }

  static async root(name = 'CN=Root,O=Example,C=US', { until = 10, ca = true }: { readonly until?: number; readonly ca?: boolean } = {}): Promise<ClientAuthority> {
    const keys = await keyPair();
    const root = await X509CertificateGenerator.createSelfSigned(
      { serialNumber: '01', name, notBefore: new Date(Date.now() - 400 * DAY), notAfter: new Date(Date.now() + until * DAY), signingAlgorithm: P256, keys, extensions: [new BasicConstraintsExtension(ca, undefined, true)] },
      webcrypto as unknown as Crypto,
    );
    return new ClientAuthority(keys, root, []);
  }

  async below(name: string, more: { readonly pathLength?: number; readonly usages?: number; readonly extensions?: readonly Extension[] } = {}): Promise<ClientAuthority> {
    const keys = await keyPair();
    const certificate = await this.#sign(keys.publicKey, name, {
      until: 9,
      extensions: [new BasicConstraintsExtension(true, more.pathLength, true), ...(more.usages === undefined ? [] : [new KeyUsagesExtension(more.usages, true)]), ...(more.extensions ?? [])],
    });
    const authority = new ClientAuthority(keys, certificate, []);
    return new ClientAuthority(keys, certificate, [authority.pem, ...this.#above]);
  }

  async client(options: ClientOptions = {}): Promise<Shown> {
    const keys = options.bits === undefined ? await keyPair() : ((await webcrypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', modulusLength: options.bits, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair);
    const { purposes = [ExtendedKeyUsage.clientAuth], usages = KeyUsageFlags.digitalSignature } = options;
    const certificate = await this.#sign(keys.publicKey, options.subject ?? 'CN=client,O=Example,C=US', {
      ...options,
      extensions: [...(purposes.length === 0 ? [] : [new ExtendedKeyUsageExtension([...purposes])]), ...(usages === 0 ? [] : [new KeyUsagesExtension(usages, true)]), ...(options.extensions ?? [])],
    });
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    return { cert: [`${certificate.toString('pem')}\n`, ...this.#above].join(''), key: `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END PRIVATE KEY-----\n` };
  }

  /** A revocation list, PEM. */
  async revoking(serialNumbers: readonly string[], { by = this }: { readonly by?: ClientAuthority } = {}): Promise<string> {
    const list = await X509CrlGenerator.create(
      { issuer: this.certificate.subject, thisUpdate: new Date(Date.now() - DAY), nextUpdate: new Date(Date.now() + DAY), entries: serialNumbers.map((serialNumber) => ({ serialNumber })), signingAlgorithm: P256, signingKey: by.#keys.privateKey },
      webcrypto as unknown as Crypto,
    );
    return `-----BEGIN X509 CRL-----\n${Buffer.from(list.rawData).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`;
  }

  #sign(publicKey: webcrypto.CryptoKey, subject: string, { serialNumber, from = -300, until = 5, extensions = [] }: ClientOptions): Promise<X509Certificate> {
    return X509CertificateGenerator.create(
      {
        serialNumber: serialNumber ?? (++ClientAuthority.#serial).toString(16), subject, issuer: this.certificate.subject, notBefore: new Date(Date.now() + from * DAY), notAfter: new Date(Date.now() + until * DAY),
        signingKey: this.#keys.privateKey, signingAlgorithm: P256, publicKey, extensions: [...extensions],
      },
      webcrypto as unknown as Crypto,
    );
  }
}

async function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}
