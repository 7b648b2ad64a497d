import { X509Certificate } from 'node:crypto';
import { pemBlocks, RevocationList } from '../../kernel/index.ts';
import type { ClientVerification } from '../../snapshot/index.ts';
import type { HandshakeFailureCode } from '../exchange/index.ts';
import { CertificateTraits } from './certificate-traits.ts';

/** ALB's quotas: depth of a chain (the client's own certificate is at depth 0), and octets of what it shows. */
const DEPTH_MOST = 4;
const OCTETS_MOST = 64 * 1024;
/** Bounds the search for a path among certificates that a client has made up: signatures checked for one handshake. */
const CHECKS_MOST = 64;

interface Link {
  readonly certificate: X509Certificate;
  readonly traits: CertificateTraits;
}

interface Revocations {
  readonly list: RevocationList;
  /** By DER of the authority's certificate: whether the authority has signed the list. */
  readonly signedBy: Map<string, boolean>;
}

/**
 * Verifies clients' certificates against a trust store (RFC 5280 section 6). OpenSSL would tell one reason only, the last, so that an ignored expiry could
 * hide an unknown issuer: the path is therefore built and judged here, and whatever is not understood is refused. Any certificate of the trust
 * store ends a path (chosen: AWS does not say whether intermediate ones alone do).
 */
export class ClientVerifier {
  readonly #ignoreExpiry: boolean;
  readonly #anchors: ReadonlyMap<string, readonly Link[]>;
  /** The newest list of each issuer, by DER of its name. */
  readonly #revocations: ReadonlyMap<string, Revocations>;

  /** Throws where a certificate or a list cannot be read. */
  constructor({ authorities, revocations, ignoreExpiry }: Pick<ClientVerification, 'authorities' | 'revocations' | 'ignoreExpiry'>) {
    this.#ignoreExpiry = ignoreExpiry;
    this.#anchors = bySubject(authorities.map(linkOf));
    const lists = new Map<string, Revocations>();
    for (const pem of revocations) {
      for (const der of pemBlocks(pem, 'X509 CRL')) {
        const list = new RevocationList(der);
        const issuer = list.issuer.toString('latin1');
        const before = lists.get(issuer);
        // of several lists of one authority the last that was issued holds
        if (before === undefined || (list.number ?? 0n) >= (before.list.number ?? 0n)) lists.set(issuer, { list, signedBy: new Map() });
      }
    }
    this.#revocations = lists;
  }

  /** Null for a chain that may come in. `shown`: the client's own first; `now`: wall clock (ms). */
  judge(shown: readonly X509Certificate[], now: number): HandshakeFailureCode | null {
    let octets = 0;
    for (const { raw } of shown) octets += raw.length;
    if (octets > OCTETS_MOST) return 'ClientCertMaxSizeExceeded';
    let links: readonly Link[];
    try {
      links = shown.map(linkFrom);
    } catch {
      return 'ClientCertInvalid';
    }
    const [own, ...others] = links;
    if (own === undefined) return 'ClientCertInvalid';
    if (!own.traits.supported) return 'ClientCertTypeUnsupported';
    const search: Search = { between: bySubject(others), checks: 0, tooDeep: false };
    const path = this.#pathFrom([own], search);
    if (path === null) return search.tooDeep ? 'ClientCertMaxChainDepthExceeded' : 'ClientCertUntrusted';
    return this.#judgePath(path, now);
  }

  #pathFrom(path: readonly Link[], search: Search): readonly Link[] | null {
    const last = path.at(-1)!;
    const issuer = last.traits.issuer;
    // the certificate itself may be in the store
    if (this.#anchors.get(last.traits.subject)?.some(({ certificate }) => certificate.raw.equals(last.certificate.raw))) return path;
    const candidates = [...(this.#anchors.get(issuer) ?? []), ...(search.between.get(issuer) ?? [])];
    for (const candidate of candidates) {
      if (path.some(({ certificate }) => certificate.raw.equals(candidate.certificate.raw))) continue;
      if (path.length > DEPTH_MOST) {
        search.tooDeep = true;
        return null;
      }
      if (++search.checks > CHECKS_MOST) return null;
      if (!hasIssued(candidate, last, path.length - 1)) continue;
      const whole = this.#pathFrom([...path, candidate], search);
      if (whole !== null) return whole;
    }
    return null;
  }

  #judgePath(path: readonly Link[], now: number): HandshakeFailureCode | null {
    const [own] = path as readonly [Link, ...Link[]];
    for (const [depth, { certificate, traits }] of path.entries()) {
      if (!traits.understood) return 'ClientCertInvalid';
      if (now < certificate.validFromDate.getTime()) return 'ClientCertNotYetValid';
      if (now > certificate.validToDate.getTime() && !(depth === 0 && this.#ignoreExpiry)) return 'ClientCertExpired';
    }
    if (!own.traits.forClients) return 'ClientCertPurposeInvalid';
    for (const [depth, { certificate, traits }] of path.entries()) {
      const revocations = this.#revocations.get(traits.issuer);
      if (revocations === undefined) continue;
      const authority = path[depth + 1] ?? this.#anchors.get(traits.issuer)?.find((anchor) => hasIssued(anchor, path[depth]!, 0));
      if (authority === undefined) continue;
      if (!isSigned(revocations, authority)) return 'ClientCertCrlProcessingError';
      if (revocations.list.has(certificate.serialNumber)) return 'ClientCertCrlHit';
    }
    return null;
  }
}

interface Search {
  readonly between: ReadonlyMap<string, readonly Link[]>;
  checks: number;
  tooDeep: boolean;
}

/** `below`: certificates of authorities between this one and the client's. */
function hasIssued(authority: Link, child: Link, below: number): boolean {
  const { certificate, traits } = authority;
  if (!certificate.ca || !traits.supported || traits.pathLength < below || !traits.signsCertificates) return false;
  return child.certificate.checkIssued(certificate) && child.certificate.verify(certificate.publicKey);
}

function isSigned({ list, signedBy }: Revocations, { certificate }: Link): boolean {
  const key = certificate.fingerprint256;
  let signed = signedBy.get(key);
  if (signed === undefined) {
    signed = list.isSignedBy(certificate.publicKey);
    // clients may show any number of authorities of one name: only a few are remembered
    if (signedBy.size < 16) signedBy.set(key, signed);
  }
  return signed;
}

function bySubject(links: readonly Link[]): ReadonlyMap<string, readonly Link[]> {
  const map = new Map<string, Link[]>();
  for (const link of links) {
    const list = map.get(link.traits.subject);
    if (list) list.push(link);
    else map.set(link.traits.subject, [link]);
  }
  return map;
}

function linkOf(pem: string): Link {
  return linkFrom(new X509Certificate(pem));
}

function linkFrom(certificate: X509Certificate): Link {
  return { certificate, traits: new CertificateTraits(certificate) };
}
