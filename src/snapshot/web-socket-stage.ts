import type { FunctionLink, RouteAuthorization, StageIdentity, Throttle } from './api.ts';
import type { JsonPathStep } from '../kernel/index.ts';
import type { SelectionPart } from './selection.ts';

/** A WebSocket API's stage: what is done with connections and their messages. */
export interface WebSocketStage extends StageIdentity {
  readonly kind: 'websocket';
  /** What of a message tells its route key. */
  readonly selection: readonly SelectionPart[];
  /** `$connect`, `$disconnect`, `$default` and the API's own, in no order. */
  readonly routes: readonly WebSocketRoute[];
  readonly integrations: Readonly<Record<string, WebSocketIntegration>>;
  readonly limits: WebSocketLimits;
  /** Connections opened a second, of the account in the region. */
  readonly connectThrottle: Throttle;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export interface WebSocketLimits {
  readonly frameBytes: number;
  readonly messageBytes: number;
  readonly idleMs: number;
  readonly lifeMs: number;
}

export interface WebSocketRoute {
  readonly id: string;
  readonly key: string;
  /** Of `$connect` only. */
  readonly authorization: RouteAuthorization;
  /** Null: the stage's. */
  readonly throttle: Throttle | null;
  /** A key of the stage's integrations; null: nothing is attached. */
  readonly integration: string | null;
  /** Whoever comes must have a key of one of the stage's plans. */
  readonly keyed: boolean;
  /** There is a route response: the integration's answer goes to the client. */
  readonly responds: boolean;
  /** What messages must be; null: anything. */
  readonly models: WebSocketModels | null;
  /** Of `$connect`: what the handshake must have. */
  readonly required: readonly { readonly part: 'header' | 'querystring'; readonly name: string }[];
  readonly operationName: string | null;
  /** It has metrics of its own beside those of the stage. */
  readonly metered: boolean;
  /** What the execution log tells of its runs; null: nothing. */
  readonly trace: ExecutionTrace | null;
}

export interface ExecutionTrace {
  readonly level: 'error' | 'info';
  /** Messages and answers too (`DataTraceEnabled`). */
  readonly data: boolean;
}

/** What the metrics of a route are kept by; a stage's are by its own label, which has no space. */
export function routeLabel({ label }: StageIdentity, { key }: WebSocketRoute): string {
  return `${label} ${key}`;
}

/** JSON schemas, of which a message chooses one. */
export interface WebSocketModels {
  readonly selection: readonly SelectionPart[];
  /** Their text by key; `$default` is for what chooses no other. */
  readonly schemas: Readonly<Record<string, string>>;
  /** Others that they may refer to, by name. */
  readonly library: Readonly<Record<string, string>>;
}

interface WebSocketIntegrationSettings {
  readonly id: string;
  readonly timeoutMs: number;
  /** Messages are Base64 and go on as the octets that they spell (`CONVERT_TO_BINARY`). */
  readonly decode: boolean;
  /** What goes to the backend in place of the message; null: the message. */
  readonly request: WebSocketTemplates | null;
  /** What becomes of a message that no template fits: it goes on, or goes on if there are no templates at all, or is refused. */
  readonly passthrough: 'when-no-match' | 'when-no-templates' | 'never';
  /** Integration responses. Empty: the answer is what the backend says. */
  readonly responses: readonly WebSocketAnswer[];
}

/** Mapping templates, of which a message chooses one. */
export interface WebSocketTemplates {
  readonly selection: readonly SelectionPart[];
  /** By key; `$default` is for all that fit no other. */
  readonly templates: Readonly<Record<string, string>>;
}

/** An integration response: what the client gets, for answers that it is for. */
export interface WebSocketAnswer {
  /** Held against the whole of the status, or of what a function says when it fails; null: `$default`. */
  readonly pattern: string | null;
  /** Base64, or what Base64 spells. */
  readonly conversion: 'to-text' | 'to-binary' | null;
  /** Null: the backend's answer as it is. */
  readonly templates: WebSocketTemplates | null;
}

export type WebSocketIntegration = WebSocketIntegrationSettings &
  (
    /** `proxy`: the function gets an event and answers with a status and a body; else the message itself, and answers with anything. */
    | { readonly kind: 'lambda'; readonly proxy: boolean; readonly function: FunctionLink }
    | { readonly kind: 'http'; readonly proxy: boolean; readonly method: string; readonly url: string; readonly parameters: readonly WebSocketParameter[] }
    /** To an AWS service that is not served here: to the endpoint of the installation, signed with its keys. */
    | ServiceCall
    /** Answers by itself, with the status that its request template says. */
    | { readonly kind: 'mock' }
    /** `why` goes to logs and explain. */
    | { readonly kind: 'unservable'; readonly why: string }
  );

/** A request to an AWS service: `arn:aws:apigateway:REGION:SERVICE:action/NAME` or `:path/...`. */
export interface ServiceCall {
  readonly kind: 'aws-service';
  /** As it is signed for. */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  /** With its query, and `{name}` for path parameters. */
  readonly path: string;
  /** Names in lower case; parameters of the same name take their place. */
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: readonly WebSocketParameter[];
}

/** A part of the request to an HTTP backend that is taken from elsewhere. */
export interface WebSocketParameter {
  readonly part: 'header' | 'querystring' | 'path';
  readonly name: string;
  readonly value: WebSocketValue;
}

export type WebSocketValue =
  | { readonly kind: 'static'; readonly text: string }
  /** `connectionId`, `authorizer.principalId`, ...: as logs name it. */
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** Of the opening request; messages have none. */
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'querystring'; readonly name: string }
  /** Of the message. */
  | { readonly kind: 'body'; readonly path: readonly JsonPathStep[] };
