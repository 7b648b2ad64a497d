import type { ConditionKeys } from '../../../access/index.ts';
import type { Identity as Signer } from '../../../snapshot/index.ts';
import type { Exchange } from '../../exchange/index.ts';

/** Where a signed request came from, as policies may ask. */
export interface Origin {
  readonly sourceIp: string;
  readonly userAgent: string | null;
  /** Over TLS. */
  readonly secure: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function originOf(exchange: Exchange): Origin {
  const { remoteAddress, tls } = exchange.downstream;
  return { sourceIp: remoteAddress, userAgent: exchange.userAgent, secure: tls !== null, at: exchange.startedWall };
}

/** The condition keys that every signed request has. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
export function signerKeys(origin: Origin, signer: Signer): ConditionKeys {
  return (key) => {
    switch (key) {
      case 'aws:sourceip':
        return origin.sourceIp;
      case 'aws:username':
        return signer.principal.slice(signer.principal.lastIndexOf('/') + 1);
      case 'aws:userid':
        return signer.userId;
      case 'aws:principalarn':
        return signer.principal;
      case 'aws:principalaccount':
        return signer.account;
      case 'aws:useragent':
        return origin.userAgent ?? undefined;
      case 'aws:securetransport':
        return String(origin.secure);
      case 'aws:currenttime':
        return new Date(origin.at).toISOString();
      case 'aws:epochtime':
        return String(Math.floor(origin.at / 1000));
      default:
        return undefined;
    }
  };
}
