import { Fields } from '../../../aws/sigv4/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { mayInvoke } from './may-invoke.ts';
import { rawHeaders, type Signers } from './step.ts';

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
  const verdict = signers.verifier(clock).verify({ method: exchange.method, url: exchange.target, headers: new Fields(rawHeaders(exchange.headers)), body: NOTHING }, 'execute-api');
  if (!verdict.ok) return { kind: 'out', why: `the handshake is not signed as it must be (${verdict.refusal.kind})` };
  const known = signers.known(verdict.scope.accessKeyId);
  const refused: HandshakeVerdict = { kind: 'out', why: `${known?.signer.principal ?? 'nobody'} is not authorized to perform: execute-api:Invoke on resource: ${scope.resource}` };
  if (known === null || verdict.scope.region !== scope.region || !mayInvoke(exchange, known, scope)) return refused;
  const { signer } = known;
  return { kind: 'in', accessKey: signer.id, accountId: signer.account, userId: signer.userId, userArn: signer.principal };
}
