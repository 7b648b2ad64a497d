import { pick, type ResourceType } from '../resource-type.ts';
import { flag, keyValues, listOf, number, oneOf, properties, record, text, texts } from '../schema.ts';
import { actions } from './action.ts';

const SETTINGS = ['AlpnPolicy', 'Certificates', 'DefaultActions', 'MutualAuthentication', 'Port', 'Protocol', 'SslPolicy'];

export const listener: ResourceType = {
  name: 'AWS::ElasticLoadBalancingV2::Listener',
  nameProperty: null,
  properties: properties({
    replace: { 'LoadBalancerArn!': text },
    inPlace: {
      AlpnPolicy: texts,
      Certificates: listOf(record({ CertificateArn: text })),
      'DefaultActions!': actions,
      ListenerAttributes: keyValues,
      MutualAuthentication: record({ AdvertiseTrustStoreCaNames: oneOf('on', 'off'), IgnoreClientCertificateExpiry: flag, Mode: oneOf('off', 'passthrough', 'verify'), TrustStoreArn: text }),
      Port: number,
      Protocol: oneOf('HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC', 'GENEVE'),
      SslPolicy: text,
    },
  }),
  attributes: ['ListenerArn'],

  async create({ call, properties, made }) {
    const created = await call('elbv2', 'CreateListener', { ...pick(properties, ['LoadBalancerArn', ...SETTINGS]) });
    const arn: string = created.Listeners[0].ListenerArn;
    await made(arn);
    if (properties['ListenerAttributes']?.length > 0) await call('elbv2', 'ModifyListenerAttributes', { ListenerArn: arn, Attributes: properties['ListenerAttributes'] });
    return arn;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    if (SETTINGS.some((name) => changed.has(name))) {
      const leaving = [...changed].filter((name) => properties[name] === undefined);
      await call('elbv2', 'ModifyListener', {
        ListenerArn: physicalId,
        ...pick(properties, SETTINGS),
        ...(leaving.includes('MutualAuthentication') && previous['MutualAuthentication'] !== undefined ? { MutualAuthentication: { Mode: 'off' } } : {}),
        ...(leaving.includes('AlpnPolicy') ? { AlpnPolicy: [] } : {}),
      });
    }
    if (changed.has('ListenerAttributes') && properties['ListenerAttributes']?.length > 0) {
      await call('elbv2', 'ModifyListenerAttributes', { ListenerArn: physicalId, Attributes: properties['ListenerAttributes'] });
    }
  },

  async delete({ call, physicalId }) {
    await call('elbv2', 'DeleteListener', { ListenerArn: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { ListenerArn: physicalId } }),
};
