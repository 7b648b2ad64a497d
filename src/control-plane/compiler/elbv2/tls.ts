import { groupList, needsLegacySecurityLevel, servedCiphers, sslPolicy, DEFAULT_SSL_POLICY, type Listener, type LoadBalancer } from '../../resources/elbv2/index.ts';
import type { Tls, TlsVersion } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { findCertificate } from '../acm/certificate.ts';
import { isOn } from './attribute.ts';
import { compileClients } from './trust-store.ts';

/** What is offered by ALPN, with `routing.http2.enabled` (the default) and without. */
const BOTH: readonly string[] = ['h2', 'http/1.1'];
const HTTP1: readonly string[] = ['http/1.1'];

/** Part of OpenSSL's cipher list syntax: without it the versions before 1.2, which sign with SHA-1, are refused whatever the versions say. */
const LEGACY_LEVEL = '@SECLEVEL=0';

/** Oldest first. */
const VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** Null for a listener without TLS. `certificates` is empty where none of those that the listener names exists: it cannot be bound then. */
export function compileTls(listener: Listener, balancer: Pick<LoadBalancer, 'attributes'>, maker: Maker): Tls | null {
  if (listener.protocol !== 'HTTPS') return null;
  const name = listener.sslPolicy ?? DEFAULT_SSL_POLICY;
  const policy = sslPolicy(name) ?? sslPolicy(DEFAULT_SSL_POLICY)!;
  if (policy.name !== name) {
    maker.tell({
      severity: 'error', resource: listener.id, field: 'SslPolicy',
      message: `Security policy ${name} is not known; ${policy.name} serves in its place. DescribeSSLPolicies lists those that can be used.`,
    });
  }
  const versions = VERSIONS.filter((version) => policy.protocols.includes(version));
  return {
    policy: policy.name,
    minVersion: versions[0] ?? 'TLSv1.2',
    maxVersion: versions.at(-1) ?? 'TLSv1.3',
    ciphers: needsLegacySecurityLevel(policy) ? [...servedCiphers(policy), LEGACY_LEVEL] : servedCiphers(policy),
    certificates: certificatesOf(listener, maker),
    groups: groupList(policy),
    alpn: isOn(balancer.attributes, 'routing.http2.enabled', true) ? BOTH : HTTP1,
    clients: compileClients(listener, maker),
  };
}

/** The default certificate first, whether or not the list repeats it. */
function certificatesOf(listener: Listener, maker: Maker): readonly string[] {
  const named = new Map<string, string>();
  if (listener.defaultCertificate !== null) named.set(listener.defaultCertificate, 'Certificates[0].CertificateArn');
  listener.additionalCertificates.forEach((arn, i) => {
    if (!named.has(arn)) named.set(arn, `Certificates[${i + 1}].CertificateArn`);
  });
  const present: string[] = [];
  for (const [arn, field] of named) {
    if (findCertificate(arn, maker)) {
      present.push(arn);
      continue;
    }
    maker.tell({
      severity: 'error', resource: listener.id, field,
      message: `Certificate ${arn} does not exist, so the listener goes without it: import it again or name another.`,
    });
  }
  return present;
}
