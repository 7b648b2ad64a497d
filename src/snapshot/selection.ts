import type { JsonPathStep } from '../kernel/index.ts';

/** A selection expression of a WebSocket API, parsed: the parts are evaluated against a message and joined. */
export type SelectionPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `$request.body...`: '' where the message has no such value. */
  | { readonly kind: 'body'; readonly path: readonly JsonPathStep[] }
  /** `$integration.response.statuscode`, `$integration.response.header.Content-Type`: of the backend's answer. */
  | { readonly kind: 'answer-status' }
  | { readonly kind: 'answer-type' }
  /** `$integration.response.body...`, which chooses nothing. */
  | { readonly kind: 'nothing' };
