import { accountOf, authenticationError, AwsError, Fields, namedKey, type Refusal } from '../../../aws/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { ConnectionCaller } from '../../../snapshot/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { decisionOn } from './may-invoke.ts';
import { originOf, type Origin } from './signer-keys.ts';
import { rawHeaders, type KnownSigner, type Signers } from './step.ts';

/** The stage whose connections are managed. */
export interface ManagedStage {
  readonly account: string;
  readonly region: string;
  readonly apiId: string;
  readonly stage: string;
}

/** What is asked of a connection. */
export interface ManagedConnection {
  readonly method: string;
  readonly connectionId: string;
}

/** A request to `@connections` with its body, which is signed too. */
export interface ManagingRequest extends ManagedConnection {
  readonly body: Buffer;
}

/**
 * Who may use `@connections` of a stage: someone of its account whose policies allow `execute-api:ManageConnections`. Whoever has a key that is known here must
 * have signed with it; other keys are taken at their word unless `verifies`, as at the control endpoint.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 */
export class ConnectionCallers {
  readonly #stage: ManagedStage;
  readonly #partition: string;
  readonly #context: { readonly signers: () => Signers; readonly clock: Clock; readonly verifies: boolean };

  constructor(stage: ManagedStage, context: { readonly signers: () => Signers; readonly clock: Clock; readonly verifies: boolean }) {
    const { region } = stage;
    this.#stage = stage;
    this.#partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
    this.#context = context;
  }

  /** Why a request at the API's own address is refused; null: it is not. */
  refusal(exchange: Exchange, asked: ManagingRequest): AwsError | null {
    const { signers, clock, verifies } = this.#context;
    const all = signers();
    const headers = new Fields(rawHeaders(exchange.headers));
    const accessKeyId = namedKey({ url: exchange.target, headers });
    if (!verifies && (accessKeyId === null || all.known(accessKeyId) === null)) return accountOf(accessKeyId) === this.#stage.account ? null : forbidden();
    const verdict = all.verifier(clock).verify({ method: exchange.method, url: exchange.target, headers, body: asked.body }, 'execute-api');
    if (!verdict.ok) return unauthentic(verdict.refusal);
    if (verdict.scope.region !== this.#stage.region) return unauthentic({ kind: 'mismatch', message: 'Credential should be scoped to a valid region. ' });
    const message = this.#denial(asked, all.known(verdict.scope.accessKeyId)!, originOf(exchange));
    return message === null ? null : new AwsError('AccessDeniedException', message, { status: 403 });
  }

  /** What somebody is told who came in elsewhere, and is not allowed; null: he is, or no policy here speaks of him. */
  denial(asked: ManagedConnection, { accessKeyId, sourceIp, userAgent, secure }: ConnectionCaller): string | null {
    const known = this.#context.signers().known(accessKeyId);
    return known === null ? null : this.#denial(asked, known, { sourceIp, userAgent, secure, at: this.#context.clock.now() });
  }

  #denial({ method, connectionId }: ManagedConnection, known: KnownSigner, origin: Origin): string | null {
    const { account, region, apiId, stage } = this.#stage;
    const place = `${apiId}/${stage}/${method}/@connections`;
    const decision = decisionOn('execute-api:ManageConnections', { account, resource: `arn:${this.#partition}:execute-api:${region}:${account}:${place}/${connectionId}` }, { known, origin });
    if (decision === 'allow') return null;
    // the words of the service: it shows neither the whole account nor the connection
    const shown = `arn:${this.#partition}:execute-api:${region}:********${account.slice(-4)}:${place}/{connectionId}`;
    return `User: ${known.signer.principal} is not authorized to perform: execute-api:ManageConnections on resource: ${shown}${decision === 'deny' ? ' with an explicit deny' : ''}`;
  }
}

function forbidden(): AwsError {
  return new AwsError('ForbiddenException', 'Forbidden', { status: 403 });
}

function unauthentic(refusal: Refusal): AwsError {
  return authenticationError(refusal, { noErrorWrapping: false }, 'rest-json');
}
