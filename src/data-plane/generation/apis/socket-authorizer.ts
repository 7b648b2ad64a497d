import { Watched, type Clock, type Wheel } from '../../../kernel/index.ts';
import type { Authorizer, WebSocketRoute, WebSocketStage } from '../../../snapshot/index.ts';
import { socketContextVariable, socketErrors, type Exchange, type SocketCall } from '../../exchange/index.ts';
import { authorizerAnswer, isLetIn, signedHandshake, type Signers } from '../../policies/index.ts';
import { errorMessage, socketAuthorizerEvent, type FunctionCaller, type OpeningRequest, type SocketAuthorizer, type SocketVerdict } from '../../targets/index.ts';

export interface SocketAuthorizerContext {
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly caller: FunctionCaller;
  readonly signers: () => Signers;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html (authorizer timeout) */
const TIMEOUT_MS = 10_000;

/** Who decides about connections; null: everybody may. */
export function socketAuthorizer(stage: WebSocketStage, { authorization }: WebSocketRoute, context: SocketAuthorizerContext): SocketAuthorizer | null {
  switch (authorization.kind) {
    case 'none':
      return null;
    case 'iam':
      return new SignedHandshakes(stage, context);
    case 'jwt':
    case 'lambda': {
      const authorizer = stage.authorizers[authorization.authorizer];
      if (authorizer?.kind === 'lambda') return new FunctionAuthorizer(stage, authorizer, context);
      const why = authorizer?.kind === 'unservable' ? authorizer.why : 'the authorizer of the route cannot be executed';
      return { authorize: (_request, done) => done({ kind: 'out', error: socketErrors.authorizerFailed, why }) };
    }
  }
}

function connectArn({ region, account, apiId, stage }: WebSocketStage): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:execute-api:${region}:${account}:${apiId}/${stage}/$connect`;
}

class SignedHandshakes implements SocketAuthorizer {
  readonly #stage: WebSocketStage;
  readonly #context: SocketAuthorizerContext;

  constructor(stage: WebSocketStage, context: SocketAuthorizerContext) {
    this.#stage = stage;
    this.#context = context;
  }

  authorize({ exchange }: { readonly exchange: Exchange }, done: (verdict: SocketVerdict) => void): void {
    const { account, region } = this.#stage;
    const verdict = signedHandshake(exchange, { account, region, resource: connectArn(this.#stage) }, { signers: this.#context.signers(), clock: this.#context.clock });
    if (verdict.kind === 'out') return done({ kind: 'out', error: socketErrors.forbidden, why: verdict.why });
    const { accessKey, accountId, userId, userArn } = verdict;
    done({ kind: 'in', principal: null, usageKey: null, signer: { accessKey, accountId, caller: userId, user: userId, userArn } });
  }
}

type Source = (call: SocketCall, opening: OpeningRequest) => string | null;

/** Asks a function: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html. Its answer is not remembered: it is asked once a connection. */
class FunctionAuthorizer implements SocketAuthorizer {
  readonly #authorizer: Extract<Authorizer, { kind: 'lambda' }>;
  readonly #arn: string;
  readonly #sources: readonly Source[];
  readonly #context: SocketAuthorizerContext;

  constructor(stage: WebSocketStage, authorizer: Extract<Authorizer, { kind: 'lambda' }>, context: SocketAuthorizerContext) {
    this.#authorizer = authorizer;
    this.#arn = connectArn(stage);
    this.#sources = authorizer.identitySources.map(sourceOf);
    this.#context = context;
  }

  authorize({ call, exchange, opening }: { readonly call: SocketCall; readonly exchange: Exchange; readonly opening: OpeningRequest }, done: (verdict: SocketVerdict) => void): void {
    // without what identifies the caller the function is not even asked
    for (const source of this.#sources) {
      const value = source(call, opening);
      if (value === null || value === '') return done({ kind: 'out', error: socketErrors.unauthorized, why: 'an identity source is missing' });
    }
    const { function: link } = this.#authorizer;
    if (link.refused !== null) return done({ kind: 'out', error: socketErrors.authorizerFailed, why: link.refused });
    const { wheel, caller } = this.#context;
    const waiting = new Waiting((verdict) => {
      wheel.release(waiting);
      done(verdict);
    });
    wheel.watch(waiting, TIMEOUT_MS);
    caller.call(link.functionArn, { payload: socketAuthorizerEvent(call, opening, this.#arn), traceId: opening.traceId }, (outcome) => {
      // `callback('Unauthorized')`, or an error of that message, as in AWS's example: 401
      if (outcome.kind === 'function-error' && errorMessage(outcome.document) === 'Unauthorized') return waiting.settle({ kind: 'out', error: socketErrors.unauthorized, why: 'the authorizer says so' });
      if (outcome.kind !== 'ok') return waiting.settle({ kind: 'out', error: socketErrors.authorizerFailed, why: `the authorizer's function failed (${outcome.kind})` });
      const answer = authorizerAnswer(outcome.payload, { simple: false, version: '1.0' });
      if (answer.kind === 'malformed') return waiting.settle({ kind: 'out', error: socketErrors.authorizerFailed, why: answer.why });
      if (!isLetIn(answer, { routeArn: this.#arn, sourceIp: exchange.downstream.remoteAddress })) return waiting.settle({ kind: 'out', error: socketErrors.denied, why: 'the policy does not allow it' });
      const principal: Record<string, string> = { principalId: answer.identity.principalId ?? '' };
      for (const [name, value] of Object.entries(answer.identity.context)) if (value !== null) principal[name] = String(value);
      waiting.settle({ kind: 'in', signer: null, principal, usageKey: answer.identity.usageIdentifierKey });
    });
  }
}

class Waiting extends Watched {
  #done: ((verdict: SocketVerdict) => void) | null;

  constructor(done: (verdict: SocketVerdict) => void) {
    super();
    this.#done = done;
  }

  settle(verdict: SocketVerdict): void {
    const done = this.#done;
    this.#done = null;
    done?.(verdict);
  }

  expire(): void {
    this.settle({ kind: 'out', error: socketErrors.authorizerFailed, why: 'the authorizer did not answer in time' });
  }
}

/** `route.request.header.Auth`, `route.request.querystring.name`, `context.x`, `stageVariables.x` */
function sourceOf(text: string): Source {
  const [, root, name = ''] = /^(route\.request\.header|route\.request\.querystring|context|stageVariables)\.(.+)$/.exec(text) ?? [];
  switch (root) {
    case 'route.request.header': {
      const wanted = name.toLowerCase();
      return (_call, { headers }) => headers.find(([field]) => field.toLowerCase() === wanted)?.[1] ?? null;
    }
    case 'route.request.querystring':
      return (_call, { parameters }) => parameters.find(([parameter]) => parameter === name)?.[1] ?? null;
    case 'context': {
      const variable = socketContextVariable(name);
      return (call) => variable(call);
    }
    case 'stageVariables':
      return ({ stage }) => (Object.hasOwn(stage.variables, name) ? stage.variables[name]! : null);
    default:
      return () => null;
  }
}
