import { mapOf, oneOf, properties, text } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';

export const integrationResponse = gatewayType({
  name: 'AWS::ApiGatewayV2::IntegrationResponse',
  noun: 'IntegrationResponse',
  id: 'IntegrationResponseId',
  parents: ['ApiId', 'IntegrationId'],
  properties: properties({
    replace: { 'ApiId!': text, 'IntegrationId!': text },
    inPlace: {
      ContentHandlingStrategy: oneOf('CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'), 'IntegrationResponseKey!': text, ResponseParameters: mapOf(text), ResponseTemplates: mapOf(text), TemplateSelectionExpression: text,
    },
  }),
  resets: { ResponseTemplates: {}, TemplateSelectionExpression: '' },
});
