import type { Action as WireAction } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, parseArn } from '../../../aws/index.ts';
import type { Action, AuthenticateCognitoAction, AuthenticateOidcAction, AuthenticateSettings } from '../../resources/elbv2/index.ts';
import { missingConfig, validationError } from './error.ts';
import { isHttpsUrl } from './jwt-validation.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html */
const COOKIE = 'AWSELBAuthSessionCookie';
const SEVEN_DAYS = 604_800;
const MOST_PARAMETERS = 10;
const BEHAVIORS = ['deny', 'allow', 'authenticate'] as const;
/** Parameters of the authorization request that are the balancer's own: given by the rule they could turn the flow into another. */
const OWN_PARAMETERS = ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'response_mode'];
const COOKIE_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

interface WireSettings {
  readonly SessionCookieName?: string | undefined;
  readonly Scope?: string | undefined;
  readonly SessionTimeout?: number | undefined;
  readonly AuthenticationRequestExtraParams?: Readonly<Record<string, string>> | undefined;
  readonly OnUnauthenticatedRequest?: string | undefined;
}

/** `existing`: the actions that these replace, whose client secret may be kept. */
export function authenticateOidc(given: WireAction, existing: readonly Action[]): AuthenticateOidcAction['AuthenticateOidcConfig'] {
  const config = given.AuthenticateOidcConfig;
  if (config === undefined) throw missingConfig('authenticate-oidc', 'AuthenticateOidcConfig');
  const { Issuer = '', AuthorizationEndpoint = '', TokenEndpoint = '', UserInfoEndpoint = '', ClientId = '' } = config;
  for (const url of [Issuer, AuthorizationEndpoint, TokenEndpoint, UserInfoEndpoint]) if (!isHttpsUrl(url)) throw validationError(`The '${url}' URL is not valid`);
  if (ClientId === '') throw validationError('A client ID must be specified');
  return { Issuer, AuthorizationEndpoint, TokenEndpoint, UserInfoEndpoint, ClientId, ClientSecret: clientSecret(config, existing), ...settings(config) };
}

function clientSecret(config: NonNullable<WireAction['AuthenticateOidcConfig']>, existing: readonly Action[]): string {
  const { ClientSecret: secret, UseExistingClientSecret: keeps, Issuer, ClientId } = config;
  if (keeps === true) {
    if (secret) throw invalidAction('You cannot both specify a client secret and set UseExistingClientSecret to true');
    const old = existing.find((action) => action.Type === 'authenticate-oidc');
    if (!old) throw invalidAction('You cannot set UseExistingClientSecret to true because there is no existing client secret');
    // a secret belongs to a client of a provider: another one must not be sent it
    const { AuthenticateOidcConfig: was } = old;
    if (was.Issuer !== Issuer || was.ClientId !== ClientId || was.TokenEndpoint !== config.TokenEndpoint) {
      throw invalidAction('You must specify a client secret when you change the issuer, the token endpoint or the client ID');
    }
    return was.ClientSecret;
  }
  if (!secret) throw validationError('A client secret must be specified');
  return secret;
}

/** `region`: that of the load balancer; a pool elsewhere is none (observed). */
export function authenticateCognito(given: WireAction, region: string): AuthenticateCognitoAction['AuthenticateCognitoConfig'] {
  const config = given.AuthenticateCognitoConfig;
  if (config === undefined) throw missingConfig('authenticate-cognito', 'AuthenticateCognitoConfig');
  const { UserPoolArn: arn = '', UserPoolClientId: client = '', UserPoolDomain: domain = '' } = config;
  const parsed = parseArn(arn);
  if (parsed?.service !== 'cognito-idp' || parsed.region !== region || !/^userpool\/[\w-]+_[0-9A-Za-z]+$/.test(parsed.resource)) throw validationError(`'${arn}' is not a valid user pool ARN`);
  if (client === '') throw validationError('A user pool client ID must be specified');
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(domain)) throw validationError(`User pool domain '${domain}' must be a domain prefix or a fully-qualified domain name`);
  return { UserPoolArn: arn, UserPoolClientId: client, UserPoolDomain: domain, ...settings(config) };
}

function settings(given: WireSettings): AuthenticateSettings {
  const { SessionCookieName: cookie = COOKIE, Scope: scope = 'openid', SessionTimeout: timeout = SEVEN_DAYS, OnUnauthenticatedRequest: behavior = 'authenticate' } = given;
  const parameters = given.AuthenticationRequestExtraParams ?? {};
  if (!COOKIE_NAME.test(cookie) || cookie.length > 128) throw validationError(`Session cookie name '${cookie}' is not valid`);
  if (scope === '' || !/^[\x21\x23-\x5b\x5d-\x7e ]+$/.test(scope)) throw validationError(`Scope '${scope}' is not valid`);
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > SEVEN_DAYS) throw validationError(`'Session timeout' value '${timeout}' must be between 1 and ${SEVEN_DAYS} inclusive`);
  const known = BEHAVIORS.find((each) => each === behavior);
  if (known === undefined) throw validationError(`On unauthenticated request '${behavior}' must be one of '${BEHAVIORS.join(',')}'`);
  const names = Object.keys(parameters);
  if (names.length > MOST_PARAMETERS) throw validationError(`You can specify up to ${MOST_PARAMETERS} extra authentication request parameters`);
  for (const name of names) {
    if (OWN_PARAMETERS.includes(name)) throw invalidAction(`Authentication request extra parameter '${name}' is not allowed: it is set by the load balancer`);
  }
  return { SessionCookieName: cookie, Scope: scope, SessionTimeout: timeout, AuthenticationRequestExtraParams: { ...parameters }, OnUnauthenticatedRequest: known };
}

function invalidAction(message: string): AwsError {
  return new AwsError('InvalidLoadBalancerAction', message);
}

/** As answered: members that AWS leaves out when they are empty, and no secret. */
export function authenticateShape(action: AuthenticateOidcAction | AuthenticateCognitoAction): WireAction {
  switch (action.Type) {
    case 'authenticate-oidc': {
      const { ClientSecret: _, AuthenticationRequestExtraParams: parameters, ...rest } = action.AuthenticateOidcConfig;
      return { Type: action.Type, AuthenticateOidcConfig: { ...rest, ...shown(parameters) } };
    }
    case 'authenticate-cognito': {
      const { AuthenticationRequestExtraParams: parameters, ...rest } = action.AuthenticateCognitoConfig;
      return { Type: action.Type, AuthenticateCognitoConfig: { ...rest, ...shown(parameters) } };
    }
  }
}

function shown(parameters: Readonly<Record<string, string>>): { AuthenticationRequestExtraParams?: Record<string, string> } {
  return Object.keys(parameters).length === 0 ? {} : { AuthenticationRequestExtraParams: { ...parameters } };
}
