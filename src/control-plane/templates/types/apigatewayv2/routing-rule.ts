import { pick, type ResourceType } from '../resource-type.ts';
import { flag, listOf, number, properties, record, text, texts } from '../schema.ts';

const SETTINGS = ['Actions', 'Conditions', 'Priority'];

/** A routing rule of a custom domain; its physical id is its ARN. */
export const routingRule: ResourceType = {
  name: 'AWS::ApiGatewayV2::RoutingRule',
  nameProperty: null,
  properties: properties({
    replace: { 'DomainNameArn!': text },
    inPlace: {
      'Actions!': listOf(record({ 'InvokeApi!': record({ 'ApiId!': text, 'Stage!': text, StripBasePath: flag }) })),
      'Conditions!': listOf(record({ MatchBasePaths: record({ 'AnyOf!': texts }), MatchHeaders: record({ 'AnyOf!': listOf(record({ 'Header!': text, 'ValueGlob!': text })) }) })),
      'Priority!': number,
    },
  }),
  attributes: ['RoutingRuleArn', 'RoutingRuleId'],

  async create({ call, properties, made }) {
    const { RoutingRuleArn } = await call('apigatewayv2', 'CreateRoutingRule', { DomainName: domainOf(properties['DomainNameArn']), ...pick(properties, SETTINGS) });
    await made(RoutingRuleArn);
    return RoutingRuleArn as string;
  },

  async update({ call, physicalId, properties }) {
    await call('apigatewayv2', 'PutRoutingRule', { DomainName: domainOf(properties['DomainNameArn']), RoutingRuleId: idOf(physicalId), ...pick(properties, SETTINGS) });
  },

  async delete({ call, physicalId, properties }) {
    await call('apigatewayv2', 'DeleteRoutingRule', { DomainName: domainOf(properties['DomainNameArn']), RoutingRuleId: idOf(physicalId) });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { RoutingRuleArn: physicalId, RoutingRuleId: idOf(physicalId) } }),
};

/** `arn:aws:apigateway:REGION::/domainnames/NAME` */
function domainOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
