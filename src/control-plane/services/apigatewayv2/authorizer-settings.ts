import type { CreateAuthorizerRequest } from '@aws-sdk/client-apigatewayv2';
import type { Authorizer, JwtAuthorizer, ProtocolType, RequestAuthorizer } from '../../resources/apigatewayv2/index.ts';
import { badRequest, unsupported } from './error.ts';
import { isInvocationUri } from './integration-uri.ts';
import { changed, given } from './text.ts';

export type AuthorizerInput = Partial<Omit<CreateAuthorizerRequest, 'ApiId'>>;
type Identity = 'id' | 'account' | 'region' | 'parent' | 'createdAt' | 'authorizerId';
export type AuthorizerSettings = Omit<JwtAuthorizer, Identity> | Omit<RequestAuthorizer, Identity>;

/** The settings of a new authorizer, or of one that is updated: what is not said stays. */
export function authorizerSettings(protocol: ProtocolType, input: AuthorizerInput, before: Authorizer | null): AuthorizerSettings {
  const type = input.AuthorizerType ?? before?.authorizerType;
  const name = input.Name ?? before?.name ?? '';
  if (name === '' || name.length > 128) throw badRequest('Authorizer name must have 1 to 128 characters');
  const identitySource = input.IdentitySource ?? before?.identitySource ?? [];
  const ttl = input.AuthorizerResultTtlInSeconds ?? 0;
  if (ttl < 0 || ttl > 3600) throw badRequest('Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.');
  switch (type) {
    case 'JWT':
      return jwt({ protocol, input, before: before?.authorizerType === 'JWT' ? before : null, name, identitySource });
    case 'REQUEST':
      return request({ protocol, input, before: before?.authorizerType === 'REQUEST' ? before : null, name, identitySource });
    case undefined:
      throw badRequest('AuthorizerType is a required parameter for authorizer');
  }
}

interface Asked<T> {
  readonly protocol: ProtocolType;
  readonly input: AuthorizerInput;
  readonly before: T | null;
  readonly name: string;
  readonly identitySource: readonly string[];
}

/** apigateway/latest/developerguide/http-api-jwt-authorizer.html */
function jwt({ protocol, input, before, name, identitySource }: Asked<JwtAuthorizer>): Omit<JwtAuthorizer, Identity> {
  if (protocol === 'WEBSOCKET') throw badRequest('Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.');
  if (given(input.AuthorizerUri) !== null || given(input.AuthorizerCredentialsArn) !== null || given(input.AuthorizerPayloadFormatVersion) !== null || input.EnableSimpleResponses === true || (input.AuthorizerResultTtlInSeconds ?? 0) > 0) {
    throw badRequest('AuthorizerUri, AuthorizerCredentialsArn, AuthorizerPayloadFormatVersion, AuthorizerResultTtlInSeconds and EnableSimpleResponses are only supported for REQUEST authorizers');
  }
  if (given(input.IdentityValidationExpression) !== null) throw badRequest('IdentityValidationExpression is not supported for JWT authorizers');
  if (identitySource.length !== 1) throw badRequest('Identity source for JWT authorizers must be exactly one header or query string parameter');
  checkSources(identitySource, /^\$request\.(?:header|querystring)\.[^\s,]+$/, (source) => `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${source}]`);
  if (input.JwtConfiguration === undefined && before === null) throw badRequest('JwtConfiguration must not be null for JWT Authorizer');
  const issuer = given(input.JwtConfiguration?.Issuer) ?? before?.jwtConfiguration.issuer;
  const audience = input.JwtConfiguration?.Audience ?? before?.jwtConfiguration.audience ?? [];
  if (issuer === undefined) throw badRequest('Issuer is a required parameter for JWT authorizer');
  if (!/^https?:\/\/[^/?#\s]+[^?#\s]*$/i.test(issuer) || !URL.canParse(issuer)) throw badRequest('Invalid issuer: Issuer is not a valid URL for JWT Authorizer');
  if (audience.length === 0) throw badRequest('Audience list must have at least 1 item for JWT Authorizer');
  if (audience.length > 50) throw badRequest('A JWT authorizer has at most 50 audiences');
  return { authorizerType: 'JWT', name, identitySource, jwtConfiguration: { audience, issuer } };
}

/** apigateway/latest/developerguide/http-api-lambda-authorizer.html, apigateway-websocket-api-lambda-auth.html */
function request({ protocol, input, before, name, identitySource }: Asked<RequestAuthorizer>): Omit<RequestAuthorizer, Identity> {
  if (input.JwtConfiguration !== undefined && (given(input.JwtConfiguration.Issuer) !== null || (input.JwtConfiguration.Audience ?? []).length > 0)) throw badRequest('JwtConfiguration is only supported for JWT authorizers');
  const version = given(input.AuthorizerPayloadFormatVersion) ?? before?.authorizerPayloadFormatVersion ?? null;
  if (version === null && protocol === 'HTTP') throw badRequest('AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer');
  const authorizerUri = given(input.AuthorizerUri) ?? before?.authorizerUri;
  if (authorizerUri === undefined) throw badRequest('AuthorizerUri is a required field in an Authorizer');
  if (!isInvocationUri(authorizerUri)) throw badRequest(`Invalid Authorizer URI: ${authorizerUri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.`);
  const credentials = changed(input.AuthorizerCredentialsArn, before?.authorizerCredentialsArn ?? null);
  if (credentials !== null && !/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(credentials)) throw badRequest(`Invalid credentials ARN specified: ${credentials}`);
  const shared = { authorizerType: 'REQUEST', name, identitySource, authorizerUri, authorizerCredentialsArn: credentials, identityValidationExpression: changed(input.IdentityValidationExpression, before?.identityValidationExpression ?? null) } as const;
  if (shared.identityValidationExpression !== null) throw badRequest('IdentityValidationExpression is not supported for REQUEST authorizers');
  if (protocol === 'WEBSOCKET') {
    if (version !== null || input.EnableSimpleResponses === true || (input.AuthorizerResultTtlInSeconds ?? 0) > 0) throw unsupported(protocol, 'AuthorizerPayloadFormatVersion, EnableSimpleResponses and AuthorizerResultTtlInSeconds');
    checkSources(identitySource, /^(?:route\.request\.(?:header|querystring)\.[^\s,]+|context\.[^\s,]+|stageVariables\.[^\s,]+)$/, socketSource);
    return { ...shared, authorizerPayloadFormatVersion: null, authorizerResultTtlInSeconds: null, enableSimpleResponses: null };
  }
  if (version !== '1.0' && version !== '2.0') throw badRequest(`Invalid authorizer payload format version specified: ${version}. It must be 1.0 or 2.0`);
  checkSources(identitySource, /^\$(?:request\.(?:header|querystring)\.[^\s,]+|context\.[^\s,]+|stageVariables\.[^\s,]+)$/, requestSource);
  const enableSimpleResponses = input.EnableSimpleResponses ?? before?.enableSimpleResponses ?? false;
  if (enableSimpleResponses && version === '1.0') throw badRequest('EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".');
  const ttl = input.AuthorizerResultTtlInSeconds ?? before?.authorizerResultTtlInSeconds ?? null;
  if (ttl !== null && ttl > 0 && identitySource.length === 0) throw badRequest('Identity source must be set if authorizer caching is enabled (TTL is greater than 0)');
  return { ...shared, authorizerPayloadFormatVersion: version, authorizerResultTtlInSeconds: ttl, enableSimpleResponses };
}

function requestSource(source: string): string {
  return `Invalid identity source expression: ${source}. The source must be a request header, request querystring, stage variable or context parameter`;
}

function socketSource(source: string): string {
  return `Invalid request identity source expression: ${source}. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'`;
}

function checkSources(sources: readonly string[], form: RegExp, sentence: (source: string) => string): void {
  for (const source of sources) if (source.length > 512 || !form.test(source)) throw badRequest(sentence(source));
}
