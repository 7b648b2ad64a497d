import { createPrivateKey, createPublicKey, generateKeyPair, webcrypto, X509Certificate as NodeCertificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { X509Certificate } from '@peculiar/x509';
import { LOCAL_AUTHORITY, type Authority, type KeyAlgorithm } from '../../resources/acm/index.ts';
import type { Environment } from '../environment.ts';
import { x509 } from './x509.ts';

/**
 * The local authority: the root that signs what RequestCertificate asks for. It is made once an installation, when it is first needed, and stays
 * in the store: who trusts its certificate trusts every certificate of the installation.
 */

const DAY = 24 * 60 * 60 * 1000;
const ROOT_DAYS = 20 * 365;
/** ACM's own certificates live this long since 2026 (the CA/Browser Forum allows 200 days). */
const LEAF_DAYS = 198;
/** Clients whose clocks are behind shall not find a new certificate to be of the future. */
const BACKDATED = 60 * 60 * 1000;

const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const generateKeys = promisify(generateKeyPair) as (type: string, options: object) => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>;

export interface Issued {
  /** PEM of the leaf. */
  readonly certificate: string;
  /** PEM of the root. */
  readonly chain: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

/** PEM of the root certificate; makes the authority where there is none yet. */
export async function localAuthority(environment: Environment): Promise<string> {
  return (await authority(environment)).certificate;
}

async function authority(environment: Environment): Promise<Authority> {
  const existing = environment.store.world.get('acm/authority', LOCAL_AUTHORITY);
  if (existing) return existing;
  const made = await newAuthority(environment);
  // Two who come at once: the first to commit is the authority.
  return environment.store.transact((transaction) => {
    const other = transaction.get('acm/authority', LOCAL_AUTHORITY);
    if (other) return other;
    transaction.put('acm/authority', made);
    return made;
  });
}

async function newAuthority({ clock, random }: Environment): Promise<Authority> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, Name, PublicKey, SubjectKeyIdentifierExtension, X509CertificateGenerator } = x509();
  const { publicKey, privateKey } = await generateKeys('ec', { namedCurve: 'P-256' });
  const spki = new PublicKey(publicKey.export({ type: 'spki', format: 'der' }));
  const now = clock.now();
  const name = new Name([{ O: ['Turnpike'] }, { CN: [`Turnpike local authority ${random.bytes(4).toString('hex')}`] }]);
  const root = await X509CertificateGenerator.create({
    serialNumber: serialNumber(random.bytes(16)),
    subject: name,
    issuer: name,
    notBefore: new Date(now - BACKDATED),
    notAfter: new Date(now + ROOT_DAYS * DAY),
    publicKey: spki,
    signingKey: await signingKey(privateKey),
    signingAlgorithm: SIGNING,
    extensions: [
      // RFC 5280 section 4.2.1.9: it signs leaves only
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(spki),
    ],
  });
  return {
    id: LOCAL_AUTHORITY,
    account: 'global',
    region: 'global',
    parent: null,
    createdAt: now,
    certificate: pem(root),
    privateKey: pkcs8(privateKey),
  };
}

/** A key and a certificate for the names, signed by the local authority. The first name becomes the common name. */
export async function issue(environment: Environment, names: readonly string[], algorithm: KeyAlgorithm): Promise<Issued> {
  const {
    AuthorityKeyIdentifierExtension, BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, Name, PublicKey,
    SubjectAlternativeNameExtension, SubjectKeyIdentifierExtension, X509Certificate: Certificate, X509CertificateGenerator,
  } = x509();
  const { clock, random } = environment;
  const signer = await authority(environment);
  const root = new Certificate(signer.certificate);
  const { publicKey, privateKey } = await leafKeys(algorithm);
  const spki = new PublicKey(publicKey.export({ type: 'spki', format: 'der' }));
  const now = clock.now();
  const rootPublic = new PublicKey(createPublicKey(signer.certificate).export({ type: 'spki', format: 'der' }));
  const rsa = algorithm.startsWith('RSA');
  const leaf = await X509CertificateGenerator.create({
    serialNumber: serialNumber(random.bytes(16)),
    subject: new Name([{ CN: [names[0] ?? ''] }]),
    issuer: root.subjectName,
    notBefore: new Date(now - BACKDATED),
    notAfter: new Date(Math.min(now + LEAF_DAYS * DAY, root.notAfter.getTime())),
    publicKey: spki,
    signingKey: await signingKey(createPrivateKey(signer.privateKey)),
    signingAlgorithm: SIGNING,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      // TLS 1.2 with RSA key exchange needs encipherment (RFC 5246 section 7.4.2)
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | (rsa ? KeyUsageFlags.keyEncipherment : 0), true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      await AuthorityKeyIdentifierExtension.create(rootPublic),
      await SubjectKeyIdentifierExtension.create(spki),
    ],
  });
  return { certificate: pem(leaf), chain: signer.certificate, privateKey: pkcs8(privateKey) };
}

function leafKeys(algorithm: KeyAlgorithm): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  const [family, size = ''] = algorithm.split('_');
  return family === 'RSA' ? generateKeys('rsa', { modulusLength: Number(size) }) : generateKeys('ec', { namedCurve: size });
}

/** Positive, without a leading zero byte: RFC 5280 section 4.1.2.2. */
function serialNumber(bytes: Buffer): string {
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function signingKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

function pem(certificate: X509Certificate): string {
  return new NodeCertificate(Buffer.from(certificate.rawData)).toString();
}

export function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
