import { flag, mapOf, oneOf, properties, record, text, texts } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';

export const constraints = mapOf(record({ Required: flag }));

export const route = gatewayType({
  name: 'AWS::ApiGatewayV2::Route',
  noun: 'Route',
  id: 'RouteId',
  parents: ['ApiId'],
  properties: properties({
    replace: { 'ApiId!': text },
    inPlace: {
      ApiKeyRequired: flag, AuthorizationScopes: texts, AuthorizationType: oneOf('NONE', 'AWS_IAM', 'CUSTOM', 'JWT'), AuthorizerId: text, ModelSelectionExpression: text, OperationName: text,
      RequestModels: mapOf(text), RequestParameters: constraints, 'RouteKey!': text, RouteResponseSelectionExpression: text, Target: text,
    },
  }),
  resets: {
    ApiKeyRequired: false, AuthorizationScopes: [], AuthorizationType: 'NONE', AuthorizerId: '', ModelSelectionExpression: '', OperationName: '', RequestModels: {}, RouteResponseSelectionExpression: '', Target: '',
  },
});
