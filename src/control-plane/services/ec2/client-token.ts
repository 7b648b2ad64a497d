import { hash } from 'node:crypto';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { ClientToken, Ec2Resources } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';

type Kind = 'ec2/egress-only-gateway' | 'ec2/nat-gateway' | 'ec2/network-acl' | 'ec2/network-interface' | 'ec2/route-table';

const LONGEST = 64;

/** What a request says of itself, so that it can be known again; null: nothing. */
export function clientToken({ ClientToken: token = '', ...rest }: { readonly ClientToken?: string | undefined }): ClientToken | null {
  if (token === '') return null;
  if (token.length > LONGEST) throw new AwsError('InvalidParameterValue', `Value (${token.slice(0, LONGEST)}...) for parameter clientToken is invalid. It has ${token.length} characters; it may have ${LONGEST}.`);
  return { token, digest: hash('sha256', JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))), 'base64url') };
}

/**
 * What this very request has made before: a client that had no answer sends it again, and wants no second one. Known for as long as the resource is there.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export function madeBefore<K extends Kind>(world: World, call: Call, [kind, wanted]: readonly [K, ClientToken | null]): Ec2Resources[K] | undefined {
  if (wanted === null) return undefined;
  const made = world.list(kind, call).find((each) => each.clientToken?.token === wanted.token);
  if (made !== undefined && made.clientToken?.digest !== wanted.digest) {
    throw new AwsError('IdempotentParameterMismatch', `The client token ${wanted.token} was used for ${made.id} with other parameters: give another one, or the parameters of then.`);
  }
  return made;
}
