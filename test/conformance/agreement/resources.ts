import { zipFiles } from '../../support/zip.ts';
import { Blob } from './client.ts';

/** A call whose input may hold `{step.Path.0.To}`: what an earlier step of the same set was answered. */
export type Step = readonly [name: string, service: string, operation: string, input: Readonly<Record<string, unknown>>];

const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }] });
const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['logs:*'], Resource: '*' }] });

/** One set of resources: every kind of target group, listener, rule, and what they stand on. */
export function creation(set: string, pem: { readonly certificate: string; readonly key: string }): readonly Step[] {
  const tags = [{ Key: 'set', Value: 'all' }, { Key: 'empty', Value: '' }, { Key: 'odd', Value: 'ü =+/:@-_.' }];
  const forward = (...groups: readonly (readonly [arn: string, weight: number])[]): object => ({
    Type: 'forward',
    ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })), TargetGroupStickinessConfig: { Enabled: false } },
  });
  const ip = '{ip.TargetGroups.0.TargetGroupArn}';
  const lambda = '{functionTargets.TargetGroups.0.TargetGroupArn}';
  const https = '{https.Listeners.0.ListenerArn}';
  const balancer = '{balancer.LoadBalancers.0.LoadBalancerArn}';
  return [
    ['vpc', 'ec2', 'CreateVpc', { CidrBlock: '10.20.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }] }],
    ['', 'ec2', 'ModifyVpcAttribute', { VpcId: '{vpc.Vpc.VpcId}', EnableDnsHostnames: { Value: true } }],
    ['a', 'ec2', 'CreateSubnet', { VpcId: '{vpc.Vpc.VpcId}', CidrBlock: '10.20.0.0/24', AvailabilityZone: 'us-east-1a' }],
    ['b', 'ec2', 'CreateSubnet', { VpcId: '{vpc.Vpc.VpcId}', CidrBlock: '10.20.1.0/24', AvailabilityZone: 'us-east-1b' }],
    ['gateway', 'ec2', 'CreateInternetGateway', {}],
    ['', 'ec2', 'AttachInternetGateway', { VpcId: '{vpc.Vpc.VpcId}', InternetGatewayId: '{gateway.InternetGateway.InternetGatewayId}' }],
    ['group', 'ec2', 'CreateSecurityGroup', { GroupName: `${set}-web`, Description: 'who may come in', VpcId: '{vpc.Vpc.VpcId}' }],
    ['', 'ec2', 'AuthorizeSecurityGroupIngress', {
      GroupId: '{group.GroupId}',
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: '{group.GroupId}' }] }],
    }],
    ['instance', 'ec2', 'RunInstances', { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', SubnetId: '{a.Subnet.SubnetId}', SecurityGroupIds: ['{group.GroupId}'], TagSpecifications: [{ ResourceType: 'instance', Tags: tags }] }],
    ['role', 'iam', 'CreateRole', { RoleName: `${set}-role`, AssumeRolePolicyDocument: TRUST, Description: 'runs it', MaxSessionDuration: 7200, Path: '/service/', Tags: tags }],
    ['', 'iam', 'PutRolePolicy', { RoleName: `${set}-role`, PolicyName: 'inline', PolicyDocument: POLICY }],
    ['policy', 'iam', 'CreatePolicy', { PolicyName: `${set}-policy`, PolicyDocument: POLICY }],
    ['', 'iam', 'AttachRolePolicy', { RoleName: `${set}-role`, PolicyArn: '{policy.Policy.Arn}' }],
    ['function', 'lambda', 'CreateFunction', {
      FunctionName: `${set}-function`, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: '{role.Role.Arn}', Timeout: 7, MemorySize: 256, Environment: { Variables: { STAGE: 'ü' } },
      Tags: { set: 'all' }, Code: { ZipFile: new Blob(zipFiles({ 'index.js': 'exports.handler = async () => ({ statusCode: 200 });' })) },
    }],
    ['', 'lambda', 'PublishVersion', { FunctionName: `${set}-function`, Description: 'first' }],
    ['', 'lambda', 'CreateAlias', { FunctionName: `${set}-function`, Name: 'live', FunctionVersion: '1' }],
    ['', 'lambda', 'AddPermission', { FunctionName: `${set}-function`, StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' }],
    ['issued', 'acm', 'RequestCertificate', { DomainName: 'www.example.test', SubjectAlternativeNames: ['*.example.test'], ValidationMethod: 'DNS', KeyAlgorithm: 'EC_prime256v1', Tags: tags }],
    ['imported', 'acm', 'ImportCertificate', { Certificate: new Blob(Buffer.from(pem.certificate)), PrivateKey: new Blob(Buffer.from(pem.key)) }],
    ['balancer', 'elbv2', 'CreateLoadBalancer', { Name: `${set}-alb`, Subnets: ['{a.Subnet.SubnetId}', '{b.Subnet.SubnetId}'], SecurityGroups: ['{group.GroupId}'], Scheme: 'internal', Tags: tags }],
    ['', 'elbv2', 'ModifyLoadBalancerAttributes', { LoadBalancerArn: balancer, Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '90' }, { Key: 'routing.http.preserve_host_header.enabled', Value: 'true' }] }],
    ['ip', 'elbv2', 'CreateTargetGroup', { Name: `${set}-ip`, TargetType: 'ip', Protocol: 'HTTP', Port: 8080, VpcId: '{vpc.Vpc.VpcId}', HealthCheckPath: '/health', Matcher: { HttpCode: '200-299' } }],
    ['', 'elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: ip, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }] }],
    ['', 'elbv2', 'RegisterTargets', { TargetGroupArn: ip, Targets: [{ Id: '10.20.0.77', Port: 81 }, { Id: '10.20.0.78' }] }],
    ['instances', 'elbv2', 'CreateTargetGroup', { Name: `${set}-instance`, Protocol: 'HTTPS', Port: 443, VpcId: '{vpc.Vpc.VpcId}' }],
    ['', 'elbv2', 'RegisterTargets', { TargetGroupArn: '{instances.TargetGroups.0.TargetGroupArn}', Targets: [{ Id: '{instance.Instances.0.InstanceId}' }] }],
    ['functionTargets', 'elbv2', 'CreateTargetGroup', { Name: `${set}-lambda`, TargetType: 'lambda' }],
    ['', 'elbv2', 'RegisterTargets', { TargetGroupArn: lambda, Targets: [{ Id: '{function.FunctionArn}' }] }],
    ['http', 'elbv2', 'CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }] }],
    ['https', 'elbv2', 'CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: '{issued.CertificateArn}' }], DefaultActions: [forward([ip, 3], [lambda, 1])], Tags: tags }],
    ['', 'elbv2', 'AddListenerCertificates', { ListenerArn: https, Certificates: [{ CertificateArn: '{imported.CertificateArn}' }] }],
    ['', 'elbv2', 'CreateRule', { ListenerArn: https, Priority: 10, Actions: [{ Type: 'forward', TargetGroupArn: ip }], Conditions: [{ Field: 'path-pattern', Values: ['/a/*', '/b?'] }, { Field: 'host-header', HostHeaderConfig: { Values: ['*.example.test'] } }], Tags: tags }],
    ['', 'elbv2', 'CreateRule', { ListenerArn: https, Priority: 20, Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'no' } }], Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Ring', Values: ['one*'] } }, { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET', 'HEAD'] } }] }],
    ['', 'elbv2', 'CreateRule', { ListenerArn: https, Priority: 30, Actions: [forward([lambda, 1])], Conditions: [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }, { Value: 'legacy*' }] } }] }],
    ['', 'elbv2', 'CreateRule', { ListenerArn: https, Priority: 40, Actions: [{ Type: 'redirect', RedirectConfig: { Host: 'old.example.test', StatusCode: 'HTTP_302' } }], Conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8', '2001:db8::/32'] } }] }],
    ['', 'elbv2', 'AddTags', { ResourceArns: [ip, balancer], Tags: [{ Key: 'more', Value: 'later' }] }],
    ['', 'logs', 'CreateLogGroup', { logGroupName: `/${set}/app`, tags: { set: 'all' } }],
    ['', 'logs', 'PutRetentionPolicy', { logGroupName: `/${set}/app`, retentionInDays: 7 }],
  ];
}

/** What every client reads of a set. Target health, which time changes, is that of the function: its health is not checked. */
export function reading(set: string): readonly Step[] {
  const ofVpc = [{ Name: 'vpc-id', Values: ['{vpc.Vpc.VpcId}'] }];
  const groups = ['{ip.TargetGroups.0.TargetGroupArn}', '{instances.TargetGroups.0.TargetGroupArn}', '{functionTargets.TargetGroups.0.TargetGroupArn}'];
  const balancer = '{balancer.LoadBalancers.0.LoadBalancerArn}';
  const https = '{https.Listeners.0.ListenerArn}';
  return [
    ['', 'sts', 'GetCallerIdentity', {}],
    ['', 'ec2', 'DescribeVpcs', { VpcIds: ['{vpc.Vpc.VpcId}'] }],
    ['', 'ec2', 'DescribeVpcAttribute', { VpcId: '{vpc.Vpc.VpcId}', Attribute: 'enableDnsHostnames' }],
    ['', 'ec2', 'DescribeSubnets', { Filters: ofVpc }],
    ['', 'ec2', 'DescribeInternetGateways', { InternetGatewayIds: ['{gateway.InternetGateway.InternetGatewayId}'] }],
    ['', 'ec2', 'DescribeRouteTables', { Filters: ofVpc }],
    ['', 'ec2', 'DescribeNetworkAcls', { Filters: ofVpc }],
    ['', 'ec2', 'DescribeSecurityGroups', { Filters: ofVpc }],
    ['', 'ec2', 'DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: ['{group.GroupId}'] }] }],
    ['', 'ec2', 'DescribeNetworkInterfaces', { Filters: ofVpc }],
    ['', 'ec2', 'DescribeInstances', { InstanceIds: ['{instance.Instances.0.InstanceId}'] }],
    ['', 'iam', 'GetRole', { RoleName: `${set}-role` }],
    ['', 'iam', 'GetRolePolicy', { RoleName: `${set}-role`, PolicyName: 'inline' }],
    ['', 'iam', 'ListAttachedRolePolicies', { RoleName: `${set}-role` }],
    ['', 'iam', 'GetPolicyVersion', { PolicyArn: '{policy.Policy.Arn}', VersionId: 'v1' }],
    ['', 'lambda', 'GetFunction', { FunctionName: `${set}-function` }],
    ['', 'lambda', 'ListVersionsByFunction', { FunctionName: `${set}-function` }],
    ['', 'lambda', 'ListAliases', { FunctionName: `${set}-function` }],
    ['', 'lambda', 'GetPolicy', { FunctionName: `${set}-function` }],
    ['', 'acm', 'DescribeCertificate', { CertificateArn: '{issued.CertificateArn}' }],
    ['', 'acm', 'DescribeCertificate', { CertificateArn: '{imported.CertificateArn}' }],
    ['', 'acm', 'GetCertificate', { CertificateArn: '{imported.CertificateArn}' }],
    ['', 'acm', 'ListTagsForCertificate', { CertificateArn: '{issued.CertificateArn}' }],
    ['', 'elbv2', 'DescribeLoadBalancers', { LoadBalancerArns: [balancer] }],
    ['', 'elbv2', 'DescribeLoadBalancerAttributes', { LoadBalancerArn: balancer }],
    ['', 'elbv2', 'DescribeTargetGroups', { TargetGroupArns: groups }],
    ['', 'elbv2', 'DescribeTargetGroupAttributes', { TargetGroupArn: groups[0] }],
    ['', 'elbv2', 'DescribeTargetHealth', { TargetGroupArn: groups[2] }],
    ['', 'elbv2', 'DescribeListeners', { LoadBalancerArn: balancer }],
    ['', 'elbv2', 'DescribeListenerAttributes', { ListenerArn: https }],
    ['', 'elbv2', 'DescribeListenerCertificates', { ListenerArn: https }],
    ['', 'elbv2', 'DescribeRules', { ListenerArn: https }],
    ['', 'elbv2', 'DescribeTags', { ResourceArns: [balancer, https, ...groups] }],
    ['', 'logs', 'DescribeLogGroups', { logGroupNamePrefix: `/${set}/` }],
    ['', 'logs', 'ListTagsForResource', { resourceArn: `arn:aws:logs:us-east-1:000000000000:log-group:/${set}/app` }],
  ];
}

/** Calls that fail, with what AWS says. */
export const FAILING: readonly (readonly [service: string, operation: string, input: Readonly<Record<string, unknown>>, code: string, status: number])[] = [
  ['elbv2', 'DescribeLoadBalancers', { Names: ['absent'] }, 'LoadBalancerNotFound', 400],
  ['elbv2', 'DescribeTargetGroups', { Names: ['absent'] }, 'TargetGroupNotFound', 400],
  ['elbv2', 'CreateTargetGroup', { Name: 'bad_name', Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1' }, 'ValidationError', 400],
  ['elbv2', 'DescribeSSLPolicies', { Names: ['absent'] }, 'SSLPolicyNotFound', 400],
  ['ec2', 'DescribeVpcs', { VpcIds: ['vpc-00000000000000000'] }, 'InvalidVpcID.NotFound', 400],
  ['ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/8' }, 'InvalidVpc.Range', 400],
  ['ec2', 'DescribeInstances', { InstanceIds: ['i-00000000000000000'] }, 'InvalidInstanceID.NotFound', 400],
  ['ec2', 'DescribeVpcs', { DryRun: true }, 'DryRunOperation', 412],
  ['iam', 'GetRole', { RoleName: 'absent' }, 'NoSuchEntity', 404],
  ['iam', 'CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocument', 400],
  ['acm', 'DescribeCertificate', { CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000' }, 'ResourceNotFoundException', 400],
  ['lambda', 'GetFunction', { FunctionName: 'absent' }, 'ResourceNotFoundException', 404],
  ['logs', 'ListTagsForResource', { resourceArn: 'arn:aws:logs:us-east-1:000000000000:log-group:absent' }, 'ResourceNotFoundException', 400],
  ['logs', 'PutRetentionPolicy', { logGroupName: 'absent', retentionInDays: 3 }, 'ResourceNotFoundException', 400],
  ['sts', 'AssumeRole', { RoleArn: 'arn:aws:iam::000000000000:role/absent', RoleSessionName: 'session' }, 'AccessDenied', 403],
];
