import { flag, number, oneOf, properties, record, text, texts } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';

export const authorizer = gatewayType({
  name: 'AWS::ApiGatewayV2::Authorizer',
  noun: 'Authorizer',
  id: 'AuthorizerId',
  parents: ['ApiId'],
  properties: properties({
    replace: { 'ApiId!': text },
    inPlace: {
      AuthorizerCredentialsArn: text, AuthorizerPayloadFormatVersion: text, AuthorizerResultTtlInSeconds: number, 'AuthorizerType!': oneOf('JWT', 'REQUEST'), AuthorizerUri: text, EnableSimpleResponses: flag,
      IdentitySource: texts, JwtConfiguration: record({ Audience: texts, Issuer: text }), 'Name!': text,
    },
  }),
  resets: { AuthorizerCredentialsArn: '', AuthorizerResultTtlInSeconds: 0, EnableSimpleResponses: false, IdentitySource: [] },
});
