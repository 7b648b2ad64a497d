import type { MutualAuthenticationAttributes } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Listener, MutualAuthentication } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { validationError } from './error.ts';
import * as lookup from './lookup.ts';

/** The mode of an HTTPS listener: what is asked for, else what it had, else `off`. */
export function mutualAuthentication(
  asked: MutualAuthenticationAttributes | undefined,
  { world, call, old }: { readonly world: World; readonly call: Call; readonly old: MutualAuthentication | null },
): MutualAuthentication {
  if (asked === undefined) return old ?? { Mode: 'off' };
  const mode = asked.Mode ?? old?.Mode ?? 'off';
  const { TrustStoreArn: arn, IgnoreClientCertificateExpiry: ignore, AdvertiseTrustStoreCaNames: advertise } = asked;
  if (asked.TrustStoreAssociationStatus !== undefined) throw validationError("'TrustStoreAssociationStatus' cannot be specified");
  switch (mode) {
    case 'off':
    case 'passthrough':
      // clients that read a listener's settings and send them back send these two with their defaults
      if (arn) throw validationError(`A trust store cannot be specified when the mutual authentication mode is '${mode}'`);
      if (ignore === true) throw validationError(`Mutual Authentication mode ${mode} does not support ignoring client certificate expiry`);
      if (advertise === 'on') throw validationError(`Mutual Authentication mode ${mode} does not support advertise trust store ca names`);
      return { Mode: mode };
    case 'verify': {
      const before = old?.Mode === 'verify' ? old : null;
      const store = arn ?? before?.TrustStoreArn;
      if (!store) throw validationError('Mutual Authentication mode verify requires a trust store arn');
      return {
        Mode: 'verify',
        TrustStoreArn: lookup.trustStore(world, store, call).id,
        IgnoreClientCertificateExpiry: ignore ?? before?.IgnoreClientCertificateExpiry ?? false,
        AdvertiseTrustStoreCaNames: advertise ?? before?.AdvertiseTrustStoreCaNames ?? 'off',
      };
    }
    default:
      throw validationError('Mutual Authentication mode required not found');
  }
}

/** AWS: two listeners of a load balancer at most verify their clients. */
export function checkVerifyingListeners(environment: Environment, world: World, listener: Listener): void {
  if (listener.mutualAuthentication?.Mode !== 'verify') return;
  const others = world.children('elbv2/listener', listener.parent ?? '').filter(({ id, mutualAuthentication: mode }) => id !== listener.id && mode?.Mode === 'verify');
  if (others.length >= quota(environment, 'listeners-with-mtls-verify-per-application-load-balancer')) {
    const [words, most] = ['You have reached the maximum number of listeners with mutual authentication with verify mode that you can associate with load balancer', quota(environment, 'listeners-with-mtls-verify-per-application-load-balancer')];
    throw new AwsError('TooManyListeners', `${words} '${listener.parent}': [${most}]`);
  }
}
