/**
 * Requests that the gateway makes for itself (key sets, identity providers): never on the way of a request that need not wait for
 * them, bounded in time and size, and without redirects, so that nobody who answers can send us elsewhere.
 */
export interface Outgoing {
  /** `done` is called once, and never before `send` has returned; should it throw, once more, with a failure. */
  send(request: OutgoingRequest, done: (outcome: OutgoingOutcome) => void): void;
}

export interface OutgoingRequest {
  /** `GET`, `POST`; any other for requests that somebody has configured. */
  readonly method: string;
  /** `https:` or `http:`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** In place of `body`, where it is not text. */
  readonly octets?: Buffer;
  /** For all of it: connection, handshake, answer. */
  readonly withinMs: number;
  /** Longest body that is read. */
  readonly maxBytes: number;
}

export type OutgoingOutcome =
  /** Any status. `protocol`: Sec-WebSocket-Protocol, where the answer has one. */
  | { readonly kind: 'answer'; readonly status: number; readonly contentType: string; readonly body: Buffer; readonly protocol?: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-large' }
  /** No answer: `why` is for people. */
  | { readonly kind: 'failed'; readonly why: string };
