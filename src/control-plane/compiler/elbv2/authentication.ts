import type { Action as RuleAction, AuthenticateCognitoAction, AuthenticateSettings, JwtValidationAction } from '../../resources/elbv2/index.ts';
import type { Diagnostic, JwtPolicy, OidcPolicy, Policy } from '../../../snapshot/index.ts';
import type { CognitoDomain, Installation } from '../installation.ts';
import { jwtAlgorithms } from '../jwt-algorithms.ts';

export type AuthenticationSettings = Pick<Installation, 'jwtAlgorithms' | 'cognitoDomains' | 'cognitoSecrets'>;

export interface AuthenticationSite {
  /** ARN of the rule or listener. */
  readonly resource: string;
  readonly member: 'Actions' | 'DefaultActions';
  /** ARN of the load balancer. */
  readonly balancer: string;
  readonly installation: AuthenticationSettings;
  readonly tell: (diagnostic: Diagnostic) => void;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html#jwt-validation-limits */
const KEY_SET_BYTES = 150 * 1024;
const KEY_SET_KEYS = 10;
/** AWS documents no leeway: clocks of issuers that are a little ahead are let pass, and no token lives longer than it says. */
const LEEWAY_SECONDS = 10;

/** The actions that must let a request pass before the last one may answer it. */
export function isAuthentication(action: RuleAction): boolean {
  return action.Type === 'authenticate-oidc' || action.Type === 'authenticate-cognito' || action.Type === 'jwt-validation';
}

export function compileAuthentication(actions: readonly RuleAction[], site: AuthenticationSite): readonly Policy[] {
  return actions.flatMap((action, index): Policy[] => {
    switch (action.Type) {
      case 'jwt-validation':
        return [{ kind: 'jwt', settings: jwtPolicy(action, site) }];
      case 'authenticate-oidc': {
        const { Issuer, AuthorizationEndpoint, TokenEndpoint, UserInfoEndpoint, ClientId, ClientSecret, ...rest } = action.AuthenticateOidcConfig;
        return [{
          kind: 'oidc',
          settings: {
            signer: site.balancer, issuer: Issuer, authorizationEndpoint: AuthorizationEndpoint, tokenEndpoint: TokenEndpoint, userInfoEndpoint: UserInfoEndpoint,
            clientId: ClientId, clientSecret: ClientSecret, ...sessionOf(rest),
          },
        }];
      }
      case 'authenticate-cognito':
        return [{ kind: 'oidc', settings: cognitoPolicy(action, site, `${site.member}[${index}].AuthenticateCognitoConfig`) }];
      case 'forward':
      case 'redirect':
      case 'fixed-response':
        return [];
    }
  });
}

function jwtPolicy({ JwtValidationConfig: { Issuer, JwksEndpoint, AdditionalClaims } }: JwtValidationAction, { installation }: AuthenticationSite): JwtPolicy {
  return {
    answers: 'alb',
    sources: [{ kind: 'header', name: 'authorization', schemeRequired: true }],
    keys: { kind: 'jwks', url: JwksEndpoint, maxBytes: KEY_SET_BYTES, maxKeys: KEY_SET_KEYS },
    algorithms: jwtAlgorithms('alb', installation),
    kidRequired: false,
    issuer: Issuer,
    audiences: [],
    claims: AdditionalClaims.map(({ Name, Format, Values }) => ({ name: Name, format: Format, values: Values })),
    scopes: [],
    leewaySeconds: LEEWAY_SECONDS,
  };
}

type Session = Pick<OidcPolicy, 'cookieName' | 'scope' | 'sessionTimeoutSeconds' | 'extraParameters' | 'onUnauthenticated'>;

function sessionOf(settings: AuthenticateSettings): Session {
  return {
    cookieName: settings.SessionCookieName, scope: settings.Scope, sessionTimeoutSeconds: settings.SessionTimeout,
    extraParameters: settings.AuthenticationRequestExtraParams, onUnauthenticated: settings.OnUnauthenticatedRequest,
  };
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html */
function cognitoPolicy({ AuthenticateCognitoConfig: config }: AuthenticateCognitoAction, site: AuthenticationSite, field: string): OidcPolicy {
  const { UserPoolArn: arn, UserPoolClientId: clientId, UserPoolDomain: domain } = config;
  const [, , , region = '', , resource = ''] = arn.split(':');
  const pool = resource.slice('userpool/'.length);
  const at: CognitoDomain = own(site.installation.cognitoDomains, domain) ?? { url: domain.includes('.') ? `https://${domain}` : `https://${domain}.auth.${region}.amazoncognito.com`, issuer: null };
  const secret = own(site.installation.cognitoSecrets, clientId);
  if (secret === undefined) {
    site.tell({
      severity: 'warning', resource: site.resource, field: `${field}.UserPoolClientId`,
      message: `No secret of client ${clientId} is known here, so it is taken for a client without one: where it has one, set cognito-secrets, or logins end with 401.`,
    });
  }
  return {
    signer: site.balancer, issuer: at.issuer ?? `https://cognito-idp.${region}.amazonaws.com/${pool}`, authorizationEndpoint: `${at.url}/oauth2/authorize`,
    tokenEndpoint: `${at.url}/oauth2/token`, userInfoEndpoint: `${at.url}/oauth2/userInfo`, clientId, clientSecret: secret ?? '', ...sessionOf(config),
  };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
