import type { ConditionKeys } from '../../../access/index.ts';
import type { Identity as Signer } from '../../../snapshot/index.ts';
import type { Exchange } from '../../exchange/index.ts';

/** The condition keys that every signed request has. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
export function signerKeys(exchange: Exchange, signer: Signer): ConditionKeys {
  return (key) => {
    switch (key) {
      case 'aws:sourceip':
        return exchange.downstream.remoteAddress;
      case 'aws:username':
        return signer.principal.slice(signer.principal.lastIndexOf('/') + 1);
      case 'aws:userid':
        return signer.userId;
      case 'aws:principalarn':
        return signer.principal;
      case 'aws:principalaccount':
        return signer.account;
      case 'aws:useragent':
        return exchange.userAgent ?? undefined;
      case 'aws:securetransport':
        return String(exchange.downstream.tls !== null);
      case 'aws:currenttime':
        return new Date(exchange.startedWall).toISOString();
      case 'aws:epochtime':
        return String(Math.floor(exchange.startedWall / 1000));
      default:
        return undefined;
    }
  };
}
