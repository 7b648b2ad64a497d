import { properties, text } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';

export const deployment = gatewayType({
  name: 'AWS::ApiGatewayV2::Deployment',
  noun: 'Deployment',
  id: 'DeploymentId',
  parents: ['ApiId'],
  properties: properties({ replace: { 'ApiId!': text, StageName: text }, inPlace: { Description: text } }),
  resets: { Description: '' },
});
