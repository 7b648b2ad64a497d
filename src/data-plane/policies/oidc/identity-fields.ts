import { sign } from 'node:crypto';
import type { OidcPolicy } from '../../../snapshot/index.ts';
import type { SigningKey } from '../secrets.ts';
import type { Session } from './session.ts';

/** Seconds that a target may believe the claims; made again before half of that is over. */
const LIFE = 120;
export const REFRESH_FIELDS_S = 60;

/**
 * The lines by which a target learns who the user is.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
 *
 * As AWS's, the token of X-Amzn-Oidc-Data is base64url *with* its padding, and the signature is over that.
 */
export function identityFields(session: Session, policy: Pick<OidcPolicy, 'issuer' | 'clientId' | 'signer'>, { key, now }: { readonly key: SigningKey; readonly now: number }): string {
  const exp = Math.floor(now) + LIFE;
  const header = { typ: 'JWT', kid: key.kid, alg: 'ES256', iss: policy.issuer, client: policy.clientId, signer: policy.signer, exp };
  const signed = `${padded(Buffer.from(JSON.stringify(header)))}.${padded(Buffer.from(JSON.stringify({ ...session.claims, exp, iss: policy.issuer })))}`;
  const signature = sign('sha256', Buffer.from(signed, 'latin1'), { key: key.key, dsaEncoding: 'ieee-p1363' });
  return `X-Amzn-Oidc-Accesstoken: ${session.accessToken}\r\nX-Amzn-Oidc-Identity: ${session.subject}\r\nX-Amzn-Oidc-Data: ${signed}.${padded(signature)}\r\n`;
}

function padded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
