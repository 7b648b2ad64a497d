import { documentText } from '../resource-type.ts';
import { document, properties, text } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';

export const model = gatewayType({
  name: 'AWS::ApiGatewayV2::Model',
  noun: 'Model',
  id: 'ModelId',
  parents: ['ApiId'],
  properties: properties({ replace: { 'ApiId!': text }, inPlace: { ContentType: text, Description: text, 'Name!': text, 'Schema!': document } }),
  resets: { ContentType: '', Description: '' },
  input: (name, value) => (name === 'Schema' ? documentText(value) : value),
});
