import { createSecureContext, type SecureContext } from 'node:tls';
import type { Certificate, Tls } from '../../snapshot/index.ts';

export interface ServedCertificate {
  /** ARN. */
  readonly id: string;
  readonly context: SecureContext;
}

/** A listener's certificates, ready to be chosen from by SNI. */
export interface CertificateChoice {
  /** Serves clients that send no name, or one that no certificate is valid for. */
  readonly standard: ServedCertificate;
  /** `serverName` is lower-case. */
  choose(serverName: string): ServedCertificate;
}

/** Makes secure contexts once for each certificate and policy: parsing keys is what a change of rules must not pay for. */
export class CertificateContexts {
  readonly #contexts = new WeakMap<Certificate, Map<string, SecureContext>>();
  readonly #ticketKeys: Buffer;

  /** `ticketKeys`: 48 octets that every worker shares, so that a session resumes wherever its connection lands. */
  constructor(ticketKeys: Buffer) {
    this.#ticketKeys = ticketKeys;
  }

  /** Throws where OpenSSL refuses a key or a chain; the caller keeps what served before. */
  link(tls: Tls, certificates: readonly Certificate[]): CertificateChoice {
    const served = certificates.map((certificate) => ({ id: certificate.id, context: this.#context(tls, certificate) }));
    const exact = new Map<string, ServedCertificate>();
    const wildcards = new Map<string, ServedCertificate>();
    certificates.forEach((certificate, index) => {
      for (const name of certificate.names) {
        const table = name.startsWith('*.') ? wildcards : exact;
        const key = name.startsWith('*.') ? name.slice(2) : name;
        if (!table.has(key)) table.set(key, served[index]!);
      }
    });
    const standard = served[0]!;
    return {
      standard,
      choose(serverName) {
        // a wildcard stands for exactly one label (RFC 6125 section 6.4.3)
        return exact.get(serverName) ?? wildcards.get(serverName.slice(serverName.indexOf('.') + 1)) ?? standard;
      },
    };
  }

  #context(tls: Tls, certificate: Certificate): SecureContext {
    const key = `${tls.minVersion} ${tls.maxVersion} ${tls.ciphers.join(':')}`;
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
        // RFC 7919 groups: without parameters the DHE suites of old policies could not be offered
        dhparam: 'auto',
        ticketKeys: this.#ticketKeys,
        sessionIdContext: 'turnpike',
      });
      byPolicy.set(key, context);
    }
    return context;
  }
}
