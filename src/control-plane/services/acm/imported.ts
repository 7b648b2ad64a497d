import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { AwsError } from '../../../aws/index.ts';
import type { KeyAlgorithm } from '../../resources/acm/index.ts';
import { pkcs8 } from './authority.ts';
import { parse, type Parsed } from './parsed.ts';

/** Why something was not taken, and what of it: IAM has codes of its own for each. */
export class Unfit extends AwsError {
  readonly part: 'form' | 'certificate' | 'key' | 'pair' | 'chain';

  constructor(part: Unfit['part'], message: string) {
    super('ValidationException', message);
    this.part = part;
  }
}

/** What ImportCertificate is given, checked: one certificate, its key, the chain in order (import-certificate-prerequisites.html). */
export interface Imported {
  readonly certificate: string;
  readonly chain: string;
  readonly privateKey: string;
  readonly parsed: Parsed & { readonly keyAlgorithm: KeyAlgorithm };
}

interface Given {
  readonly Certificate?: Uint8Array | undefined;
  readonly PrivateKey?: Uint8Array | undefined;
  readonly CertificateChain?: Uint8Array | undefined;
}

export function imported(given: Given, now: number): Imported {
  const [certificate, ...more] = blocks(text(given.Certificate));
  if (certificate === undefined) throw new Unfit('form', 'The certificate is not PEM-encoded or is not valid.');
  if (more.length > 0) throw new Unfit('certificate', 'The certificate field contains more than one certificate. You can specify only one certificate in this field.');
  const leaf = read(certificate, 'certificate');
  const parsed = parsedOf(certificate);
  checkDates(leaf, 'certificate', now);
  const key = privateKey(text(given.PrivateKey));
  if (!leaf.checkPrivateKey(key)) throw new Unfit('pair', 'The private key does not match the public key of the certificate.');
  const chain = given.CertificateChain === undefined ? [] : chainOf(text(given.CertificateChain), leaf, now);
  return { certificate: leaf.toString(), chain: chain.map((each) => each.toString()).join(''), privateKey: pkcs8(key), parsed };
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('latin1');
}

const BLOCK = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

function blocks(pem: string): readonly string[] {
  return pem.match(BLOCK) ?? [];
}

const NAMES = { certificate: 'certificate', chain: 'certificate chain' } as const;

function read(pem: string, what: keyof typeof NAMES): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Unfit(what === 'chain' ? what : 'form', `The ${NAMES[what]} is not PEM-encoded or is not valid.`);
  }
}

function parsedOf(pem: string): Imported['parsed'] {
  let parsed: Parsed;
  try {
    parsed = parse(pem);
  } catch {
    throw new Unfit('form', 'The certificate is not PEM-encoded or is not valid.');
  }
  const { keyAlgorithm } = parsed;
  if (keyAlgorithm === null) {
    throw new Unfit('certificate', 'The key algorithm of the certificate is not supported: it must be RSA with 1024, 2048, 3072 or 4096 bits, or ECDSA with P-256, P-384 or P-521.');
  }
  if (parsed.issuer === '') throw new Unfit('certificate', 'The Issuer field of the certificate must not be empty.');
  return { ...parsed, keyAlgorithm };
}

function checkDates(certificate: X509Certificate, what: keyof typeof NAMES, now: number): void {
  if (certificate.validToDate.getTime() < now) throw new Unfit(what, `The ${NAMES[what]} has expired, is not valid.`);
  if (certificate.validFromDate.getTime() > now) throw new Unfit(what, `The ${NAMES[what]} is not in effect yet, is not valid.`);
}

function privateKey(pem: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    throw new Unfit('key', 'The private key is encrypted. You cannot import a private key that is protected by a password or a passphrase.');
  }
  if ((pem.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? []).length > 1) throw new Unfit('key', 'The private key field must contain exactly one PEM-encoded private key.');
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Unfit('key', 'The private key is not PEM-encoded or is not valid.');
  }
}

/** Each must have signed the one before it, beginning with the certificate itself. */
function chainOf(pem: string, leaf: X509Certificate, now: number): readonly X509Certificate[] {
  const found = blocks(pem);
  if (found.length === 0) throw new Unfit('chain', 'The certificate chain is not PEM-encoded or is not valid.');
  const chain = found.map((block) => read(block, 'chain'));
  let below = leaf;
  for (const each of chain) {
    checkDates(each, 'chain', now);
    if (!below.checkIssued(each) || !below.verify(each.publicKey)) throw new Unfit('chain', 'Could not validate the certificate with the certificate chain.');
    below = each;
  }
  return chain;
}
