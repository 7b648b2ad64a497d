import { parsePolicy, type PolicyDocument } from '../../../access/index.ts';
import { Fields, Verifier, type Credentials } from '../../../aws/sigv4/index.ts';
import { Secret, type Clock } from '../../../kernel/index.ts';
import type { Identity as Signer } from '../../../snapshot/index.ts';
import { gatewayErrors, NEXT, NO_BODY, WAIT, type ApiExchange, type Exchange, type Settled, type Step, type Verdict } from '../../exchange/index.ts';
import { mayInvoke } from './may-invoke.ts';

export interface KnownSigner {
  readonly signer: Signer;
  readonly policies: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | null;
  /** A policy that cannot be read may have denied: then nothing is allowed. */
  readonly readable: boolean;
}

/** Everyone who may sign, with their policies, read when a generation is linked. */
export class Signers implements Credentials {
  readonly #byKey = new Map<string, KnownSigner>();
  #verifier: Verifier | null = null;

  constructor(signers: Iterable<Signer>) {
    for (const signer of signers) {
      const policies = signer.policies.map((document) => parsePolicy(document));
      const boundary = signer.boundary === null ? null : parsePolicy(signer.boundary);
      this.#byKey.set(signer.id, {
        signer,
        policies: policies.filter((policy) => policy !== null),
        boundary,
        readable: policies.every((policy) => policy !== null) && (signer.boundary === null || boundary !== null),
      });
    }
  }

  find(accessKeyId: string): ReturnType<Credentials['find']> {
    const known = this.#byKey.get(accessKeyId);
    if (known === undefined) return null;
    const { secret, account, principal, sessionToken, expiresAt } = known.signer;
    return { secret: new Secret(secret), account, principal, ...(sessionToken !== null && { sessionToken }), ...(expiresAt !== null && { expiresAt }) };
  }

  /** Checks signatures against these signers; one for all, since it keeps the keys that it has derived. */
  verifier(clock: Clock): Verifier {
    return (this.#verifier ??= new Verifier({ credentials: this, clock }));
  }

  known(accessKeyId: string): KnownSigner | null {
    return this.#byKey.get(accessKeyId) ?? null;
  }
}

export interface IamContext {
  readonly signers: () => Signers;
  readonly clock: Clock;
  readonly routeArn: (call: ApiExchange) => string;
  /** Octets of a body at most: it is signed too. */
  readonly longestBody: number;
}

/**
 * Lets requests pass that are signed (Signature Version 4) by someone whose policies allow `execute-api:Invoke` on the route. Everything else is 403.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
 */
export class IamStep implements Step {
  readonly kind = 'iam';
  readonly word = '';
  readonly #context: IamContext;

  constructor(context: IamContext) {
    this.#context = context;
  }

  onRequest(exchange: Exchange): Verdict {
    const call = exchange as ApiExchange;
    if (call.framing === NO_BODY) return this.#verify(call, null);
    let waits = false;
    let verdict: Settled | null = null;
    call.keepBody(this.#context.longestBody, (body) => {
      verdict = body === 'too-large' ? call.refusal(gatewayErrors.tooLarge) : this.#verify(call, body);
      if (waits && !call.ended) call.site.proceed(call, verdict);
    });
    if (verdict !== null) return verdict;
    waits = true;
    return WAIT;
  }

  #verify(call: ApiExchange, body: Buffer | null): Settled {
    const signers = this.#context.signers();
    const verdict = signers.verifier(this.#context.clock).verify({ method: call.method, url: call.target, headers: new Fields(rawHeaders(call.headers)), body: body ?? Buffer.alloc(0) }, 'execute-api');
    if (!verdict.ok) {
      call.authorizerError = `The request is not signed as it must be (${verdict.refusal.kind})`;
      return call.refusal(gatewayErrors.forbidden);
    }
    const known = signers.known(verdict.scope.accessKeyId)!;
    const { signer } = known;
    if (verdict.scope.region !== call.entry.stage.region || !this.#allows(call, known)) {
      call.authorizerError = `${signer.principal} is not authorized to perform: execute-api:Invoke on resource: ${this.#context.routeArn(call)}`;
      return call.refusal(gatewayErrors.forbidden);
    }
    call.identity = { kind: 'iam', accessKey: signer.id, accountId: signer.account, callerId: signer.userId, userId: signer.userId, userArn: signer.principal };
    return NEXT;
  }

  #allows(call: ApiExchange, known: KnownSigner): boolean {
    return mayInvoke(call, known, { account: call.entry.stage.account, resource: this.#context.routeArn(call) });
  }
}

/** Name, value, name, value, ... of a block of field lines. */
export function rawHeaders(block: string): readonly string[] {
  const raw: string[] = [];
  for (let from = 0; from < block.length; ) {
    let end = block.indexOf('\r\n', from);
    if (end < 0) end = block.length;
    const colon = block.indexOf(':', from);
    if (colon > from && colon < end) raw.push(block.slice(from, colon), block.slice(colon + 1, end).trim());
    from = end + 2;
  }
  return raw;
}
