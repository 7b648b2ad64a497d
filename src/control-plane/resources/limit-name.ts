/** What the setting `limits` may change: the names of AWS's quota lists, where it has one. */
export const LIMIT_NAMES = [
  // Elastic Load Balancing
  'application-load-balancers', 'target-groups', 'targets-per-application-load-balancer', 'listeners-per-application-load-balancer', 'rules-per-application-load-balancer',
  'certificates-per-application-load-balancer', 'target-groups-per-action-on-application-load-balancer', 'target-groups-per-application-load-balancer',
  'targets-per-target-group', 'condition-values-per-alb-rule', 'condition-wildcards-per-alb-rule', 'security-groups-per-application-load-balancer',
  'reserved-capacity-units-per-application-load-balancer', 'trust-stores', 'ca-certificates-per-trust-store', 'revocation-lists-per-trust-store',
  'revocation-entries-per-trust-store', 'listeners-with-mtls-verify-per-application-load-balancer',
  // API Gateway
  'regional-apis', 'routes-per-http-api', 'routes-per-websocket-api', 'integrations-per-http-api', 'integrations-per-websocket-api', 'stages-per-api', 'authorizers-per-api',
  'custom-domain-names', 'api-mappings-per-custom-domain-name', 'routing-rules-per-custom-domain-name', 'vpc-links', 'models-per-api', 'stage-variables-per-stage',
  'tags-per-resource', 'openapi-body-bytes', 'automatic-deployments-per-api', 'api-keys', 'usage-plans', 'usage-plans-per-api-key', 'api-requests-per-second',
  'api-request-burst', 'websocket-connections-per-second', 'websocket-frame-bytes', 'websocket-message-bytes', 'websocket-idle-seconds', 'websocket-life-seconds',
  // Lambda
  'concurrent-executions', 'deployment-package-zipped', 'deployment-package-unzipped',
  // ACM
  'acm-certificates', 'domain-names-per-acm-certificate',
  // EC2
  'vpcs-per-region', 'subnets-per-vpc', 'ipv4-cidr-blocks-per-vpc', 'ipv6-cidr-blocks-per-vpc', 'security-groups-per-region', 'rules-per-security-group',
  'security-groups-per-interface', 'network-acls-per-vpc', 'network-acl-entries-per-direction', 'elastic-ips-per-region', 'key-pairs-per-region',
  'internet-gateways-per-region', 'egress-only-internet-gateways-per-region', 'nat-gateways-per-availability-zone', 'route-tables-per-vpc',
  // IAM
  'roles-per-account', 'managed-policies-per-role', 'managed-policies-per-user', 'server-certificates-per-account',
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];
