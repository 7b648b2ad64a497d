import { decide } from '../../../access/index.ts';
import { Fields, Verifier } from '../../../aws/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import type { Signers } from './step.ts';

export interface HandshakeScope {
  readonly account: string;
  readonly region: string;
  /** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/$connect` */
  readonly resource: string;
}

export type HandshakeVerdict =
  | { readonly kind: 'in'; readonly accessKey: string; readonly accountId: string; readonly userId: string; readonly userArn: string }
  | { readonly kind: 'out'; readonly why: string };

const NOTHING = Buffer.alloc(0);

/**
 * Whether an opening handshake is signed (in fields or, as browsers must, in the query) by someone whose policies allow `execute-api:Invoke` on `$connect`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 */
export function signedHandshake(exchange: Exchange, scope: HandshakeScope, { signers, clock }: { readonly signers: Signers; readonly clock: Clock }): HandshakeVerdict {
  const raw: string[] = [];
  for (const line of exchange.headers.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) raw.push(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const verdict = new Verifier({ credentials: signers, clock }).verify({ method: exchange.method, url: exchange.target, headers: new Fields(raw), body: NOTHING }, 'execute-api');
  if (!verdict.ok) return { kind: 'out', why: `the handshake is not signed as it must be (${verdict.refusal.kind})` };
  const known = signers.known(verdict.scope.accessKeyId);
  const refused: HandshakeVerdict = { kind: 'out', why: `${known?.signer.principal ?? 'nobody'} is not authorized to perform: execute-api:Invoke on resource: ${scope.resource}` };
  if (known === null || !known.readable || verdict.scope.region !== scope.region || known.signer.account !== scope.account) return refused;
  const { signer, policies, boundary } = known;
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
      default:
        return undefined;
    }
  };
  const request = { action: 'execute-api:Invoke', resource: scope.resource, principal: null, keys };
  if (decide(policies, request) !== 'allow' || (boundary !== null && decide([boundary], request) !== 'allow')) return refused;
  return { kind: 'in', accessKey: signer.id, accountId: signer.account, userId: signer.userId, userArn: signer.principal };
}
