import type { Attachable } from '../../resources/iam/index.ts';
import type { Identity } from '../../../snapshot/index.ts';
import type { Maker, Round } from '../units.ts';
import type { World } from '../world.ts';

const ALLOW_ALL = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });

/** What AWS's own policies say about calling APIs and functions; those that are not here say nothing about it. */
const MANAGED: Readonly<Record<string, string>> = {
  AdministratorAccess: ALLOW_ALL,
  PowerUserAccess: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }] }),
  AmazonAPIGatewayInvokeFullAccess: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['execute-api:Invoke', 'execute-api:ManageConnections'], Resource: 'arn:aws:execute-api:*:*:*' }] }),
  AWSLambda_FullAccess: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'lambda:*', Resource: '*' }] }),
  AWSLambdaRole: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: ['*'] }] }),
  'service-role/AWSLambdaRole': JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: ['*'] }] }),
};

/** The documents of all policies of a user or role. */
export function policiesOf(attachable: Attachable, maker: Maker): readonly string[] {
  return [...attachable.inlinePolicies.map(({ document }) => document), ...attachable.attachedPolicyArns.flatMap((arn) => documentsOf(arn, maker))];
}

function documentsOf(arn: string, maker: Maker): readonly string[] {
  const managed = /^arn:aws[a-z-]*:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
  if (managed !== undefined) return Object.hasOwn(MANAGED, managed) ? [MANAGED[managed]!] : [];
  const policy = maker.get('iam/policy', arn);
  return policy ? policy.versions.filter(({ versionId }) => versionId === policy.defaultVersionId).map(({ document }) => document) : [];
}

/** Everyone who can sign requests: users by their active keys, roles by the sessions that STS gave out. */
export function compileIdentities(world: World, round: Round): readonly Identity[] {
  const keys = world.list('iam/access-key').filter(({ status }) => status === 'Active');
  const sessions = world.list('iam/session');
  return [
    ...keys.map(({ id }) => round.unit(`access key ${id}`, (maker) => userIdentity(id, maker))),
    ...sessions.map(({ id }) => round.unit(`session ${id}`, (maker) => sessionIdentity(id, maker))),
  ].filter((one) => one !== null);
}

function userIdentity(keyId: string, maker: Maker): Identity | null {
  const key = maker.get('iam/access-key', keyId);
  const user = key && maker.get('iam/user', key.parent);
  if (!key || !user) return null;
  return {
    id: keyId, secret: key.secret, sessionToken: null, expiresAt: null, account: key.account, principal: user.id, userId: user.uniqueId, policies: policiesOf(user, maker),
    boundary: boundaryOf(user, maker),
  };
}

function sessionIdentity(keyId: string, maker: Maker): Identity | null {
  const session = maker.get('iam/session', keyId);
  if (!session) return null;
  const { account, secret, sessionToken, expiresAt, principal, parent } = session;
  const owner = maker.get('iam/role', parent ?? '') ?? maker.get('iam/user', principal);
  if (!owner) return null;
  const name = principal.slice(principal.lastIndexOf('/') + 1);
  return {
    id: keyId, secret, sessionToken, expiresAt, account, principal, userId: parent === null ? owner.uniqueId : `${owner.uniqueId}:${name}`, policies: policiesOf(owner, maker), boundary: boundaryOf(owner, maker),
  };
}

/** A boundary that cannot be found allows nothing. */
function boundaryOf({ permissionsBoundary }: Attachable, maker: Maker): string | null {
  return permissionsBoundary === null ? null : (documentsOf(permissionsBoundary, maker)[0] ?? '{}');
}
