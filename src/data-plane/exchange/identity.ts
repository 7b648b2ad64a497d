/** Who calls, as a step has found out. */
export type Identity = JwtIdentity;

/** The claims of a token whose signature and conditions have been checked. Shared by all requests that carry it: read only. */
export interface JwtIdentity {
  readonly kind: 'jwt';
  readonly claims: Readonly<Record<string, unknown>>;
  /** Words of `scope`, or members of `scp`; empty where there are none. */
  readonly scopes: readonly string[];
}
