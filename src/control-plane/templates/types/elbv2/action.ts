import { flag, listOf, number, oneOf, record, text, texts, mapOf } from '../schema.ts';

const authenticate = {
  AuthenticationRequestExtraParams: mapOf(text),
  OnUnauthenticatedRequest: oneOf('deny', 'allow', 'authenticate'),
  Scope: text,
  SessionCookieName: text,
  SessionTimeout: number,
};

/** Actions of listeners and rules: the same shape as in the API. */
export const actions = listOf(record({
  'Type!': oneOf('forward', 'redirect', 'fixed-response', 'authenticate-oidc', 'authenticate-cognito', 'jwt-validation'),
  AuthenticateCognitoConfig: record({ 'UserPoolArn!': text, 'UserPoolClientId!': text, 'UserPoolDomain!': text, ...authenticate }),
  AuthenticateOidcConfig: record({
    'AuthorizationEndpoint!': text, 'ClientId!': text, ClientSecret: text, 'Issuer!': text, 'TokenEndpoint!': text, UseExistingClientSecret: flag, 'UserInfoEndpoint!': text,
    ...authenticate,
  }),
  FixedResponseConfig: record({ ContentType: text, MessageBody: text, 'StatusCode!': text }),
  ForwardConfig: record({
    TargetGroups: listOf(record({ 'TargetGroupArn!': text, Weight: number })),
    TargetGroupStickinessConfig: record({ DurationSeconds: number, Enabled: flag }),
  }),
  JwtValidationConfig: record({
    AdditionalClaims: listOf(record({ 'Format!': text, 'Name!': text, 'Values!': texts })),
    'Issuer!': text,
    'JwksEndpoint!': text,
  }),
  Order: number,
  RedirectConfig: record({ Host: text, Path: text, Port: text, Protocol: text, Query: text, 'StatusCode!': oneOf('HTTP_301', 'HTTP_302') }),
  TargetGroupArn: text,
}));

const values = record({ Values: texts });
const valuesOrRegex = record({ RegexValues: texts, Values: texts });

/** Conditions of rules: the same shape as in the API. */
export const conditions = listOf(record({
  Field: oneOf('host-header', 'path-pattern', 'http-header', 'http-request-method', 'query-string', 'source-ip'),
  HostHeaderConfig: valuesOrRegex,
  HttpHeaderConfig: record({ HttpHeaderName: text, RegexValues: texts, Values: texts }),
  HttpRequestMethodConfig: values,
  PathPatternConfig: valuesOrRegex,
  QueryStringConfig: record({ Values: listOf(record({ Key: text, Value: text })) }),
  RegexValues: texts,
  SourceIpConfig: values,
  Values: texts,
}));

const rewrites = record({ 'Rewrites!': listOf(record({ 'Regex!': text, 'Replace!': text })) });

export const transforms = listOf(record({ 'Type!': oneOf('host-header-rewrite', 'url-rewrite'), HostHeaderRewriteConfig: rewrites, UrlRewriteConfig: rewrites }));
