import { createHash, X509Certificate } from 'node:crypto';
import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Certificate, ClientAuthentication, Tls } from '../../snapshot/index.ts';
import type { ClientHello } from './client-hello.ts';
import { ClientVerifier } from './client-verifier.ts';
import { KeyExchange } from './key-exchange.ts';

export interface ServedCertificate {
  /** ARN. */
  readonly id: string;
  readonly context: SecureContext;
}

/** What is asked of clients. */
export interface ClientGate {
  /** Null: whatever they show, or nothing, comes in unseen. */
  readonly verification: { readonly verifier: ClientVerifier; readonly trustStore: string } | null;
  /** Who has no valid certificate does not come in. */
  readonly isClosed: boolean;
}

/** A listener's certificates, ready to be chosen from, and what goes with them. */
export interface CertificateChoice {
  /** Null: clients are not asked for a certificate. */
  readonly clients: ClientGate | null;
  readonly keyExchange: KeyExchange;
  /** Serves clients that send no name, or one that no certificate is valid for. */
  readonly standard: ServedCertificate;
  /** `now`: wall clock (ms). */
  choose(hello: ClientHello, now: number): ServedCertificate;
}

/** What `tls.Server.setTicketKeys` calls: servers of node:tls keep one context each, we many. */
interface TicketContext {
  readonly context: { setTicketKeys(keys: Buffer): void };
}

/** What of a certificate the choice goes by. */
interface Traits {
  /** Null for RSA. */
  readonly curve: Curve | null;
  readonly bits: number;
  readonly from: number;
  readonly until: number;
}

interface Curve {
  /** In `supported_groups`. */
  readonly group: number;
  /** In `signature_algorithms`: TLS 1.3 binds each scheme to a curve. */
  readonly scheme: number;
}

interface Candidate extends ServedCertificate {
  readonly traits: Traits;
  readonly suites: ReadonlySet<number>;
  readonly order: number;
}

const CURVES: Readonly<Record<string, Curve & { readonly bits: number }>> = {
  prime256v1: { group: 0x17, scheme: 0x0403, bits: 256 },
  secp384r1: { group: 0x18, scheme: 0x0503, bits: 384 },
  secp521r1: { group: 0x19, scheme: 0x0603, bits: 521 },
};

/** Cipher suites of TLS 1.2 and before that an ECDSA key signs, by OpenSSL's names. */
const ECDSA_SUITES: Readonly<Record<string, number>> = {
  'ECDHE-ECDSA-AES128-GCM-SHA256': 0xc02b,
  'ECDHE-ECDSA-AES256-GCM-SHA384': 0xc02c,
  'ECDHE-ECDSA-AES128-SHA256': 0xc023,
  'ECDHE-ECDSA-AES256-SHA384': 0xc024,
  'ECDHE-ECDSA-AES128-SHA': 0xc009,
  'ECDHE-ECDSA-AES256-SHA': 0xc00a,
  'ECDHE-ECDSA-CHACHA20-POLY1305': 0xcca9,
};

/** Makes secure contexts once for each certificate and policy: parsing keys is what a change of rules must not pay for. */
export class CertificateContexts {
  readonly #contexts = new WeakMap<Certificate, Map<string, SecureContext>>();
  readonly #traits = new WeakMap<Certificate, Traits>();
  readonly #gates = new WeakMap<ClientAuthentication, ClientGate>();
  #ticketKeys: Buffer;
  /** Every context that may still be in use: what new ticket keys are given to. */
  #live: WeakRef<SecureContext>[] = [];

  /** `ticketKeys`: 48 octets that every worker shares, so that a session resumes wherever its connection lands. */
  constructor(ticketKeys: Buffer) {
    this.#ticketKeys = ticketKeys;
  }

  /** Tickets that were given out before are worth nothing any more: their clients make a whole handshake once. */
  rotateTicketKeys(ticketKeys: Buffer): void {
    this.#ticketKeys = ticketKeys;
    this.#live = this.#live.filter((reference) => {
      const context = reference.deref() as (SecureContext & TicketContext) | undefined;
      context?.context.setTicketKeys(ticketKeys);
      return context !== undefined;
    });
  }

  /** Throws where OpenSSL refuses a key or a chain; the caller keeps what served before. */
  link(tls: Tls, certificates: readonly Certificate[]): CertificateChoice {
    const suites = new Set(tls.ciphers.flatMap((name) => ECDSA_SUITES[name] ?? []));
    const candidates = certificates.map(
      (certificate, order): Candidate => ({ id: certificate.id, context: this.#context(tls, certificate), traits: this.#traitsOf(certificate), suites, order }),
    );
    const byName = new Map<string, Candidate[]>();
    const byParent = new Map<string, Candidate[]>();
    certificates.forEach(({ names }, index) => {
      for (const name of new Set(names)) {
        // a wildcard stands for exactly one label (RFC 6125 section 6.4.3)
        if (name.startsWith('*.')) add(byParent, name.slice(2), candidates[index]!);
        else add(byName, name, candidates[index]!);
      }
    });
    for (const [name, exact] of byName) {
      const wild = byParent.get(parentOf(name)) ?? [];
      exact.push(...wild.filter((candidate) => !exact.includes(candidate)).sort(better));
    }
    for (const list of [...byName.values(), ...byParent.values()]) list.sort(better);
    const standard = candidates[0]!;
    const tls13 = tls.maxVersion === 'TLSv1.3';
    return {
      clients: this.#gate(tls.clients),
      keyExchange: new KeyExchange(tls.groups),
      standard,
      choose(hello, now) {
        const { serverName } = hello;
        const fitting = serverName === null ? undefined : (byName.get(serverName) ?? byParent.get(parentOf(serverName)));
        if (fitting === undefined) return standard;
        if (fitting.length === 1) return fitting[0]!;
        const usable = fitting.filter((candidate) => supports(hello, candidate, tls13));
        return usable.find(({ traits }) => traits.from <= now && now < traits.until) ?? usable[0] ?? fitting[0]!;
      },
    };
  }

  #traitsOf(certificate: Certificate): Traits {
    const known = this.#traits.get(certificate);
    if (known) return known;
    const { publicKey, validFrom, validTo } = new X509Certificate(certificate.chain);
    const { namedCurve = '', modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {};
    const curve = CURVES[namedCurve];
    const made: Traits = { curve: curve ?? null, bits: curve?.bits ?? modulusLength, from: Date.parse(validFrom), until: Date.parse(validTo) };
    this.#traits.set(certificate, made);
    return made;
  }

  #gate(clients: Tls['clients']): ClientGate | null {
    if (clients === null) return null;
    let gate = this.#gates.get(clients);
    if (!gate) this.#gates.set(clients, (gate = gateOf(clients)));
    return gate;
  }

  #context(tls: Tls, certificate: Certificate): SecureContext {
    const { clients } = tls;
    // whose names are told to clients; they are verified elsewhere, so that a context needs no other authorities
    const authorities = clients?.kind === 'verify' && clients.advertiseNames ? clients.authorities : [];
    const key = [tls.minVersion, tls.maxVersion, tls.ciphers.join(':'), tls.groups, clients?.kind ?? 'off', createHash('sha256').update(authorities.join()).digest('hex')].join(' ');
    let byPolicy = this.#contexts.get(certificate);
    if (!byPolicy) this.#contexts.set(certificate, (byPolicy = new Map()));
    let context = byPolicy.get(key);
    if (!context) {
      context = createSecureContext({
        cert: certificate.chain,
        key: certificate.privateKey,
        minVersion: tls.minVersion,
        maxVersion: tls.maxVersion,
        ciphers: tls.ciphers.join(':'),
        honorCipherOrder: true,
        ecdhCurve: tls.groups,
        ...(clients === null ? {} : { ca: [...authorities] }),
        // RFC 7919 groups: without parameters the DHE suites of old policies could not be offered
        dhparam: 'auto',
        // "Application Load Balancers do not support TLS renegotiation" (create-https-listener.html)
        // "Session resumption is not supported when using mutual TLS" (mutual-authentication.html)
        secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (clients === null ? 0 : constants.SSL_OP_NO_TICKET),
        ticketKeys: this.#ticketKeys,
        // a session goes on only with the certificate and the policy that it began with; the same in every worker, at most 32 octets
        sessionIdContext: createHash('sha256').update(`${key} ${certificate.id}`).digest('hex').slice(0, 32),
      });
      byPolicy.set(key, context);
      this.#live.push(new WeakRef(context));
    }
    return context;
  }
}

/**
 * AWS's order among certificates that fit a name: ECDSA before RSA, larger keys, validity; "not expired" is looked at when one is asked for, as
 * it changes with time. Between equals the one that is listed first. (No MD5 certificate gets past ACM.)
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
 */
function better(a: Candidate, b: Candidate): number {
  const ecdsa = Number(b.traits.curve !== null) - Number(a.traits.curve !== null);
  return ecdsa || b.traits.bits - a.traits.bits || b.traits.until - b.traits.from - (a.traits.until - a.traits.from) || a.order - b.order;
}

/** Whether the client can check such a certificate. Everyone is taken to know RSA: where not, the handshake says so. */
function supports({ suites, signatures, groups, tls13 }: ClientHello, candidate: Candidate, served13: boolean): boolean {
  const { curve } = candidate.traits;
  if (curve === null) return true;
  if (tls13 && served13) return signatures?.has(curve.scheme) ?? false;
  if (groups !== null && !groups.has(curve.group)) return false;
  for (const suite of candidate.suites) if (suites.has(suite)) return true;
  return false;
}

function parentOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function add(lists: Map<string, Candidate[]>, name: string, candidate: Candidate): void {
  const list = lists.get(name);
  if (list) list.push(candidate);
  else lists.set(name, [candidate]);
}

function gateOf(clients: ClientAuthentication): ClientGate {
  if (clients.kind === 'passthrough') return { verification: null, isClosed: false };
  return { verification: { verifier: new ClientVerifier(clients), trustStore: clients.trustStore }, isClosed: clients.refuses === 'connections' };
}
