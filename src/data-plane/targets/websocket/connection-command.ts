/** What `@connections` does with a connection: sent to whichever worker has it. */
export type ConnectionCommand =
  | { readonly kind: 'post'; readonly data: Uint8Array }
  | { readonly kind: 'get' }
  | { readonly kind: 'delete' };

/** Whose connections may be meant: a command for another's finds nothing. Null: any. */
export interface ConnectionScope {
  readonly account: string;
  readonly region: string;
  /** With `stage`: the API whose own address was called; null: the address told none. */
  readonly apiId: string | null;
  readonly stage: string | null;
}

export interface ConnectionRequest {
  readonly connectionId: string;
  readonly scope: ConnectionScope;
  readonly command: ConnectionCommand;
}

export type ConnectionOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'status'; readonly connectedAt: number; readonly lastActiveAt: number; readonly sourceIp: string; readonly userAgent: string }
  | { readonly kind: 'gone' }
  /** The client does not take what it was sent. */
  | { readonly kind: 'full' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'too-large' };
