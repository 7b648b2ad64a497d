import { properties, text } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';

const whole = gatewayType({
  name: 'AWS::ApiGatewayV2::ApiMapping',
  noun: 'ApiMapping',
  id: 'ApiMappingId',
  parents: ['DomainName'],
  properties: properties({ replace: { 'DomainName!': text }, inPlace: { 'ApiId!': text, ApiMappingKey: text, 'Stage!': text } }),
  resets: { ApiMappingKey: '' },
});

export const apiMapping = {
  ...whole,
  // UpdateApiMapping wants the API whatever changes.
  update: (task: Parameters<typeof whole.update>[0]) => whole.update({ ...task, changed: new Set([...task.changed, 'ApiId']) }),
};
