import type { X509Certificate } from 'node:crypto';
import { DER_SEQUENCE, derElement, derElements, derExpect, derObjectId, type DerElement } from '../../kernel/index.ts';

const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const EXTENDED_KEY_USAGE = '551d25';
const NAME_CONSTRAINTS = '551d1e';
const CLIENT_AUTH = '2b06010505070302';
const ANY_PURPOSE = '551d2500';

/** Extensions whose meaning is honoured, or says nothing about who may come in: others must not be critical (RFC 5280 section 4.2). */
const UNDERSTOOD: ReadonlySet<string> = new Set([BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, '551d11', '551d12', '551d20', '551d23', '551d0e', '551d1f']);

const EXTENSIONS = 0xa3;
const VERSION = 0xa0;
const BOOLEAN = 0x01;
const INTEGER = 0x02;

/** "RSA 2K - 8K or ECDSA secp256r1, secp384r1, secp521r1", signed with SHA-256, 384 or 512: mutual-authentication.html */
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.10', '1.2.840.113549.1.1.11', '1.2.840.113549.1.1.12', '1.2.840.113549.1.1.13', '1.2.840.10045.4.3.2', '1.2.840.10045.4.3.3', '1.2.840.10045.4.3.4',
]);

/** What of a certificate Node does not tell: names as octets, and the extensions that say what it may be used for. Throws for what is no X.509 v3. */
export class CertificateTraits {
  /** DER of the names, as latin1. */
  readonly subject: string;
  readonly issuer: string;
  /** Key and signature are of the kinds that ALB takes. */
  readonly supported: boolean;
  /** No critical extension is unknown. */
  understood = true;
  /** May show who a client is. */
  forClients = true;
  /** May sign certificates. */
  signsCertificates = true;
  /** Authorities that may stand between this one and a client's certificate. */
  pathLength = Infinity;

  constructor(certificate: X509Certificate) {
    const { raw } = certificate;
    const whole = derExpect(raw, 0, { tag: DER_SEQUENCE, limit: raw.length });
    const body = derExpect(raw, whole.start, { tag: DER_SEQUENCE, limit: whole.end });
    const parts = derElements(raw, body.start, body.end);
    // version, serial number, algorithm, issuer, validity, subject
    const from = parts[0]?.tag === VERSION ? 1 : 0;
    const issuer = parts[from + 2];
    const subject = parts[from + 4];
    if (issuer?.tag !== DER_SEQUENCE || subject?.tag !== DER_SEQUENCE) throw new RangeError('a certificate without names');
    this.issuer = raw.toString('latin1', issuer.at, issuer.end);
    this.subject = raw.toString('latin1', subject.at, subject.end);
    this.supported = hasSupportedKey(certificate) && SIGNATURES.has(certificate.signatureAlgorithmOid ?? '');
    const extensions = parts.find(({ tag }) => tag === EXTENSIONS);
    if (extensions === undefined) return;
    const list = derExpect(raw, extensions.start, { tag: DER_SEQUENCE, limit: extensions.end });
    for (const extension of derElements(raw, list.start, list.end)) this.#read(raw, derElements(raw, extension.start, extension.end));
  }

  #read(raw: Buffer, [id, second, third]: readonly DerElement[]): void {
    const value = second?.tag === BOOLEAN ? third : second;
    if (id === undefined || value === undefined) throw new RangeError('a certificate with an empty extension');
    const name = derObjectId(raw, id);
    const critical = second?.tag === BOOLEAN && raw[second.start] !== 0;
    // names that an authority may not sign for are not compared here: whoever limits them so is not taken
    if ((critical && !UNDERSTOOD.has(name)) || name === NAME_CONSTRAINTS) this.understood = false;
    if (name === KEY_USAGE) {
      const bits = raw[derElement(raw, value.start, value.end).start + 1] ?? 0;
      // digitalSignature (0), keyAgreement (4), keyCertSign (5)
      this.forClients &&= (bits & 0b1000_1000) !== 0;
      this.signsCertificates = (bits & 0b0000_0100) !== 0;
    } else if (name === EXTENDED_KEY_USAGE) {
      const purposes = derExpect(raw, value.start, { tag: DER_SEQUENCE, limit: value.end });
      this.forClients &&= derElements(raw, purposes.start, purposes.end).some((purpose) => [CLIENT_AUTH, ANY_PURPOSE].includes(derObjectId(raw, purpose)));
    } else if (name === BASIC_CONSTRAINTS) {
      const constraints = derExpect(raw, value.start, { tag: DER_SEQUENCE, limit: value.end });
      const length = derElements(raw, constraints.start, constraints.end).find(({ tag }) => tag === INTEGER);
      if (length !== undefined) this.pathLength = length.end - length.start > 1 ? Infinity : raw[length.start]!;
    }
  }
}

function hasSupportedKey({ publicKey }: X509Certificate): boolean {
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {};
  switch (publicKey.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength >= 2048 && modulusLength <= 8192;
    case 'ec':
      return CURVES.has(namedCurve);
    default:
      return false;
  }
}
