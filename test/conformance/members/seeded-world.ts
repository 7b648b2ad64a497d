import { MemoryLogEvents, MetricData } from '../../../src/control-plane/services/index.ts';
import { servicesOf } from '../../../src/app/index.ts';
import type { Operation, Service } from '../../../src/aws/index.ts';
import { MemoryObjects } from '../../../src/control-plane/store/index.ts';
import { ClientAuthority } from '../../support/client-authority.ts';
import { testCall, testEnvironment } from '../../support/environment.ts';
import { zipFiles } from '../../support/zip.ts';
import { dryStore } from './dry-store.ts';
import { seededApis } from './seeded-apis.ts';
import { seededDiscovery } from './seeded-discovery.ts';
import { seededKeys } from './seeded-keys.ts';
import { Choices } from './shape-walk.ts';

const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com', AWS: '*' }, Action: 'sts:AssumeRole' }] });
const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] });

/** One condition of each kind: as an object of which every variant sees one. */
const CONDITIONS = new Choices(
  [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/x'] } }], [{ Field: 'host-header', HostHeaderConfig: { Values: ['x.example'] } }], [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x', Values: ['x'] } }],
  [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } }], [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'x', Value: 'y' }] } }], [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }],
);
const TRANSFORMS = [
  [{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: 'b' }] } }], [{ Type: 'host-header-rewrite', HostHeaderRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: 'b' }] } }],
];
const PERMISSION = { IpProtocol: 'tcp', FromPort: 81, ToPort: 81, IpRanges: [{ CidrIp: '10.0.0.0/8' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }], PrefixListIds: [{ PrefixListId: 'pl-1' }], UserIdGroupPairs: [{ GroupName: 'group' }] };

export interface SeededWorld {
  readonly services: readonly Service[];
  /** Values that fit this world, by member name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The same for members whose name means something else there: by `service:Operation`, then by member name. */
  readonly particular: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Further inputs of an operation, beside those that are generated: for branches that one member opens and another must follow. */
  readonly examples: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

const HOUR = { StartTime: new Date(Date.UTC(2026, 0, 1)), EndTime: new Date(Date.UTC(2026, 0, 1, 1)) };
const METRIC = { Namespace: 'n', MetricName: 'm', Dimensions: [{ Name: 'a', Value: 'b' }] };
const METRIC_EXAMPLES = {
  'cloudwatch:PutMetricData': [{ Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1, Dimensions: METRIC.Dimensions, Timestamp: undefined, StorageResolution: 1 }] }],
  'cloudwatch:GetMetricStatistics': [{ ...METRIC, ...HOUR, Period: 60, Statistics: ['Sum'] }],
  'cloudwatch:GetMetricData': [{ ...HOUR, MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: METRIC, Period: 60, Stat: 'Sum' } }, { Id: 'b', Expression: 'a', Period: 60 }] }],
};

/** Actions that stand before another. */
const GATES = [
  { Type: 'authenticate-oidc', AuthenticateOidcConfig: { Issuer: 'https://a.test', AuthorizationEndpoint: 'https://a.test/a', TokenEndpoint: 'https://a.test/t', UserInfoEndpoint: 'https://a.test/u', ClientId: 'a', ClientSecret: 's' } },
  { Type: 'authenticate-cognito', AuthenticateCognitoConfig: { UserPoolArn: 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_A', UserPoolClientId: 'a', UserPoolDomain: 'a' } },
  { Type: 'jwt-validation', JwtValidationConfig: { JwksEndpoint: 'https://a.test/k', Issuer: 'https://a.test', AdditionalClaims: [{ Format: 'single-string', Name: 'a', Values: ['b'] }] } },
].map((gate) => [{ ...gate, Order: 1 }, { Type: 'fixed-response', Order: 2, FixedResponseConfig: { StatusCode: '200' } }]);

/** One of everything, made through the services; the services that are handed out change nothing of it. */
export async function seededWorld(): Promise<SeededWorld> {
  const functions = { invoke: () => Promise.resolve({ kind: 'response', status: 200, payload: Buffer.from('{}') } as never), ready: async () => 0 };
  const objects = new MemoryObjects();
  const authority = await ClientAuthority.root();
  objects.put('bucket/ca.pem', authority.pem);
  objects.put('bucket/list.crl', await authority.revoking(['01']));
  const environment = testEnvironment({ functions, objects });
  const events = new MemoryLogEvents({ clock: environment.clock });
  const live = new Map(servicesOf(environment, events, new MetricData(environment.clock)).map((service) => [service.name, service]));
  // The shapes are those of the models: what a seed reads from an answer is what the next one needs.
  // oxlint-disable-next-line typescript/no-explicit-any
  const make = async (service: string, operation: string, input: Readonly<Record<string, unknown>> = {}): Promise<any> => {
    const run = live.get(service)!.operations[operation] as Operation;
    return await run(input, testCall({ service, operation }));
  };

  const TAG = { Key: 'key', Value: 'value' };
  const vpc = (await make('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: [TAG] }] })).Vpc.VpcId as string;
  const subnet = async (CidrBlock: string, AvailabilityZone: string): Promise<string> => (await make('ec2', 'CreateSubnet', { VpcId: vpc, CidrBlock, AvailabilityZone })).Subnet.SubnetId as string;
  const subnets = [await subnet('10.0.0.0/24', 'us-east-1a'), await subnet('10.0.1.0/24', 'us-east-1b')];
  const group = (await make('ec2', 'CreateSecurityGroup', { GroupName: 'group', Description: 'group', VpcId: vpc })).GroupId as string;
  const securityGroupRule = (await make('ec2', 'AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }] })).SecurityGroupRules[0].SecurityGroupRuleId as string;
  const gateway = (await make('ec2', 'CreateInternetGateway')).InternetGateway.InternetGatewayId as string;
  await make('ec2', 'AttachInternetGateway', { InternetGatewayId: gateway, VpcId: vpc });
  const looseGateway = (await make('ec2', 'CreateInternetGateway')).InternetGateway.InternetGatewayId as string;
  const routeTable = (await make('ec2', 'CreateRouteTable', { VpcId: vpc })).RouteTable.RouteTableId as string;
  await make('ec2', 'CreateRoute', { RouteTableId: routeTable, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  const association = (await make('ec2', 'AssociateRouteTable', { RouteTableId: routeTable, SubnetId: subnets[0] })).AssociationId as string;
  const nic = (await make('ec2', 'CreateNetworkInterface', { SubnetId: subnets[0], Groups: [group] })).NetworkInterface.NetworkInterfaceId as string;
  const profile = (await make('iam', 'CreateInstanceProfile', { InstanceProfileName: 'profile' })).InstanceProfile.Arn as string;
  const image = (await make('ec2', 'DescribeImages')).Images[0].ImageId as string;
  const launched = (await make('ec2', 'RunInstances', { ImageId: image, MinCount: 1, MaxCount: 1, SubnetId: subnets[0], InstanceType: 't3.micro', IamInstanceProfile: { Name: 'profile' } })).Instances[0];
  const instance = launched.InstanceId as string;
  const profileAssociation = (await make('ec2', 'DescribeIamInstanceProfileAssociations')).IamInstanceProfileAssociations[0].AssociationId as string;
  const plain = (await make('ec2', 'RunInstances', { ImageId: image, MinCount: 1, MaxCount: 1, SubnetId: subnets[0], InstanceType: 't3.micro' })).Instances[0].InstanceId as string;
  const address = await make('ec2', 'AllocateAddress', { Domain: 'vpc' });
  const taken = await make('ec2', 'AllocateAddress', { Domain: 'vpc' });
  await make('ec2', 'AssociateAddress', { AllocationId: taken.AllocationId, InstanceId: plain });
  const attached = (await make('ec2', 'AttachNetworkInterface', { NetworkInterfaceId: nic, InstanceId: instance, DeviceIndex: 1 })).AttachmentId as string;
  const looseNic = (await make('ec2', 'CreateNetworkInterface', { SubnetId: subnets[0], Groups: [group] })).NetworkInterface.NetworkInterfaceId as string;

  const acl = (await make('ec2', 'CreateNetworkAcl', { VpcId: vpc })).NetworkAcl.NetworkAclId as string;
  const ENTRY = { NetworkAclId: acl, RuleNumber: 100, Egress: false, Protocol: '6', RuleAction: 'allow', CidrBlock: '10.0.0.0/8', PortRange: { From: 80, To: 80 } };
  await make('ec2', 'CreateNetworkAclEntry', ENTRY);
  const aclAssociation = (await make('ec2', 'DescribeNetworkAcls', { Filters: [{ Name: 'default', Values: ['true'] }, { Name: 'vpc-id', Values: [vpc] }] })).NetworkAcls[0].Associations[0].NetworkAclAssociationId as string;

  const role = (await make('iam', 'CreateRole', { RoleName: 'role', AssumeRolePolicyDocument: TRUST })).Role.Arn as string;
  await make('iam', 'CreateUser', { UserName: 'user' });
  const key = (await make('iam', 'CreateAccessKey', { UserName: 'user' })).AccessKey.AccessKeyId as string;
  const policy = (await make('iam', 'CreatePolicy', { PolicyName: 'policy', PolicyDocument: POLICY })).Policy.Arn as string;
  await make('iam', 'CreatePolicyVersion', { PolicyArn: policy, PolicyDocument: POLICY });
  await make('iam', 'PutRolePolicy', { RoleName: 'role', PolicyName: 'policy', PolicyDocument: POLICY });
  await make('iam', 'PutUserPolicy', { UserName: 'user', PolicyName: 'policy', PolicyDocument: POLICY });
  await make('iam', 'AttachRolePolicy', { RoleName: 'role', PolicyArn: policy });
  await make('iam', 'AttachUserPolicy', { UserName: 'user', PolicyArn: policy });

  const certificate = (await make('acm', 'RequestCertificate', { DomainName: 'www.example.test', SubjectAlternativeNames: ['api.example.test'], KeyAlgorithm: 'EC_prime256v1', Options: { Export: 'ENABLED' }, Tags: [TAG] })).CertificateArn as string;
  const { certificate: pem, privateKey, chain } = environment.store.world.get('acm/certificate', certificate)!;

  const server = { ServerCertificateName: 'server', CertificateBody: pem, PrivateKey: privateKey };
  await make('iam', 'UploadServerCertificate', { ...server, Tags: [TAG] });
  await make('ec2', 'CreateKeyPair', { KeyName: 'pair', KeyType: 'ed25519' });

  const code = zipFiles({ 'index.js': 'exports.handler = async () => 1' });
  const made = (await make('lambda', 'CreateFunction', { FunctionName: 'function', Runtime: 'nodejs22.x', Handler: 'index.handler', Role: role, Code: { ZipFile: code }, Tags: { key: 'value' } })).FunctionArn as string;
  await make('lambda', 'PublishVersion', { FunctionName: 'function' });
  await make('lambda', 'CreateAlias', { FunctionName: 'function', Name: 'live', FunctionVersion: '1' });
  await make('lambda', 'AddPermission', { FunctionName: 'function', StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' });
  await make('lambda', 'PutFunctionEventInvokeConfig', { FunctionName: 'function', MaximumRetryAttempts: 1 });
  await make('lambda', 'CreateFunctionUrlConfig', { FunctionName: 'function', AuthType: 'NONE' });
  await make('lambda', 'PutProvisionedConcurrencyConfig', { FunctionName: 'function', Qualifier: '1', ProvisionedConcurrentExecutions: 1 });
  const signing = (await make('lambda', 'CreateCodeSigningConfig', { AllowedPublishers: { SigningProfileVersionArns: ['arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/1'] } })).CodeSigningConfig.CodeSigningConfigArn as string;
  const layer = (await make('lambda', 'PublishLayerVersion', { LayerName: 'layer', Content: { ZipFile: code }, CompatibleRuntimes: ['nodejs22.x'] })).LayerVersionArn as string;
  await make('lambda', 'AddLayerVersionPermission', { LayerName: 'layer', VersionNumber: 1, StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '*' });

  await make('logs', 'CreateLogGroup', { logGroupName: 'group' });
  await make('logs', 'CreateLogStream', { logGroupName: 'group', logStreamName: 'stream' });
  await make('logs', 'PutLogEvents', { logGroupName: 'group', logStreamName: 'stream', logEvents: [{ timestamp: environment.clock.now(), message: 'one' }] });

  const balancer = (await make('elbv2', 'CreateLoadBalancer', { Name: 'balancer', Subnets: subnets, SecurityGroups: [group] })).LoadBalancers[0].LoadBalancerArn as string;
  const targets = (await make('elbv2', 'CreateTargetGroup', { Name: 'targets', Protocol: 'HTTP', Port: 80, VpcId: vpc, TargetType: 'ip' })).TargetGroups[0].TargetGroupArn as string;
  const listener = (await make('elbv2', 'CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: certificate }], DefaultActions: [{ Type: 'forward', TargetGroupArn: targets }] })).Listeners[0].ListenerArn as string;
  const rule = (await make('elbv2', 'CreateRule', { ListenerArn: listener, Priority: 1, Conditions: [{ Field: 'path-pattern', Values: ['/x'] }], Actions: [{ Type: 'forward', TargetGroupArn: targets }] })).Rules[0].RuleArn as string;
  await make('elbv2', 'RegisterTargets', { TargetGroupArn: targets, Targets: [{ Id: '10.0.0.50' }] });

  const trustStore = (await make('elbv2', 'CreateTrustStore', { Name: 'store', CaCertificatesBundleS3Bucket: 'bucket', CaCertificatesBundleS3Key: 'ca.pem' })).TrustStores[0].TrustStoreArn as string;
  await make('elbv2', 'AddTrustStoreRevocations', { TrustStoreArn: trustStore, RevocationContents: [{ S3Bucket: 'bucket', S3Key: 'list.crl' }] });
  const apis = await seededApis({ make: (operation, input) => make('apigatewayv2', operation, input), certificate, functionArn: made, subnets, group });

  const discovery = await seededDiscovery((operation, input) => make('servicediscovery', operation, input), vpc);
  const keys = await seededKeys(make);

  const dry = { ...environment, store: dryStore(environment.store) };
  const logGroupArn = 'arn:aws:logs:us-east-1:000000000000:log-group:group';
  return {
    services: servicesOf(dry, events, new MetricData(dry.clock)),
    values: {
      VpcId: vpc, VpcIds: [vpc], SubnetId: subnets[0], SubnetIds: subnets, Subnets: subnets, GroupId: group, GroupIds: [group], Groups: [group], SecurityGroupIds: [group],
      SecurityGroupId: group, SecurityGroupRuleIds: [securityGroupRule], SecurityGroupRuleId: securityGroupRule,
      InternetGatewayId: gateway, RouteTableId: routeTable, NetworkInterfaceId: looseNic, NetworkInterfaceIds: [nic], InstanceId: instance, InstanceIds: [instance],
      VolumeIds: [launched.BlockDeviceMappings[0].Ebs.VolumeId], AssociationId: association, AllocationId: address.AllocationId, AllocationIds: [address.AllocationId], PublicIps: [address.PublicIp], PublicIp: address.PublicIp,
      AttachmentId: attached, ImageId: image, ImageIds: [image], CidrBlock: '10.0.9.0/24', DestinationCidrBlock: '0.0.0.0/0', AvailabilityZone: 'us-east-1a', CidrIp: '10.0.0.0/8', IpProtocol: 'tcp',
      GatewayId: gateway, Resources: [vpc], InstanceType: 't3.micro', InstanceTypes: ['t3.micro'], RegionNames: ['us-east-1'], ZoneNames: ['us-east-1a'], DeviceIndex: 0,
      LoadBalancerArn: balancer, LoadBalancerArns: [balancer], TargetGroupArn: targets, TargetGroupArns: [targets], ListenerArn: listener, ListenerArns: [listener],
      TrustStoreArn: trustStore, TrustStoreArns: [trustStore], RevocationId: 1, RevocationIds: [1], CaCertificatesBundleS3Bucket: 'bucket', CaCertificatesBundleS3Key: 'ca.pem', CaCertificatesBundleS3ObjectVersion: undefined, S3ObjectVersion: undefined, RevocationType: 'CRL',
      RuleArn: rule, RuleArns: [rule], SecurityGroups: [group], ResourceArns: [balancer],
      RoleName: 'role', UserName: 'user', PolicyName: 'policy', PolicyArn: policy, InstanceProfileName: 'profile', ServerCertificateName: 'server', AccessKeyId: key, PolicyDocument: POLICY, AssumeRolePolicyDocument: TRUST,
      VersionId: 'v1', PermissionsBoundary: policy, RoleArn: role, RoleSessionName: 'session', Status: 'Active', Path: '/', PathPrefix: '/', AWSServiceName: 'elasticloadbalancing.amazonaws.com',
      CertificateArn: certificate, DomainName: 'www.example.test', Passphrase: Buffer.from('secret'),
      FunctionName: 'function', Role: role, Runtime: 'nodejs22.x', Handler: 'index.handler', ZipFile: code, FunctionVersion: '1', Principal: 'elasticloadbalancing.amazonaws.com', Action: 'lambda:InvokeFunction',
      Resource: made, StatementId: 'elb', Priority: 7, Key: 'key', Value: 'value', TagKeys: ['key'], KeyAlgorithm: 'EC_prime256v1',
      logGroupName: 'group', logStreamName: 'stream', resourceArn: logGroupArn, retentionInDays: 7, logGroupIdentifier: 'group', DryRun: false,
      Marker: undefined, NextToken: undefined, nextToken: undefined, ClientToken: 'token', MaxResults: 5, MaxItems: 5, PageSize: 5, limit: 5,
      Field: new Choices('path-pattern', 'host-header', 'http-header', 'http-request-method', 'query-string', 'source-ip'),
    },
    examples: {
      ...apis.examples,
      ...discovery.examples,
      ...keys.examples,
      ...Object.fromEntries(
        [['CreateListener', 'DefaultActions'], ['ModifyListener', 'DefaultActions'], ['CreateRule', 'Actions']].map(([operation, member]) => [
          `elbv2:${operation}`,
          [
            [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: targets }], TargetGroupStickinessConfig: {} } }],
            [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }],
            [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
            ...GATES,
          ].map((actions, i) => ({ [member!]: actions, ...(member === 'Actions' ? { Transforms: TRANSFORMS[i % 2], Conditions: [{ Field: 'path-pattern', Values: ['/x'] }] } : { MutualAuthentication: { Mode: i === 0 ? 'verify' : 'off', ...(i === 0 ? { TrustStoreArn: trustStore } : {}) } }) })),
        ]),
      ),
      ...METRIC_EXAMPLES,
      'elbv2:CreateTargetGroup': [{ TargetType: 'ip', VpcId: vpc, Matcher: { HttpCode: '200' } }],
      'elbv2:ModifyRule': [
        { Conditions: undefined },
        ...TRANSFORMS.map((Transforms) => ({ Transforms })),
        ...[{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: targets }], TargetGroupStickinessConfig: {} } }, { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }, { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }].map((action) => ({ Actions: [action] })),
        ...GATES.map((Actions) => ({ Actions })),
      ],
      'elbv2:RegisterTargets': [{ Targets: [{ Id: '10.0.0.51' }] }],
      'ec2:CreateSubnet': [{ TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'a', Value: 'b' }] }] }],
      'ec2:AuthorizeSecurityGroupIngress': [{ GroupId: group, IpProtocol: 'tcp', FromPort: 1, ToPort: 2, CidrIp: '10.0.0.0/8', SourceSecurityGroupName: 'group' }, { GroupId: group, IpPermissions: [PERMISSION, { ...PERMISSION, IpRanges: [], PrefixListIds: [{}], UserIdGroupPairs: [] }] }],
      'ec2:AuthorizeSecurityGroupEgress': [{ GroupId: group, IpPermissions: [PERMISSION] }, { GroupId: group, IpPermissions: [{ ...PERMISSION, IpRanges: [], PrefixListIds: [{}] }] }],
      'ec2:RevokeSecurityGroupIngress': [{ GroupId: group, IpProtocol: 'tcp', FromPort: 1, ToPort: 2, CidrIp: '10.0.0.0/8', SourceSecurityGroupName: 'group' }, { GroupId: group, IpPermissions: [PERMISSION] }],
      'ec2:RevokeSecurityGroupEgress': [{ GroupId: group, IpPermissions: [PERMISSION] }],
      'ec2:UpdateSecurityGroupRuleDescriptionsIngress': [{ GroupId: group, IpPermissions: [PERMISSION] }, { GroupId: group, SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: securityGroupRule, Description: 'x' }] }],
      'ec2:UpdateSecurityGroupRuleDescriptionsEgress': [{ GroupId: group, IpPermissions: [PERMISSION] }, { GroupId: group, SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: securityGroupRule, Description: 'x' }] }],
      'ec2:ModifySecurityGroupRules': [{ SecurityGroupRules: [{ SecurityGroupRuleId: securityGroupRule, SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, CidrIpv4: '10.0.0.0/8' } }] }],
      'ec2:RunInstances': [
        { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnets[0], PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.77', Primary: true }] }], SubnetId: undefined },
        { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: {} }, { DeviceName: '/dev/sdb', Ebs: { VolumeSize: 1 } }], MetadataOptions: {}, CreditSpecification: {}, IamInstanceProfile: { Name: 'profile' } },
      ],
      'ec2:ModifyInstanceAttribute': [{ BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: {} }] }],
      'ec2:DeleteTags': [{ Tags: [{ Key: 'a', Value: 'b' }] }],
      'ec2:AssociateAddress': [{ AllocationId: taken.AllocationId, InstanceId: instance }],
    },
    particular: {
      ...apis.particular,
      ...discovery.particular,
      ...keys.particular,
      'ec2:*': { Name: 'tag-key' },
      'ec2:CreateSubnet': { ResourceType: 'subnet', CidrBlock: '10.0.9.0/24' }, 'ec2:CreateInternetGateway': { ResourceType: 'internet-gateway' }, 'ec2:CreateEgressOnlyInternetGateway': { ResourceType: 'egress-only-internet-gateway' }, 'ec2:CreateRouteTable': { ResourceType: 'route-table' },
      'ec2:CreateNetworkInterface': { ResourceType: 'network-interface' }, 'ec2:AllocateAddress': { ResourceType: 'elastic-ip' },
      'ec2:AuthorizeSecurityGroupIngress': { ResourceType: 'security-group-rule' }, 'ec2:AuthorizeSecurityGroupEgress': { ResourceType: 'security-group-rule' },
      'elbv2:CreateRule': { Conditions: CONDITIONS }, 'elbv2:ModifyRule': { Conditions: CONDITIONS },
      'iam:UpdateAssumeRolePolicy': { PolicyDocument: TRUST },
      'acm:RequestCertificate': { DomainName: 'other.example.test' }, 'acm:TagResource': { ResourceArn: certificate }, 'acm:UntagResource': { ResourceArn: certificate },
      'sts:AssumeRole': { RoleArn: role, RoleSessionName: 'session' },
      'ec2:CreateNetworkAcl': { ResourceType: 'network-acl' }, 'ec2:ReplaceNetworkAclAssociation': { AssociationId: aclAssociation, NetworkAclId: acl }, 'ec2:DeleteNetworkAcl': { NetworkAclId: acl },
      'ec2:CreateNetworkAclEntry': { ...ENTRY, RuleNumber: 200 }, 'ec2:ReplaceNetworkAclEntry': ENTRY, 'ec2:DeleteNetworkAclEntry': ENTRY, 'ec2:CreateNatGateway': { ResourceType: 'natgateway', ConnectivityType: 'private', AllocationId: undefined, PrivateIpAddress: '10.0.0.99' },
      'ec2:CreateVpc': { CidrBlock: '10.7.0.0/16', ResourceType: 'vpc' },
      'ec2:AttachInternetGateway': { InternetGatewayId: looseGateway },
      'ec2:DetachNetworkInterface': { AttachmentId: attached },
      'ec2:CreateRoute': { DestinationCidrBlock: '192.0.2.0/24' },
      'ec2:DisassociateIamInstanceProfile': { AssociationId: profileAssociation },
      'ec2:ModifyNetworkInterfaceAttribute': { NetworkInterfaceId: nic },
      'ec2:AssociateIamInstanceProfile': { InstanceId: plain, IamInstanceProfile: { Arn: profile } },
      'ec2:CreateSecurityGroup': { ResourceType: 'security-group', GroupName: 'other', Description: 'other' },
      'ec2:RunInstances': { ResourceType: 'instance', ImageId: image, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: {} }] },
      'elbv2:CreateLoadBalancer': { Name: 'other' },
      'elbv2:CreateTrustStore': { Name: 'other' }, 'elbv2:AddTrustStoreRevocations': { S3Bucket: 'bucket', S3Key: 'list.crl' }, 'elbv2:DescribeTrustStores': { Names: ['store'], TrustStoreArns: undefined },
      'elbv2:CreateTargetGroup': { Name: 'other', Protocol: 'HTTP', Port: 80, TargetType: new Choices('ip', 'instance', 'lambda') },
      'elbv2:CreateListener': { Protocol: 'HTTPS', Port: 8443, Certificates: [{ CertificateArn: certificate }] },
      'iam:CreateRole': { RoleName: 'other' }, 'iam:CreateUser': { UserName: 'other' }, 'iam:CreatePolicy': { PolicyName: 'other' }, 'iam:CreateInstanceProfile': { InstanceProfileName: 'other' },
      'iam:UploadServerCertificate': { ...server, ServerCertificateName: 'other', CertificateChain: chain }, 'ec2:CreateKeyPair': { KeyName: 'other', KeyType: 'ed25519', ResourceType: 'key-pair' },
      'ec2:ImportKeyPair': { KeyName: 'other', ResourceType: 'key-pair', PublicKeyMaterial: Buffer.from(`ssh-ed25519 ${Buffer.concat([Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x20'), Buffer.alloc(32)]).toString('base64')}`) },
      'acm:ImportCertificate': { Certificate: Buffer.from(pem), PrivateKey: Buffer.from(privateKey), CertificateChain: Buffer.from(chain) },
      'lambda:CreateFunction': { FunctionName: 'other', Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: code } }, 'lambda:CreateAlias': { Name: 'other' }, 'lambda:GetAlias': { Name: 'live' }, 'lambda:UpdateAlias': { Name: 'live' }, 'lambda:DeleteAlias': { Name: 'live' },
      'lambda:AddPermission': { StatementId: 'other' },
      'lambda:PublishLayerVersion': { LayerName: 'layer', Content: { ZipFile: code } }, 'lambda:ListLayerVersions': { LayerName: 'layer' },
      'lambda:GetLayerVersion': { LayerName: 'layer', VersionNumber: 1 }, 'lambda:GetLayerVersionByArn': { Arn: layer }, 'lambda:GetLayerVersionPolicy': { LayerName: 'layer', VersionNumber: 1 },
      'lambda:AddLayerVersionPermission': { LayerName: 'layer', VersionNumber: 1, StatementId: 'other', Action: 'lambda:GetLayerVersion', Principal: '*' },
      'lambda:RemoveLayerVersionPermission': { LayerName: 'layer', VersionNumber: 1, StatementId: 'all' }, 'lambda:DeleteLayerVersion': { LayerName: 'layer', VersionNumber: 1 },
      'lambda:UpdateFunctionUrlConfig': { FunctionName: 'function', Qualifier: undefined }, 'lambda:CreateFunctionUrlConfig': { FunctionName: 'function', Qualifier: 'live' },
      'lambda:UpdateCodeSigningConfig': { CodeSigningConfigArn: signing }, 'lambda:GetCodeSigningConfig': { CodeSigningConfigArn: signing }, 'lambda:ListFunctionsByCodeSigningConfig': { CodeSigningConfigArn: signing },
      'lambda:DeleteCodeSigningConfig': { CodeSigningConfigArn: signing }, 'lambda:PutFunctionCodeSigningConfig': { CodeSigningConfigArn: signing },
      'logs:CreateLogGroup': { logGroupName: 'other' }, 'logs:CreateLogStream': { logStreamName: 'other' },
    },
  };
}
