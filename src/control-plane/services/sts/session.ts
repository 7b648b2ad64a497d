import type {
  AssumeRoleCommandInput, AssumeRoleResponse, Credentials, GetAccessKeyInfoCommandInput, GetAccessKeyInfoResponse, GetCallerIdentityResponse,
  GetSessionTokenCommandInput, GetSessionTokenResponse,
} from '@aws-sdk/client-sts';
import { accountOf, AwsError, type Call } from '../../../aws/index.ts';
import { GLOBAL, type Role, type Session, uniqueId } from '../../resources/iam/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { isTrusted } from './trust.ts';

export function sessionOperations({ store, clock, random }: Environment) {
  /** Keeps a new session, and forgets those that have expired. */
  async function open(make: (world: World) => Pick<Session, 'account' | 'parent' | 'principal'> & { readonly seconds: number }): Promise<Session> {
    return store.transact((tx) => {
      const { seconds, ...who } = make(tx);
      const now = clock.now();
      for (const old of tx.list('iam/session')) if (old.expiresAt <= now) tx.delete('iam/session', old.id);
      const session: Session = {
        ...who,
        id: uniqueId(random, 'ASIA'),
        region: GLOBAL,
        createdAt: now,
        secret: random.bytes(30).toString('base64'),
        sessionToken: random.bytes(192).toString('base64'),
        expiresAt: now + seconds * 1000,
      };
      tx.put('iam/session', session);
      return session;
    });
  }

  return {
    GetCallerIdentity(_input: unknown, call: Call): GetCallerIdentityResponse {
      return { Account: call.account, Arn: call.principal, UserId: userId(store.world, call) };
    },

    async AssumeRole(input: AssumeRoleCommandInput, call: Call): Promise<AssumeRoleResponse> {
      const name = input.RoleSessionName!;
      const seconds = input.DurationSeconds ?? 3600;
      let assumed: Role | undefined;
      const session = await open((world) => {
        const role = world.get('iam/role', input.RoleArn!);
        // AWS does not tell a role that is not there from one that may not be assumed.
        if (!role || !isTrusted(role, call, input.ExternalId)) {
          throw new AwsError('AccessDenied', `User: ${call.principal} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn!}`, { status: 403 });
        }
        if (seconds > role.maxSessionDuration) {
          throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
        }
        assumed = role;
        return { account: role.account, parent: role.id, principal: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${name}`, seconds };
      });
      return {
        Credentials: shown(session),
        AssumedRoleUser: { Arn: session.principal, AssumedRoleId: `${assumed!.uniqueId}:${name}` },
        SourceIdentity: input.SourceIdentity,
      };
    },

    async GetSessionToken(input: GetSessionTokenCommandInput, call: Call): Promise<GetSessionTokenResponse> {
      if (call.principal.includes(':assumed-role/')) throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { status: 403 });
      const session = await open(() => ({ account: call.account, parent: null, principal: call.principal, seconds: input.DurationSeconds ?? 43_200 }));
      return { Credentials: shown(session) };
    },

    GetAccessKeyInfo(input: GetAccessKeyInfoCommandInput): GetAccessKeyInfoResponse {
      const id = input.AccessKeyId!;
      const known = store.world.get('iam/access-key', id) ?? store.world.get('iam/session', id);
      return { Account: known?.account ?? accountOf(id) };
    },
  };
}

/** Account number for root, `AIDA...` for a user, `AROA...:session` for an assumed role. */
function userId(world: World, call: Call): string {
  const user = world.get('iam/user', call.principal);
  if (user) return user.uniqueId;
  const assumed = /^arn:aws:sts::\d{12}:assumed-role\/([^/]+)\/(.+)$/.exec(call.principal);
  if (!assumed) return call.account;
  const role = world.list('iam/role', { account: call.account, region: GLOBAL }).find((each) => each.name === assumed[1]);
  return `${role?.uniqueId ?? 'AROAUNKNOWN'}:${assumed[2]}`;
}

function shown(session: Session): Credentials {
  return { AccessKeyId: session.id, SecretAccessKey: session.secret, SessionToken: session.sessionToken, Expiration: new Date(session.expiresAt) };
}
