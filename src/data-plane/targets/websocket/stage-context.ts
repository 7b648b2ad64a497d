import type { ConnectionCaller, Throttle, WebSocketRoute, WebSocketStage } from '../../../snapshot/index.ts';
import type { Exchange, ShownKey, SocketCall, SocketError, SocketObserver } from '../../exchange/index.ts';
import type { TraceIds } from '../forward/trace-id.ts';
import type { ConnectionHub } from './connection-hub.ts';
import type { ConnectionGuard, ConnectionReach } from './management.ts';
import type { OpeningRequest } from './socket-event.ts';
import type { IntegrationContext } from './socket-integration.ts';

/** Who decides whether a connection may be opened. */
export interface SocketAuthorizer {
  authorize(request: { readonly call: SocketCall; readonly exchange: Exchange; readonly opening: OpeningRequest }, done: (verdict: SocketVerdict) => void): void;
}

export type SocketVerdict =
  | {
      readonly kind: 'in';
      /** Further members of `requestContext.identity`; null: nobody signed. */
      readonly signer: Readonly<Record<string, string>> | null;
      /** `requestContext.authorizer`; null: there is none. */
      readonly principal: Readonly<Record<string, string>> | null;
      /** `usageIdentifierKey` of the authorizer's answer; null: there is none. */
      readonly usageKey: string | null;
    }
  | { readonly kind: 'out'; readonly error: SocketError; readonly why: string };

export interface SocketContext extends IntegrationContext {
  readonly hub: ConnectionHub;
  readonly traceIds: TraceIds;
  readonly observer: SocketObserver;
  readonly reach: ConnectionReach;
  /** Who may use `@connections` of the stage. */
  readonly guard: ConnectionGuard & StageGuard;
  readonly requestId: () => string;
  /** Whether there is a token in the bucket; takes it. */
  readonly take: (throttle: Throttle) => boolean;
  /** Null: no route asks for a key. */
  readonly keys: StageKeyring | null;
  readonly authorizer: (stage: WebSocketStage, route: WebSocketRoute) => SocketAuthorizer | null;
}

export interface KeyRefusal {
  readonly error: SocketError;
  readonly why: string;
}

/** Who has keys of the stage's usage plans. */
export interface StageKeyring {
  readonly source: 'header' | 'authorizer';
  /** Whose value it is; null: nobody's. Nothing is counted. */
  identify(value: string | null): ShownKey | null;
  /** Counts one use of a key on a route, or says why there may be none. */
  use(key: ShownKey | null, route: string): KeyRefusal | null;
}

/** Who may use `@connections` of a stage, asked about callers who came in elsewhere. */
export interface StageGuard {
  /** What the caller is told; null: he may. */
  denial(asked: { readonly method: string; readonly connectionId: string }, caller: ConnectionCaller): string | null;
}
