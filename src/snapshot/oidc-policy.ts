/** A login that a request must have behind it: OpenID Connect's code flow at the balancer (ELBv2's authenticate-oidc and authenticate-cognito). */
export interface OidcPolicy {
  /** ARN of the load balancer: `signer` of the claims that targets get. */
  readonly signer: string;
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  /** Secret. '' for a client without one. */
  readonly clientSecret: string;
  /** Its shards are `NAME-0`, `NAME-1`, ... */
  readonly cookieName: string;
  readonly scope: string;
  readonly sessionTimeoutSeconds: number;
  /** Query parameters that are added to the authorization request. */
  readonly extraParameters: Readonly<Record<string, string>>;
  readonly onUnauthenticated: 'deny' | 'allow' | 'authenticate';
}
