import { flat } from '../../../kernel/index.ts';
import type { ConnectionCaller, WebSocketLimits, WebSocketRoute, WebSocketStage } from '../../../snapshot/index.ts';
import { errorBody, faults, socketErrors, type ConnectionFacts, type EventType, type Exchange, type ShownKey, type SocketCall, type SocketError } from '../../exchange/index.ts';
import { ABNORMAL, webSocketAccept } from '../../wire/index.ts';
import { ClientConnection } from './client-connection.ts';
import type { LinkedSocketStage, StageSlot } from './connection-hub.ts';
import { isManagementPath, Management } from './management.ts';
import { RequestModels } from './request-models.ts';
import { selectRoute } from './select-route.ts';
import { missingOf, openingRequest, type OpeningRequest } from './socket-event.ts';
import { linkSocketIntegration, type SocketIntegration, type SocketOutcome } from './socket-integration.ts';
import type { KeyRefusal, SocketAuthorizer, SocketContext } from './stage-context.ts';

interface LinkedSocketRoute {
  readonly route: WebSocketRoute;
  readonly integration: SocketIntegration | null;
  readonly models: RequestModels | null;
}

/** Keys that messages cannot ask for. */
const CONNECT = '$connect';
const DISCONNECT = '$disconnect';
const DEFAULT = '$default';

/** A stage of a WebSocket API, ready to serve. */
export class SocketStage implements LinkedSocketStage {
  readonly stage: WebSocketStage;
  readonly limits: WebSocketLimits;
  readonly scope: LinkedSocketStage['scope'];
  readonly #context: SocketContext;
  readonly #slot: StageSlot;
  readonly #connect: LinkedSocketRoute | null;
  readonly #disconnect: LinkedSocketRoute | null;
  readonly #default: LinkedSocketRoute | null;
  readonly #routes = new Map<string, LinkedSocketRoute>();
  readonly #authorizer: SocketAuthorizer | null;
  readonly #management: Management;
  /** The name by which the last connection came: nearly always that of all. */
  #domainName = '';

  constructor(stage: WebSocketStage, context: SocketContext) {
    this.stage = stage;
    this.limits = stage.limits;
    this.scope = { account: stage.account, region: stage.region, apiId: stage.apiId, stage: stage.stage };
    this.#context = context;
    this.#management = new Management(this.scope, context);
    this.#slot = context.hub.slot(stage.id);
    const integrations = new Map<string, SocketIntegration>();
    for (const [id, integration] of Object.entries(stage.integrations)) integrations.set(id, linkSocketIntegration(integration, context));
    for (const route of stage.routes) this.#routes.set(route.key, { route, integration: route.integration === null ? null : (integrations.get(route.integration) ?? null), models: route.models === null ? null : new RequestModels(route.models) });
    this.#connect = this.#routes.get(CONNECT) ?? null;
    this.#disconnect = this.#routes.get(DISCONNECT) ?? null;
    this.#default = this.#routes.get(DEFAULT) ?? null;
    // a message cannot pretend to be a handshake
    this.#routes.delete(CONNECT);
    this.#routes.delete(DISCONNECT);
    this.#authorizer = this.#connect === null ? null : context.authorizer(stage, this.#connect.route);
  }

  // --- opening handshakes

  /** Serves a request that came in for this stage. `path` is what is left below the stage. */
  serve(exchange: Exchange, entry: { readonly domainName: string; readonly path: string }): void {
    if (isManagementPath(entry.path)) this.#management.serve(exchange, entry.path);
    else this.#open(exchange, entry.domainName);
  }

  #open(exchange: Exchange, domainName: string): void {
    const { hub, clock, traceIds } = this.#context;
    const traceId = traceIds.next(exchange.header('x-amzn-trace-id'), exchange.startedWall);
    exchange.traceId = traceId;
    const opening = openingRequest(exchange, traceId);
    const { keys } = this.#context;
    // what is kept for hours must not be a part of the head that it was in
    const apiKey = keys?.source === 'header' ? keys.identify(flattened(exchange.header('x-api-key'))) : null;
    const userAgent = flattened(exchange.userAgent);
    if (domainName !== this.#domainName) this.#domainName = flat(domainName);
    const sourceIp = exchange.downstream.remoteAddress;
    const facts: ConnectionFacts = {
      id: hub.ids.next(), connectedAt: clock.now(), sourceIp, userAgent, domainName: this.#domainName, identity: JSON.stringify({ ...keyOf(apiKey), ...identityOf(sourceIp, userAgent) }), signer: null, apiKey, authorizer: null, principal: null,
    };
    const call = this.#call({ eventType: 'CONNECT', facts, linked: this.#connect, routeKey: CONNECT, octets: 0 });
    if (!exchange.webSocket) return this.#refuse(exchange, call, { error: socketErrors.forbidden, why: 'the request is no opening handshake' });
    if (exchange.header('sec-websocket-version') !== '13') return this.#refuseVersion(exchange, call);
    if (!this.#context.take(this.stage.connectThrottle) || !this.#admit(this.#connect)) return this.#refuse(exchange, call, { error: socketErrors.throttled, why: 'throttled' });
    if (keys?.source !== 'authorizer') {
      const refusal = this.#useKey(this.#connect, apiKey);
      if (refusal !== null) return this.#refuse(exchange, call, refusal);
    }
    if (this.#authorizer === null) return keys?.source === 'authorizer' ? this.#admitted(exchange, call, opening) : this.#opened(exchange, call, opening);
    this.#authorizer.authorize({ call, exchange, opening }, (verdict) => exchange.goOn(() => {
      if (exchange.ended) return this.#abandoned(call);
      if (verdict.kind === 'out') {
        call.authorizerError = verdict.why;
        return this.#refuse(exchange, call, verdict);
      }
      const shown = keys?.source === 'authorizer' ? keys.identify(verdict.usageKey) : apiKey;
      const authorized: ConnectionFacts = {
        ...facts,
        identity: JSON.stringify({ ...verdict.signer, ...keyOf(shown), ...identityOf(sourceIp, userAgent) }),
        apiKey: shown,
        signer: verdict.signer,
        authorizer: verdict.principal === null ? null : JSON.stringify(verdict.principal),
        principal: verdict.principal,
      };
      const authorizedCall = { ...call, facts: authorized };
      if (keys?.source === 'authorizer') this.#admitted(exchange, authorizedCall, opening);
      else this.#opened(exchange, authorizedCall, opening);
    }));
  }

  /** Comes with the key that the authorizer has told, if there is one. */
  #admitted(exchange: Exchange, call: SocketCall, opening: OpeningRequest): void {
    const refusal = this.#useKey(this.#connect, call.facts.apiKey);
    if (refusal === null) this.#opened(exchange, call, opening);
    else this.#refuse(exchange, call, refusal);
  }

  /** May connect: `$connect` runs, if there is one. */
  #opened(exchange: Exchange, call: SocketCall, opening: OpeningRequest): void {
    if (this.#connect === null) return this.#switch(exchange, call, null);
    const missing = missingOf(opening, this.#connect.route.required);
    if (missing.length > 0) {
      const error = { ...socketErrors.badParameters, message: `Missing required request parameters: [${missing.join(', ')}]` };
      return this.#refuse(exchange, call, { error, why: error.message });
    }
    this.#run(this.#connect, { call, opening, body: null }, (outcome) => exchange.goOn(() => {
      if (exchange.ended) {
        // the integration took the connection in, and hears that it is gone
        this.#abandoned(call);
        if (outcome.kind === 'answer' && isSuccess(outcome.status)) this.#disconnectedFacts(call.facts, { code: ABNORMAL, reason: '' });
        return;
      }
      if (outcome.kind === 'failed') return this.#refuse(exchange, call, outcome);
      if (isSuccess(outcome.status)) return this.#switch(exchange, call, outcome.protocol);
      call.status = outcome.status;
      const body = outcome.body ?? Buffer.from(errorBody(call, { ...socketErrors.internal, message: outcome.status < 500 ? 'Forbidden' : 'Internal server error' }));
      exchange.reply({ status: outcome.status < 400 ? 502 : outcome.status, reason: null, headers: JSON_TYPE, body });
      this.#ended(call);
    }));
  }

  #switch(exchange: Exchange, call: SocketCall, protocol: string | null): void {
    const accept = webSocketAccept(exchange.header('sec-websocket-key') ?? '');
    const connection = new ClientConnection(call.facts, this.#slot, this.#context.hub);
    call.status = 101;
    const stream = exchange.upgrade(`Sec-WebSocket-Accept: ${accept}\r\n${protocol === null ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}`, connection);
    if (stream === null) {
      this.#abandoned(call);
      if (this.#connect !== null) this.#disconnectedFacts(call.facts, { code: ABNORMAL, reason: '' });
      return;
    }
    this.#context.hub.add(connection);
    this.#ended(call);
    connection.start(stream);
  }

  #refuse(exchange: Exchange, call: SocketCall, { error, why }: { readonly error: SocketError; readonly why: string }): void {
    call.status = error.status;
    call.error = error;
    if (call.integrationSentAt !== 0) call.integrationError = why;
    exchange.reply({ status: error.status, reason: null, headers: JSON_TYPE, body: errorBody(call, error) });
    this.#ended(call);
  }

  /** RFC 6455 section 4.4. */
  #refuseVersion(exchange: Exchange, call: SocketCall): void {
    call.status = 426;
    exchange.reply({ status: 426, reason: null, headers: `${JSON_TYPE}Sec-WebSocket-Version: 13\r\n`, body: errorBody(call, { ...socketErrors.badBody, message: 'Upgrade Required' }) });
    this.#ended(call);
  }

  #abandoned(call: SocketCall): void {
    call.status = faults['client-closed'].status;
    this.#ended(call);
  }

  // --- messages

  message(connection: ClientConnection, data: Buffer): void {
    const text = data.toString('utf8');
    const key = selectRoute(this.stage.selection, text);
    const linked = (key === null ? undefined : this.#routes.get(key)) ?? this.#default;
    const call = this.#call({ eventType: 'MESSAGE', facts: connection.facts, linked, routeKey: linked?.route.key ?? key ?? DEFAULT, octets: data.length });
    if (!this.#admit(linked)) return this.#answerError(connection, call, { error: socketErrors.throttled, why: 'throttled' });
    if (linked === null) return this.#answerError(connection, call, { error: socketErrors.forbidden, why: 'no route' });
    const refusal = this.#useKey(linked, connection.facts.apiKey);
    if (refusal !== null) return this.#answerError(connection, call, refusal);
    const complaint = linked.models?.complaint(text) ?? null;
    if (complaint !== null) {
      call.validationError = complaint;
      return this.#answerError(connection, call, { error: socketErrors.invalidBody, why: complaint });
    }
    connection.begun();
    this.#run(linked, { call, opening: null, body: data }, (outcome) => {
      try {
        if (outcome.kind === 'failed') this.#answerError(connection, call, outcome);
        else {
          call.status = outcome.status;
          if (linked.route.responds && outcome.body !== null && outcome.body.length > 0) connection.answer(outcome.body);
          this.#ended(call);
        }
        connection.handled();
      } catch (error) {
        connection.crashed(error);
      }
    });
  }

  denial(asked: { readonly method: string; readonly connectionId: string }, caller: ConnectionCaller): string | null {
    return this.#context.guard.denial(asked, caller);
  }

  posted(): boolean {
    if (!this.#context.take(this.stage.accountThrottle)) return false;
    this.#context.observer.posted();
    return true;
  }

  #answerError(connection: ClientConnection, call: SocketCall, { error, why }: { readonly error: SocketError; readonly why: string }): void {
    call.status = error.status;
    call.error = error;
    if (call.integrationSentAt !== 0) call.integrationError = why;
    connection.answer(Buffer.from(errorBody(call, error)));
    this.#ended(call);
  }

  // --- ends

  disconnected(connection: ClientConnection, how: { readonly code: number; readonly reason: string }): void {
    this.#disconnectedFacts(connection.facts, how);
  }

  /** Nobody hears what comes of it: the connection is gone. */
  #disconnectedFacts(facts: ConnectionFacts, how: { readonly code: number; readonly reason: string }): void {
    const linked = this.#disconnect;
    if (linked === null) return;
    const call = this.#call({ eventType: 'DISCONNECT', facts, linked, routeKey: DISCONNECT, octets: 0, disconnect: how });
    try {
      this.#run(linked, { call, opening: null, body: null }, (outcome) => {
        if (outcome.kind === 'failed') {
          call.status = outcome.error.status;
          call.error = outcome.error;
          call.integrationError = outcome.why;
        } else call.status = outcome.status;
        this.#ended(call);
      });
    } catch (error) {
      // it is gone already: there is nothing else to be given up
      this.#context.hub.mishaps.note('websocket', error);
    }
  }

  // --- what all have in common

  /** Takes the tokens that a call costs: of the account, then of the route or the stage. */
  #admit(linked: LinkedSocketRoute | null): boolean {
    const { take } = this.#context;
    const own = linked?.route.throttle ?? this.stage.throttle;
    return take(this.stage.accountThrottle) && (own === null || take(own));
  }

  /** Counts a use of the key where the route asks for one; what to say where it may not be. */
  #useKey(linked: LinkedSocketRoute | null, key: ShownKey | null): KeyRefusal | null {
    if (linked === null || !linked.route.keyed) return null;
    const { keys } = this.#context;
    return keys === null ? { error: socketErrors.invalidApiKey, why: 'the stage knows no API keys' } : keys.use(key, linked.route.key);
  }

  #run(
    { integration, route }: LinkedSocketRoute,
    { call, opening, body }: { readonly call: SocketCall; readonly opening: OpeningRequest | null; readonly body: Buffer | null },
    done: (outcome: SocketOutcome) => void,
  ): void {
    if (integration === null) done({ kind: 'failed', error: socketErrors.configuration, why: 'the route has no integration' });
    else if (route.trace?.data !== true) integration.run(call, { opening, body }, done);
    else {
      call.requestText = beginning(body);
      integration.run(call, { opening, body }, (outcome) => {
        if (outcome.kind === 'answer') call.responseText = beginning(outcome.body);
        done(outcome);
      });
    }
  }

  #call(given: {
    readonly eventType: EventType; readonly facts: ConnectionFacts; readonly linked: LinkedSocketRoute | null; readonly routeKey: string; readonly octets: number;
    readonly disconnect?: SocketCall['disconnect'];
  }): SocketCall {
    const { clock, hub, now } = this.#context;
    return {
      stage: this.stage, facts: given.facts, eventType: given.eventType, requestId: hub.ids.next(), messageId: given.eventType === 'MESSAGE' ? hub.ids.next() : '',
      startedWall: clock.now(), startedAt: now(), route: given.linked?.route ?? null, routeKey: given.routeKey, disconnect: given.disconnect ?? null, status: 0, error: null,
      integrationStatus: 0, integrationError: '', integrationSentAt: 0, integrationAnsweredAt: 0, authorizerError: '', validationError: '', requestText: '', responseText: '', endedAt: 0, octets: given.octets,
    };
  }

  #ended(call: SocketCall): void {
    call.endedAt = this.#context.now();
    try {
      this.#context.observer.callEnded(call);
    } catch (error) {
      this.#context.hub.mishaps.note('observer', error);
    }
  }
}

const JSON_TYPE = 'Content-Type: application/json\r\n';

/** Logs show so much of a body. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
const LOGGED_BYTES = 1024;

function beginning(body: Buffer | null): string {
  return body?.toString('utf8', 0, LOGGED_BYTES) ?? '';
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function identityOf(sourceIp: string, userAgent: string | null): Readonly<Record<string, string>> {
  return userAgent === null ? { sourceIp } : { userAgent, sourceIp };
}

function keyOf(key: ShownKey | null): Readonly<Record<string, string>> {
  return key === null ? {} : { apiKey: key.value, apiKeyId: key.id };
}

function flattened(text: string | null): string | null {
  return text === null ? null : flat(text);
}
