import { decide } from '../../../access/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import type { KnownSigner } from './step.ts';

/** What a signer wants to call: the account that it belongs to, and its `execute-api` ARN. */
export interface Invoked {
  readonly account: string;
  readonly resource: string;
}

/**
 * Whether policies and boundary of who has signed a request allow `execute-api:Invoke`. Of another account nothing is allowed: HTTP and WebSocket APIs
 * have no resource policies that could.
 */
export function mayInvoke(exchange: Exchange, { signer, policies, boundary, readable }: KnownSigner, { account, resource }: Invoked): boolean {
  if (!readable || signer.account !== account) return false;
  const keys = (key: string): string | undefined => {
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
  const request = { action: 'execute-api:Invoke', resource, principal: null, keys };
  return decide(policies, request) === 'allow' && (boundary === null || decide([boundary], request) === 'allow');
}
