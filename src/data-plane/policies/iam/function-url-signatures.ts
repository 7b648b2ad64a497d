import { decide, parsePolicy, type ConditionKeys, type PolicyDocument } from '../../../access/index.ts';
import { Fields } from '../../../aws/sigv4/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { FunctionUrlEntrance } from '../../../snapshot/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { originOf, signerKeys } from './signer-keys.ts';
import { rawHeaders, type Signers } from './step.ts';

/** Who called the URL of a function, as its event tells. */
export interface UrlCaller {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly userArn: string;
  readonly userId: string;
}

/**
 * Who may call the URL of a function that asks for signatures (Signature Version 4 for `lambda`): someone of the function's account whom his own policies or the
 * function's let in, someone of another account whom both do. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html#urls-auth-iam
 */
export class FunctionUrlSignatures {
  readonly #url: FunctionUrlEntrance;
  readonly #signers: () => Signers;
  readonly #clock: Clock;
  /** Null: it cannot be read, and may have denied. */
  readonly #policies: readonly PolicyDocument[] | null;

  constructor(url: FunctionUrlEntrance, { signers, clock }: { readonly signers: () => Signers; readonly clock: Clock }) {
    this.#url = url;
    this.#signers = signers;
    this.#clock = clock;
    const policy = url.policy === null ? null : parsePolicy(url.policy);
    this.#policies = url.policy === null ? [] : policy === null ? null : [policy];
  }

  /** Who it is; null: nobody who may. */
  caller(exchange: Exchange, body: Buffer | null): UrlCaller | null {
    const signers = this.#signers();
    const verdict = signers.verifier(this.#clock).verify({ method: exchange.method, url: exchange.target, headers: new Fields(rawHeaders(exchange.headers)), body: body ?? Buffer.alloc(0) }, 'lambda');
    if (!verdict.ok || verdict.scope.region !== this.#url.region) return null;
    const known = signers.known(verdict.scope.accessKeyId)!;
    const { signer } = known;
    if (this.#policies === null || !known.readable) return null;
    const common = signerKeys(originOf(exchange), signer);
    const keys: ConditionKeys = (key) => (key === 'lambda:functionurlauthtype' ? 'AWS_IAM' : common(key));
    const asked = { action: 'lambda:InvokeFunctionUrl', resource: this.#url.functionArn, keys };
    const own = decide(known.policies, { ...asked, principal: null });
    const functions = decide(this.#policies, { ...asked, principal: { kind: 'AWS', id: signer.principal } });
    const bounded = known.boundary === null ? 'allow' : decide([known.boundary], { ...asked, principal: null });
    // what any of the three denies stays denied, whoever allows it
    if (own === 'deny' || functions === 'deny' || bounded === 'deny') return null;
    const ownAllows = own === 'allow' && bounded === 'allow';
    const allowed = signer.account === this.#url.account ? ownAllows || functions === 'allow' : ownAllows && functions === 'allow';
    return allowed ? { accessKey: signer.id, accountId: signer.account, callerId: signer.userId, userArn: signer.principal, userId: signer.userId } : null;
  }
}
