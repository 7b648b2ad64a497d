/** Cases of the resource types of Cloud Map, with the answers that they read: for src/control-plane/templates/types/types.test.ts. */
const ARN = 'arn:aws:servicediscovery:us-east-1:000000000000';
const DONE = { OperationId: 'o-1' };

export const DISCOVERY_ANSWERS: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(['CreateHttpNamespace', 'CreatePrivateDnsNamespace', 'UpdateHttpNamespace', 'UpdatePrivateDnsNamespace', 'DeleteNamespace', 'UpdateService', 'RegisterInstance', 'DeregisterInstance'].map((operation) => [`servicediscovery:${operation}`, DONE])),
  'servicediscovery:GetOperation': { Operation: { Status: 'SUCCESS', Targets: { NAMESPACE: 'ns-1' } } },
  'servicediscovery:GetNamespace': { Namespace: { Id: 'ns-1', Arn: `${ARN}:namespace/ns-1`, Properties: { DnsProperties: { HostedZoneId: 'Z1' } } } },
  'servicediscovery:CreateService': { Service: { Id: 'srv-1' } },
  'servicediscovery:GetService': { Service: { Id: 'srv-1', Arn: `${ARN}:service/srv-1`, Name: 'web' } },
};

const map = (...operations: readonly string[]): readonly string[] => operations.map((operation) => `servicediscovery:${operation}`);
const dns = (TTL: number): object => ({ DnsRecords: [{ Type: 'A', TTL: String(TTL) }], RoutingPolicy: 'MULTIVALUE' });

export const DISCOVERY_CASES = [
  {
    type: 'AWS::ServiceDiscovery::HttpNamespace',
    from: { Name: 'web', Tags: [{ Key: 'a', Value: '1' }] }, to: { Name: 'web', Description: 'new' },
    created: map('CreateHttpNamespace'), updated: map('UpdateHttpNamespace', 'UntagResource'), deleted: map('DeleteNamespace'), ref: /^ns-1$/,
  },
  {
    type: 'AWS::ServiceDiscovery::PrivateDnsNamespace',
    from: { Name: 'own.test', Vpc: 'vpc-1' }, to: { Name: 'own.test', Vpc: 'vpc-1', Description: 'new', Tags: [{ Key: 'a', Value: '1' }] },
    created: map('CreatePrivateDnsNamespace'), updated: map('UpdatePrivateDnsNamespace', 'TagResource'), deleted: map('DeleteNamespace'), ref: /^ns-1$/,
  },
  {
    type: 'AWS::ServiceDiscovery::Service',
    from: { Name: 'web', NamespaceId: 'ns-1', DnsConfig: dns(10), HealthCheckCustomConfig: { FailureThreshold: '1' } }, to: { Name: 'web', NamespaceId: 'ns-1', DnsConfig: dns(20), HealthCheckCustomConfig: { FailureThreshold: 1 }, Tags: [{ Key: 'a', Value: '1' }] },
    created: map('CreateService'), updated: map('UpdateService', 'TagResource'), deleted: map('DeleteService'), ref: /^srv-1$/,
  },
  {
    type: 'AWS::ServiceDiscovery::Instance',
    from: { InstanceId: 'one', ServiceId: 'srv-1', InstanceAttributes: { AWS_INSTANCE_IPV4: '10.0.0.1' } }, to: { InstanceId: 'one', ServiceId: 'srv-1', InstanceAttributes: { AWS_INSTANCE_IPV4: '10.0.0.2' } },
    created: map('RegisterInstance'), updated: map('RegisterInstance'), deleted: map('DeregisterInstance'), ref: /^one$/,
  },
];
