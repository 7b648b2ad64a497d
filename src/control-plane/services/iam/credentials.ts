import type { Credential, Credentials } from '../../../aws/index.ts';
import { type Clock, Secret } from '../../../kernel/index.ts';
import type { Store } from '../../store/index.ts';

/** The access keys of users and the sessions that STS gave out, as SigV4 verification looks them up. Inactive and expired ones are not found. */
export function storedCredentials({ store, clock }: { readonly store: Store; readonly clock: Clock }): Credentials {
  return {
    find(accessKeyId): Credential | null {
      const key = store.world.get('iam/access-key', accessKeyId);
      if (key) return key.status === 'Active' ? { secret: new Secret(key.secret), account: key.account, principal: key.parent } : null;
      const session = store.world.get('iam/session', accessKeyId);
      if (!session || session.expiresAt <= clock.now()) return null;
      return {
        secret: new Secret(session.secret),
        account: session.account,
        principal: session.principal,
        sessionToken: session.sessionToken,
        expiresAt: session.expiresAt,
      };
    },
  };
}
