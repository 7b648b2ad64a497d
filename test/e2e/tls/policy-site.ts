import { groupList, needsLegacySecurityLevel, servedCiphers, type SslPolicy } from '../../../src/control-plane/resources/elbv2/index.ts';
import type { Certificate } from '../../../src/snapshot/index.ts';
import type { TlsSite } from './stage.ts';

/** A site as the compiler makes it of a listener with the policy. */
export function policySite(policy: SslPolicy, certificate: Certificate): TlsSite {
  const ciphers = servedCiphers(policy);
  return {
    certificates: [certificate],
    tls: {
      policy: policy.name, minVersion: policy.protocols.at(-1)!, maxVersion: policy.protocols[0]!, groups: groupList(policy),
      ciphers: needsLegacySecurityLevel(policy) ? [...ciphers, '@SECLEVEL=0'] : ciphers,
    },
  };
}
