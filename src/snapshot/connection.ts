/** What `@connections` asks of the data plane, and what it tells: the one question that the control plane puts to it about a client's connection. */
export type ConnectionCommand =
  | { readonly kind: 'post'; readonly data: Uint8Array }
  | { readonly kind: 'get' }
  | { readonly kind: 'delete' };

/** Whose connections may be meant: a command for another's finds nothing. */
export interface ConnectionScope {
  readonly account: string;
  readonly region: string;
  /** The API whose own address was called, and its stage; null: the address told none, any of the account. */
  readonly apiId: string | null;
  readonly stage: string | null;
}

/** Who asks, for the policies that speak about him: they are asked where the connection is, and with it the stage that they name. */
export interface ConnectionCaller {
  readonly accessKeyId: string;
  readonly sourceIp: string;
  readonly userAgent: string | null;
  /** He came over TLS. */
  readonly secure: boolean;
}

export interface ConnectionRequest {
  readonly connectionId: string;
  readonly scope: ConnectionScope;
  /** Null: whether he may has been decided. */
  readonly caller: ConnectionCaller | null;
  readonly command: ConnectionCommand;
}

export type ConnectionOutcome =
  | { readonly kind: 'done' }
  /** Times: milliseconds since the epoch. */
  | { readonly kind: 'status'; readonly connectedAt: number; readonly lastActiveAt: number; readonly sourceIp: string; readonly userAgent: string }
  | { readonly kind: 'gone' }
  /** The caller's policies do not allow it; `message` is what he is told. */
  | { readonly kind: 'denied'; readonly message: string }
  /** The id has not the form of one. */
  | { readonly kind: 'malformed' }
  /** The client does not take what it was sent. */
  | { readonly kind: 'full' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'too-large' };

/** Reaches the connection wherever it is. */
export interface Connections {
  command(request: ConnectionRequest): Promise<ConnectionOutcome>;
}

/** Of an installation without a data plane. */
export const noConnections: Connections = { command: () => Promise.resolve({ kind: 'gone' }) };
