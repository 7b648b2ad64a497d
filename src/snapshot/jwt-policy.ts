/** Signature algorithms with a public key (RFC 7518 section 3.1). `none` and the symmetric ones have no name here, so nothing can ask for them. */
export type JwtAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

/** A bearer token that a request must carry: where it stands, who signs it, what it must say. */
export interface JwtPolicy {
  /** In whose words a request is refused: ALB's 401 page and `error_reason`, or HTTP API's JSON and WWW-Authenticate. */
  readonly answers: 'alb' | 'http-api';
  /** Places to look for the token; the first that has one counts. Header names are lower-case. */
  readonly sources: readonly TokenSource[];
  readonly keys: JwtKeys;
  readonly algorithms: readonly JwtAlgorithm[];
  /** A token without `kid` is refused; otherwise it will do where the key set has exactly one key that fits. */
  readonly kidRequired: boolean;
  /** `iss`, to the letter. */
  readonly issuer: string;
  /** One of them must be in `aud`, or, in a token without `aud`, be its `client_id`. Empty: neither is looked at. */
  readonly audiences: readonly string[];
  /** All must hold. */
  readonly claims: readonly ClaimCheck[];
  /** The token must have at least one of them (`scope` or `scp`). Empty: scopes are not looked at. */
  readonly scopes: readonly string[];
  /** How far (seconds) `nbf` and `iat` may lie ahead of our clock. `exp` has no leeway. */
  readonly leewaySeconds: number;
}

export type TokenSource =
  | { readonly kind: 'header'; readonly name: string; /** `Bearer ` must stand before the token; otherwise it may. */ readonly schemeRequired: boolean }
  | { readonly kind: 'query'; readonly name: string };

export interface JwtKeys {
  /** `jwks`: `url` is that of a JWK set. `discovery`: `url` is that of an OpenID Provider's metadata, which names the JWK set. */
  readonly kind: 'jwks' | 'discovery';
  readonly url: string;
  /** Longest answer that is read. */
  readonly maxBytes: number;
  /** A set with more keys is not used at all. */
  readonly maxKeys: number;
}

export interface ClaimCheck {
  readonly name: string;
  /**
   * `single-string`: a text that is one of `values`. `string-array`: an array of texts that has every one of `values`.
   * `space-separated-values`: a text whose words have every one of `values`.
   */
  readonly format: 'single-string' | 'string-array' | 'space-separated-values';
  readonly values: readonly string[];
}
