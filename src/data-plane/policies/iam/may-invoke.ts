import { decide } from '../../../access/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { signerKeys } from './signer-keys.ts';
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
  const request = { action: 'execute-api:Invoke', resource, principal: null, keys: signerKeys(exchange, signer) };
  return decide(policies, request) === 'allow' && (boundary === null || decide([boundary], request) === 'allow');
}
