/** A selection expression of a WebSocket API, parsed: the parts are evaluated against a message and joined. */
export type SelectionPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `$request.body...`: '' where the message has no such value. */
  | { readonly kind: 'body'; readonly path: readonly JsonPathStep[] };

/** One step of a JSONPath (the part of it that selection expressions may use). */
export type JsonPathStep =
  /** `.a`, `['a']`, `['a','b']` */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** `[0]`, `[-1]`, `[0,2]` */
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  /** `[1:3]`; null: open. */
  | { readonly kind: 'slice'; readonly from: number | null; readonly to: number | null }
  /** `.*`, `[*]` */
  | { readonly kind: 'every' }
  /** `..`: the next step is taken from every value below, this one included. */
  | { readonly kind: 'descend' };
