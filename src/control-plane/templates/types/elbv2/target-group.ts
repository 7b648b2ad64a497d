import { pick, without, type ResourceType } from '../resource-type.ts';
import { flag, keyValues, listOf, number, oneOf, properties, record, tags, text } from '../schema.ts';
import { retag } from './tags.ts';

const HEALTH = [
  'HealthCheckEnabled', 'HealthCheckIntervalSeconds', 'HealthCheckPath', 'HealthCheckPort', 'HealthCheckProtocol', 'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount', 'Matcher', 'UnhealthyThresholdCount',
];
const FIXED = ['IpAddressType', 'Port', 'Protocol', 'ProtocolVersion', 'TargetControlPort', 'TargetType', 'VpcId'];

interface Target {
  readonly Id: string;
  readonly Port?: number;
  readonly AvailabilityZone?: string;
}

export const targetGroup: ResourceType = {
  name: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  nameProperty: 'Name',
  properties: properties({
    replace: {
      IpAddressType: oneOf('ipv4', 'ipv6'),
      Name: text,
      Port: number,
      Protocol: oneOf('HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC', 'GENEVE'),
      ProtocolVersion: oneOf('HTTP1', 'HTTP2', 'GRPC'),
      TargetControlPort: number,
      TargetType: oneOf('instance', 'ip', 'lambda', 'alb'),
      VpcId: text,
    },
    inPlace: {
      HealthCheckEnabled: flag,
      HealthCheckIntervalSeconds: number,
      HealthCheckPath: text,
      HealthCheckPort: text,
      HealthCheckProtocol: text,
      HealthCheckTimeoutSeconds: number,
      HealthyThresholdCount: number,
      Matcher: record({ GrpcCode: text, HttpCode: text }),
      Tags: tags,
      TargetGroupAttributes: keyValues,
      Targets: listOf(record({ 'Id!': text, AvailabilityZone: text, Port: number, QuicServerId: text })),
      UnhealthyThresholdCount: number,
    },
  }),
  attributes: ['LoadBalancerArns', 'TargetGroupArn', 'TargetGroupFullName', 'TargetGroupName'],

  async create({ call, properties, generatedName, made }) {
    const created = await call('elbv2', 'CreateTargetGroup', { Name: properties['Name'] ?? generatedName(32), ...pick(properties, [...FIXED, ...HEALTH, 'Tags']) });
    const arn: string = created.TargetGroups[0].TargetGroupArn;
    await made(arn);
    if (properties['TargetGroupAttributes']?.length > 0) {
      await call('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes: properties['TargetGroupAttributes'] });
    }
    if (properties['Targets']?.length > 0) await call('elbv2', 'RegisterTargets', { TargetGroupArn: arn, Targets: properties['Targets'] });
    return arn;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    const TargetGroupArn = physicalId;
    if (HEALTH.some((name) => changed.has(name))) await call('elbv2', 'ModifyTargetGroup', { TargetGroupArn, ...pick(properties, HEALTH) });
    if (changed.has('TargetGroupAttributes') && properties['TargetGroupAttributes']?.length > 0) {
      await call('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes: properties['TargetGroupAttributes'] });
    }
    if (changed.has('Targets')) {
      const added = without<Target>(properties['Targets'], previous['Targets']);
      const removed = without<Target>(previous['Targets'], properties['Targets']);
      // New ones first, so that there is never a moment without any; but a group of a function or a load balancer holds one target only.
      const register = async (): Promise<unknown> => (added.length > 0 ? call('elbv2', 'RegisterTargets', { TargetGroupArn, Targets: added }) : undefined);
      const one = ['lambda', 'alb'].includes(properties['TargetType']);
      if (!one) await register();
      if (removed.length > 0) await call('elbv2', 'DeregisterTargets', { TargetGroupArn, Targets: removed });
      if (one) await register();
    }
    if (changed.has('Tags')) await retag(call, physicalId, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('elbv2', 'DeleteTargetGroup', { TargetGroupArn: physicalId });
  },

  async read({ call, physicalId }) {
    const group = (await call('elbv2', 'DescribeTargetGroups', { TargetGroupArns: [physicalId] })).TargetGroups[0];
    return {
      ref: physicalId,
      attributes: {
        LoadBalancerArns: group.LoadBalancerArns ?? [],
        TargetGroupArn: physicalId,
        TargetGroupFullName: physicalId.slice(physicalId.indexOf('targetgroup/')),
        TargetGroupName: group.TargetGroupName,
      },
    };
  },
};
