import { AwsError } from '../../../aws/index.ts';
import type { ConnectionCommand, ConnectionOutcome, ConnectionRequest, ConnectionScope } from '../../../snapshot/index.ts';
import { NO_BODY, type Exchange, type Reply } from '../../exchange/index.ts';

/** Who may use `@connections` of a stage. */
export interface ConnectionGuard {
  /** Why a request is refused; null: it is not. */
  refusal(exchange: Exchange, asked: { readonly method: string; readonly connectionId: string; readonly body: Buffer }): AwsError | null;
}

/** Reaches connections wherever they are: with this worker or another. */
export interface ConnectionReach {
  /** Calls `done` once, perhaps before it returns. */
  command(request: ConnectionRequest, done: (outcome: ConnectionOutcome) => void): void;
}

export interface ManagementContext {
  readonly guard: ConnectionGuard;
  readonly reach: ConnectionReach;
  readonly requestId: () => string;
}

const NOTHING = Buffer.alloc(0);
/** More than a message may have, and less than would fill the memory. */
const LONGEST = 1024 * 1024;
const PATH = /^\/(?:@|%40)connections\//i;

/** Whether a path below a stage is one of the management API's. */
export function isManagementPath(path: string): boolean {
  return path.charCodeAt(1) === 64 || path.charCodeAt(1) === 37 ? PATH.test(path) : false;
}

/** A request to `@connections` at the API's own address. `path` is what is left below the stage. */
export class Management {
  readonly #scope: ConnectionScope;
  readonly #context: ManagementContext;

  constructor(scope: ConnectionScope, context: ManagementContext) {
    this.#scope = scope;
    this.#context = context;
  }

  serve(exchange: Exchange, path: string): void {
    const connectionId = decoded(path.slice(path.indexOf('/', 1) + 1));
    if (exchange.framing === NO_BODY) return this.#ask(exchange, connectionId, NOTHING);
    exchange.readAll(LONGEST, (body) => {
      if (body === 'too-large') this.#refuse(exchange, tooLarge());
      else this.#ask(exchange, connectionId, body ?? NOTHING);
    });
  }

  #ask(exchange: Exchange, connectionId: string, body: Buffer): void {
    const { guard, reach } = this.#context;
    const { method } = exchange;
    const command = commandOf(method, body);
    if (command === null) return this.#refuse(exchange, new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 }));
    const refusal = guard.refusal(exchange, { method, connectionId, body });
    if (refusal !== null) return this.#refuse(exchange, refusal);
    reach.command({ connectionId, scope: this.#scope, caller: null, command }, (outcome) => {
      if (!exchange.ended) exchange.goOn(() => this.#answer(exchange, connectionId, outcome));
    });
  }

  #answer(exchange: Exchange, connectionId: string, outcome: ConnectionOutcome): void {
    switch (outcome.kind) {
      case 'done':
        return this.#reply(exchange, { status: exchange.method === 'DELETE' ? 204 : 200, body: null });
      case 'status': {
        const { connectedAt, lastActiveAt, sourceIp, userAgent } = outcome;
        const body = JSON.stringify({ connectedAt: new Date(connectedAt).toISOString(), identity: { sourceIp, userAgent }, lastActiveAt: new Date(lastActiveAt).toISOString() });
        return this.#reply(exchange, { status: 200, body });
      }
      case 'gone':
      case 'denied':
      case 'malformed':
      case 'full':
      case 'throttled':
      case 'too-large':
        return this.#refuse(exchange, connectionError(outcome, connectionId));
    }
  }

  #refuse(exchange: Exchange, { code, message, status }: AwsError): void {
    const member = code === 'AccessDeniedException' ? 'Message' : 'message';
    this.#reply(exchange, { status: status!, body: JSON.stringify({ [member]: message }) }, `x-amzn-ErrorType: ${code}\r\n`);
  }

  #reply(exchange: Exchange, { status, body }: Pick<Reply, 'status' | 'body'>, more = ''): void {
    exchange.reply({ status, reason: null, headers: `x-amzn-RequestId: ${this.#context.requestId()}\r\n${body === null ? '' : 'Content-Type: application/json\r\n'}${more}`, body });
  }
}

/** The words of the service for what came of a command. */
function connectionError(outcome: Exclude<ConnectionOutcome, { kind: 'done' | 'status' }>, connectionId: string): AwsError {
  switch (outcome.kind) {
    case 'gone':
      return new AwsError('GoneException', '', { status: 410 });
    case 'denied':
      return new AwsError('AccessDeniedException', outcome.message, { status: 403 });
    case 'malformed':
      // seen of the service; the model does not name it
      return new AwsError('BadRequestException', `Invalid connectionId: ${connectionId}`, { status: 400 });
    case 'full':
    case 'throttled':
      return new AwsError('LimitExceededException', '', { status: 429 });
    case 'too-large':
      return tooLarge();
  }
}

function tooLarge(): AwsError {
  return new AwsError('PayloadTooLargeException', 'Message too long', { status: 413 });
}

function commandOf(method: string, data: Buffer): ConnectionCommand | null {
  switch (method) {
    case 'POST':
      return { kind: 'post', data };
    case 'GET':
      return { kind: 'get' };
    case 'DELETE':
      return { kind: 'delete' };
    default:
      return null;
  }
}

/** A broken escape stands for itself: it is no connection's. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
