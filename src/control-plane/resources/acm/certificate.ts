import type { Resource, Tag } from '../resource.ts';

/** A certificate. `id` is its ARN; `parent` is null. */
export interface Certificate extends Resource {
  readonly type: 'IMPORTED' | 'AMAZON_ISSUED';
  readonly domainName: string;
  /** Lower-case names that it is valid for, wildcards as `*.example.com`; the domain name among them. */
  readonly subjectAlternativeNames: readonly string[];
  /** PEM of the leaf alone. */
  readonly certificate: string;
  /** PEM of what follows the leaf, in order; empty for none. */
  readonly chain: string;
  /** PEM, PKCS #8. Secret: leaves the store for the data plane and in ExportCertificate only, and that encrypted. */
  readonly privateKey: string;
  /** Hexadecimal pairs with colons, lower case. */
  readonly serial: string;
  /** `CN=example.com` */
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since the epoch, as are all times here. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyAlgorithm: KeyAlgorithm;
  /** `SHA256WITHRSA`, `SHA384WITHECDSA`, ... */
  readonly signatureAlgorithm: string;
  readonly keyUsages: readonly string[];
  readonly extendedKeyUsages: readonly { readonly name: string; readonly oid: string }[];
  /** When it was issued or imported last. */
  readonly deliveredAt: number;
  /** How the names were proved; null for imported certificates. */
  readonly validation: { readonly method: 'DNS' | 'EMAIL'; readonly domains: readonly DomainValidation[] } | null;
  readonly transparencyLogging: 'ENABLED' | 'DISABLED';
  readonly exportable: boolean;
  /** When ExportCertificate was called for it first; null: never. */
  readonly exportedAt: number | null;
  /** When it was renewed last; null: never. */
  readonly renewedAt: number | null;
  /** The token of the request that made it, with which a repeated request finds it again for an hour. */
  readonly idempotencyToken: string | null;
  readonly tags: readonly Tag[];
}

export type KeyAlgorithm = 'RSA_1024' | 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'EC_prime256v1' | 'EC_secp384r1' | 'EC_secp521r1';

export interface DomainValidation {
  readonly domainName: string;
  readonly validationDomain: string;
  /** The CNAME that AWS would ask for; null for validation by mail. */
  readonly record: { readonly name: string; readonly value: string } | null;
}

/** ACM's ARN: `arn:aws:acm:REGION:ACCOUNT:certificate/UUID`. */
export function certificateArn(place: { readonly partition: string; readonly region: string; readonly account: string }, uuid: string): string {
  return `arn:${place.partition}:acm:${place.region}:${place.account}:certificate/${uuid}`;
}

/** The leaf first, then its chain: what a TLS server sends. */
export function fullChain(certificate: Pick<Certificate, 'certificate' | 'chain'>): string {
  const end = (pem: string): string => (pem === '' || pem.endsWith('\n') ? pem : `${pem}\n`);
  return end(certificate.certificate) + end(certificate.chain);
}
