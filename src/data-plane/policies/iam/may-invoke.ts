import { decide, type Decision } from '../../../access/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { originOf, signerKeys, type Origin } from './signer-keys.ts';
import type { KnownSigner } from './step.ts';

/** What a signer wants to call: the account that it belongs to, and its `execute-api` ARN. */
export interface Invoked {
  readonly account: string;
  readonly resource: string;
}

/**
 * What policies and boundary of who has signed a request say about an action of `execute-api`. Of another account nothing is allowed: HTTP and WebSocket APIs
 * have no resource policies that could.
 */
export function decisionOn(action: 'execute-api:Invoke' | 'execute-api:ManageConnections', { account, resource }: Invoked, by: { readonly known: KnownSigner; readonly origin: Origin }): Decision {
  const { signer, policies, boundary, readable } = by.known;
  const request = { action, resource, principal: null, keys: signerKeys(by.origin, signer) };
  const own = decide(policies, request);
  const bounded = boundary === null ? 'allow' : decide([boundary], request);
  // a policy that cannot be read may have denied
  if (!readable || own === 'deny' || bounded === 'deny') return 'deny';
  return own === 'allow' && bounded === 'allow' && signer.account === account ? 'allow' : 'implicit';
}

/** Whether who has signed a request may `execute-api:Invoke`. */
export function mayInvoke(exchange: Exchange, known: KnownSigner, invoked: Invoked): boolean {
  return decisionOn('execute-api:Invoke', invoked, { known, origin: originOf(exchange) }) === 'allow';
}
