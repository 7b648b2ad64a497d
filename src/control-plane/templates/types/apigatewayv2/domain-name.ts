import { pick, type ResourceType } from '../resource-type.ts';
import { listOf, mapOf, oneOf, properties, record, text } from '../schema.ts';
import { retag } from './tags.ts';

const SETTINGS = ['DomainNameConfigurations', 'MutualTlsAuthentication', 'RoutingMode'];

/** A custom domain; its physical id is its name. */
export const domainName: ResourceType = {
  name: 'AWS::ApiGatewayV2::DomainName',
  nameProperty: 'DomainName',
  properties: properties({
    replace: { 'DomainName!': text },
    inPlace: {
      DomainNameConfigurations: listOf(record({
        CertificateArn: text, CertificateName: text, EndpointType: text, IpAddressType: oneOf('ipv4', 'dualstack'), OwnershipVerificationCertificateArn: text, SecurityPolicy: text,
      })),
      MutualTlsAuthentication: record({ TruststoreUri: text, TruststoreVersion: text }),
      RoutingMode: oneOf('API_MAPPING_ONLY', 'ROUTING_RULE_ONLY', 'ROUTING_RULE_THEN_API_MAPPING'),
      Tags: mapOf(text),
    },
  }),
  attributes: ['DomainNameArn', 'RegionalDomainName', 'RegionalHostedZoneId'],

  async create({ call, properties, made }) {
    const { DomainName } = await call('apigatewayv2', 'CreateDomainName', pick(properties, ['DomainName', 'Tags', ...SETTINGS]));
    await made(DomainName);
    return DomainName as string;
  },

  async update({ call, physicalId, properties, previous, changed, attributes }) {
    const settings = { ...pick(properties, SETTINGS.filter((name) => changed.has(name))), ...(changed.has('RoutingMode') && properties['RoutingMode'] === undefined ? { RoutingMode: 'API_MAPPING_ONLY' } : {}) };
    if (Object.keys(settings).length > 0) await call('apigatewayv2', 'UpdateDomainName', { DomainName: physicalId, ...settings });
    if (changed.has('Tags')) await retag(call, String(attributes['DomainNameArn']), { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('apigatewayv2', 'DeleteDomainName', { DomainName: physicalId });
  },

  async read({ call, physicalId }) {
    const { DomainNameArn, DomainNameConfigurations } = await call('apigatewayv2', 'GetDomainName', { DomainName: physicalId });
    const [{ ApiGatewayDomainName, HostedZoneId }] = DomainNameConfigurations;
    return { ref: physicalId, attributes: { DomainNameArn, RegionalDomainName: ApiGatewayDomainName, RegionalHostedZoneId: HostedZoneId } };
  },
};
