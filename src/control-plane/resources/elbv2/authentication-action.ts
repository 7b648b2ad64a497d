import type { Ordered } from './action.ts';

/** Actions that let a request pass to the one behind them, or answer in its place. HTTPS listeners only. */

/** What authenticate-oidc and authenticate-cognito have in common. */
export interface AuthenticateSettings {
  readonly SessionCookieName: string;
  readonly Scope: string;
  /** Seconds. */
  readonly SessionTimeout: number;
  /** Query parameters of the request to the authorization endpoint. */
  readonly AuthenticationRequestExtraParams: Readonly<Record<string, string>>;
  readonly OnUnauthenticatedRequest: 'deny' | 'allow' | 'authenticate';
}

export interface AuthenticateOidcAction extends Ordered {
  readonly Type: 'authenticate-oidc';
  readonly AuthenticateOidcConfig: AuthenticateSettings & {
    readonly Issuer: string;
    readonly AuthorizationEndpoint: string;
    readonly TokenEndpoint: string;
    readonly UserInfoEndpoint: string;
    readonly ClientId: string;
    /** Secret: never answered. */
    readonly ClientSecret: string;
  };
}

export interface AuthenticateCognitoAction extends Ordered {
  readonly Type: 'authenticate-cognito';
  readonly AuthenticateCognitoConfig: AuthenticateSettings & {
    readonly UserPoolArn: string;
    readonly UserPoolClientId: string;
    /** Prefix of a Cognito domain, or a domain of one's own. */
    readonly UserPoolDomain: string;
  };
}

export interface JwtValidationAction extends Ordered {
  readonly Type: 'jwt-validation';
  readonly JwtValidationConfig: {
    readonly JwksEndpoint: string;
    readonly Issuer: string;
    readonly AdditionalClaims: readonly AdditionalClaim[];
  };
}

export interface AdditionalClaim {
  readonly Format: 'single-string' | 'string-array' | 'space-separated-values';
  readonly Name: string;
  readonly Values: readonly string[];
}
