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
  /** Forbidden to everybody: it asks for an API key, and none is valid. */
  readonly keyed: boolean;
  /** There is a route response: the integration's answer goes to the client. */
  readonly responds: boolean;
  readonly operationName: string | null;
}

interface WebSocketIntegrationSettings {
  readonly id: string;
  readonly timeoutMs: number;
  /** Messages are Base64 and go on as the octets that they spell (`CONVERT_TO_BINARY`). */
  readonly decode: boolean;
  /** The answer goes back in Base64 (`CONVERT_TO_TEXT` of the `$default` integration response). */
  readonly encode: boolean;
  /** What goes to the backend in place of the message; null: the message. */
  readonly request: string | null;
  /** What goes to the client in place of the answer; null: the answer. */
  readonly response: string | null;
}

export type WebSocketIntegration = WebSocketIntegrationSettings &
  (
    /** `proxy`: the function gets an event and answers with a status and a body; else the message itself, and answers with anything. */
    | { readonly kind: 'lambda'; readonly proxy: boolean; readonly function: FunctionLink }
    | { readonly kind: 'http'; readonly proxy: boolean; readonly method: string; readonly url: string; readonly parameters: readonly WebSocketParameter[] }
    /** Answers by itself. */
    | { readonly kind: 'mock'; readonly status: number }
    /** `why` goes to logs and explain. */
    | { readonly kind: 'unservable'; readonly why: string }
  );

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
