/** Who calls, as a step has found out. */
export type Identity = JwtIdentity | AuthorizerIdentity | IamIdentity;

/** The claims of a token whose signature and conditions have been checked. Shared by all requests that carry it: read only. */
export interface JwtIdentity {
  readonly kind: 'jwt';
  readonly claims: Readonly<Record<string, unknown>>;
  /** Words of `scope`, or members of `scp`; empty where there are none. */
  readonly scopes: readonly string[];
}

/** What a Lambda authorizer said of the caller that it let in. Shared by all requests that its answer is remembered for: read only. */
export interface AuthorizerIdentity {
  readonly kind: 'lambda';
  readonly principalId: string | null;
  readonly context: Readonly<Record<string, unknown>>;
  /** The API key of the caller, where the API takes it from here; null: it said none. */
  readonly usageIdentifierKey: string | null;
}

/** Who signed the request. */
export interface IamIdentity {
  readonly kind: 'iam';
  readonly accessKey: string;
  readonly accountId: string;
  /** `AIDA...`, `AROA...:session`. */
  readonly callerId: string;
  readonly userId: string;
  readonly userArn: string;
}
