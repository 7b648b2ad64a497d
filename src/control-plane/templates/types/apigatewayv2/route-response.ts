import { mapOf, properties, text } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';
import { constraints } from './route.ts';

export const routeResponse = gatewayType({
  name: 'AWS::ApiGatewayV2::RouteResponse',
  noun: 'RouteResponse',
  id: 'RouteResponseId',
  parents: ['ApiId', 'RouteId'],
  properties: properties({
    replace: { 'ApiId!': text, 'RouteId!': text },
    inPlace: { ModelSelectionExpression: text, ResponseModels: mapOf(text), ResponseParameters: constraints, 'RouteResponseKey!': text },
  }),
  resets: { ModelSelectionExpression: '', ResponseModels: {}, ResponseParameters: {} },
});
