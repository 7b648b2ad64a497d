import type { Listener } from '../../resources/elbv2/index.ts';
import type { ClientAuthentication } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

/** What becomes of clients' certificates. A trust store that is gone trusts nobody: the listener must not serve as if none were asked for. */
export function compileClients({ id, mutualAuthentication }: Listener, maker: Maker): ClientAuthentication | null {
  if (mutualAuthentication === null) return null;
  if (mutualAuthentication.Mode !== 'verify') return mutualAuthentication.Mode === 'off' ? null : { kind: 'passthrough' };
  const arn = mutualAuthentication.TrustStoreArn;
  const store = maker.get('elbv2/trust-store', arn);
  if (!store) {
    maker.tell({
      severity: 'error', resource: id, field: 'MutualAuthentication.TrustStoreArn',
      message: `Trust store ${arn} does not exist, so the listener lets no client in: name another one, or turn mutual authentication off.`,
    });
  }
  return {
    kind: 'verify',
    trustStore: arn,
    refuses: 'connections',
    authorities: store?.certificates ?? [],
    revocations: store ? maker.children('elbv2/trust-store-revocation', arn).map(({ list }) => list) : [],
    ignoreExpiry: mutualAuthentication.IgnoreClientCertificateExpiry,
    advertiseNames: mutualAuthentication.AdvertiseTrustStoreCaNames === 'on',
  };
}
