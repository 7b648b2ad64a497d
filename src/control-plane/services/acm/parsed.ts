import { X509Certificate as NodeCertificate } from 'node:crypto';
import type { KeyUsageFlags, X509Certificate } from '@peculiar/x509';
import type { Certificate, KeyAlgorithm } from '../../resources/acm/index.ts';
import { x509 } from './x509.ts';

/** What a certificate says, in ACM's words. */
export type Parsed = Pick<
  Certificate,
  | 'domainName' | 'subjectAlternativeNames' | 'serial' | 'subject' | 'issuer' | 'notBefore' | 'notAfter' | 'signatureAlgorithm' | 'keyUsages' | 'extendedKeyUsages'
> & {
  /** Null: a key that ACM does not take. */
  readonly keyAlgorithm: KeyAlgorithm | null;
};

/** Reads one PEM certificate; throws what the parser throws where it is none. */
export function parse(pem: string): Parsed {
  const { ExtendedKeyUsageExtension, KeyUsagesExtension, SubjectAlternativeNameExtension, X509Certificate: Reader } = x509();
  const certificate = new Reader(pem);
  const commonName = certificate.subjectName.getField('CN')[0];
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.filter((name) => name.type === 'dns').map((name) => name.value.toLowerCase()) ?? [];
  const domainName = commonName?.toLowerCase() ?? names[0] ?? '';
  return {
    domainName,
    // RFC 6125: the common name counts only where there are no alternative names.
    subjectAlternativeNames: [...new Set(names.length > 0 ? names : [domainName].filter((name) => name !== ''))],
    serial: (certificate.serialNumber.toLowerCase().match(/../g) ?? []).join(':'),
    subject: certificate.subject,
    issuer: certificate.issuerName.getField('O')[0] ?? certificate.issuerName.getField('CN')[0] ?? certificate.issuer,
    notBefore: certificate.notBefore.getTime(),
    notAfter: certificate.notAfter.getTime(),
    keyAlgorithm: keyAlgorithm(new NodeCertificate(pem)),
    signatureAlgorithm: signatureAlgorithm(certificate),
    keyUsages: keyUsages(certificate.getExtension(KeyUsagesExtension)?.usages),
    extendedKeyUsages: purposes(certificate.getExtension(ExtendedKeyUsageExtension)?.usages ?? []),
  };
}

const CURVES: Readonly<Record<string, KeyAlgorithm>> = { prime256v1: 'EC_prime256v1', secp384r1: 'EC_secp384r1', secp521r1: 'EC_secp521r1' };
const MODULI: Readonly<Record<number, KeyAlgorithm>> = { 1024: 'RSA_1024', 2048: 'RSA_2048', 3072: 'RSA_3072', 4096: 'RSA_4096' };

function keyAlgorithm(certificate: NodeCertificate): KeyAlgorithm | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type === 'rsa') return MODULI[details?.modulusLength ?? 0] ?? null;
  if (type === 'ec') return CURVES[details?.namedCurve ?? ''] ?? null;
  return null;
}

/** `SHA256WITHRSA`, as ACM writes it. */
function signatureAlgorithm(certificate: X509Certificate): string {
  const { name, hash } = certificate.signatureAlgorithm as { readonly name: string; readonly hash: { readonly name: string } };
  const family = name.startsWith('RSA') ? 'RSA' : name;
  return `${hash.name.replaceAll('-', '')}WITH${family}`.toUpperCase();
}

const USAGES: readonly (readonly [keyof typeof KeyUsageFlags, string])[] = [
  ['digitalSignature', 'DIGITAL_SIGNATURE'],
  ['nonRepudiation', 'NON_REPUDIATION'],
  ['keyEncipherment', 'KEY_ENCIPHERMENT'],
  ['dataEncipherment', 'DATA_ENCIPHERMENT'],
  ['keyAgreement', 'KEY_AGREEMENT'],
  ['keyCertSign', 'CERTIFICATE_SIGNING'],
  ['cRLSign', 'CRL_SIGNING'],
  ['encipherOnly', 'ENCIPHER_ONLY'],
  ['decipherOnly', 'DECIPHER_ONLY'],
];

function keyUsages(flags: number | undefined): readonly string[] {
  // RFC 5280 section 4.2.1.3: without the extension, any use.
  if (flags === undefined) return ['ANY'];
  const { KeyUsageFlags: bits } = x509();
  return USAGES.filter(([flag]) => (flags & bits[flag]) !== 0).map(([, name]) => name);
}

function purposes(oids: Iterable<unknown>): Parsed['extendedKeyUsages'] {
  // The parser's list is a class of its own: what is stored must be plain.
  return Array.from(oids, String).map((oid) => ({ name: PURPOSES[oid] ?? 'CUSTOM', oid }));
}

/** RFC 5280 section 4.2.1.12. */
const PURPOSES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS_WEB_SERVER_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.2': 'TLS_WEB_CLIENT_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.3': 'CODE_SIGNING',
  '1.3.6.1.5.5.7.3.4': 'EMAIL_PROTECTION',
  '1.3.6.1.5.5.7.3.8': 'TIME_STAMPING',
  '1.3.6.1.5.5.7.3.9': 'OCSP_SIGNING',
  '1.3.6.1.5.5.7.3.5': 'IPSEC_END_SYSTEM',
  '1.3.6.1.5.5.7.3.6': 'IPSEC_TUNNEL',
  '1.3.6.1.5.5.7.3.7': 'IPSEC_USER',
  '2.5.29.37.0': 'ANY',
};
