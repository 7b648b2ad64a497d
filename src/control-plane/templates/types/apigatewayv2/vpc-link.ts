import { mapOf, properties, text, texts } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';
import { retag } from './tags.ts';

const whole = gatewayType({
  name: 'AWS::ApiGatewayV2::VpcLink',
  noun: 'VpcLink',
  id: 'VpcLinkId',
  parents: [],
  properties: properties({ replace: { SecurityGroupIds: texts, 'SubnetIds!': texts }, inPlace: { 'Name!': text, Tags: mapOf(text) } }),
  resets: {},
});

export const vpcLink = {
  ...whole,
  async update(task: Parameters<typeof whole.update>[0]): Promise<void> {
    const { call, physicalId, properties, previous, changed, region, partition } = task;
    if (changed.has('Name')) await whole.update({ ...task, changed: new Set(['Name']) });
    if (changed.has('Tags')) await retag(call, `arn:${partition}:apigateway:${region}::/vpclinks/${physicalId}`, { previous: previous['Tags'], next: properties['Tags'] });
  },
};
