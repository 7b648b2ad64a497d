import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../kernel/index.ts';
import { MemoryBlobs, memoryStore } from '../../store/index.ts';
import { DISCOVERY_ANSWERS, DISCOVERY_CASES } from '../../../../test/support/discovery-type-cases.ts';
import { GATEWAY_ANSWERS, GATEWAY_CASES } from '../../../../test/support/gateway-type-cases.ts';
import { immediateClock } from '../../../../test/support/immediate-clock.ts';
import { RecordedCalls } from '../../../../test/support/recorded-calls.ts';
import { USAGE_ANSWERS, USAGE_CASES } from '../../../../test/support/usage-type-cases.ts';
import { resourceTypes, Stacks, type StackResult } from '../index.ts';

const ARN = 'arn:aws:elasticloadbalancing:us-east-1:000000000000';

/** Answers as the services give them, with just what the types read. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  ...DISCOVERY_ANSWERS,
  ...GATEWAY_ANSWERS,
  ...USAGE_ANSWERS,
  'elbv2:CreateLoadBalancer': { LoadBalancers: [{ LoadBalancerArn: `${ARN}:loadbalancer/app/web/1` }] },
  'elbv2:DescribeLoadBalancers': { LoadBalancers: [{ State: { Code: 'active' }, DNSName: 'web.test', CanonicalHostedZoneId: 'Z1', LoadBalancerName: 'web', SecurityGroups: ['sg-1'] }] },
  'elbv2:CreateListener': { Listeners: [{ ListenerArn: `${ARN}:listener/app/web/1/2` }] },
  'elbv2:CreateRule': { Rules: [{ RuleArn: `${ARN}:listener-rule/app/web/1/2/3` }] },
  'elbv2:CreateTargetGroup': { TargetGroups: [{ TargetGroupArn: `${ARN}:targetgroup/tg/1` }] },
  'elbv2:DescribeTargetGroups': { TargetGroups: [{ TargetGroupName: 'tg', LoadBalancerArns: [] }] },
  'elbv2:CreateTrustStore': { TrustStores: [{ TrustStoreArn: `${ARN}:truststore/ts/1` }] },
  'elbv2:DescribeTrustStores': { TrustStores: [{ NumberOfCaCertificates: 1, Status: 'ACTIVE' }] },
  'elbv2:AddTrustStoreRevocations': { TrustStoreRevocations: [{ RevocationId: 1 }, { RevocationId: 2 }] },
  'elbv2:DescribeTrustStoreRevocations': { TrustStoreRevocations: [] },
  'ec2:CreateVpc': { Vpc: { VpcId: 'vpc-1' } },
  'ec2:DescribeVpcs': { Vpcs: [{ CidrBlock: '10.0.0.0/16', CidrBlockAssociationSet: [{ AssociationId: 'assoc-1' }] }] },
  'ec2:DescribeSecurityGroups': { SecurityGroups: [{ GroupId: 'sg-1', VpcId: 'vpc-1' }] },
  'ec2:DescribeNetworkAcls': { NetworkAcls: [{ NetworkAclId: 'acl-1', Associations: [{ SubnetId: 'subnet-1', NetworkAclAssociationId: 'aclassoc-1' }] }] },
  'ec2:CreateSubnet': { Subnet: { SubnetId: 'subnet-1' } },
  'ec2:DescribeSubnets': { Subnets: [{ AvailabilityZone: 'us-east-1a', AvailabilityZoneId: 'use1-az1', CidrBlock: '10.0.0.0/24', VpcId: 'vpc-1' }] },
  'ec2:CreateInternetGateway': { InternetGateway: { InternetGatewayId: 'igw-1' } },
  'ec2:AssociateVpcCidrBlock': { VpcId: 'vpc-1', Ipv6CidrBlockAssociation: { AssociationId: 'vpc-cidr-assoc-1' } },
  'ec2:AssociateSubnetCidrBlock': { SubnetId: 'subnet-1', Ipv6CidrBlockAssociation: { AssociationId: 'subnet-cidr-assoc-1' } },
  'ec2:CreateEgressOnlyInternetGateway': { EgressOnlyInternetGateway: { EgressOnlyInternetGatewayId: 'eigw-1' } },
  'ec2:DescribeKeyPairs': { KeyPairs: [{ KeyPairId: 'key-1', KeyFingerprint: 'f' }] },
  'ec2:AllocateAddress': { AllocationId: 'eipalloc-1', PublicIp: '198.18.0.1' },
  'ec2:DescribeAddresses': { Addresses: [{ AllocationId: 'eipalloc-1', PublicIp: '198.18.0.1', AssociationId: 'eipassoc-1' }] },
  'ec2:CreateNatGateway': { NatGateway: { NatGatewayId: 'nat-1' } },
  'ec2:CreateSecurityGroup': { GroupId: 'sg-1' },
  'ec2:AuthorizeSecurityGroupIngress': { SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1' }] },
  'ec2:AuthorizeSecurityGroupEgress': { SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-2' }] },
  'ec2:RunInstances': { Instances: [{ InstanceId: 'i-1' }] },
  'ec2:CreateRouteTable': { RouteTable: { RouteTableId: 'rtb-1' } },
  'ec2:AssociateRouteTable': { AssociationId: 'rtbassoc-1' },
  'ec2:ReplaceRouteTableAssociation': { NewAssociationId: 'rtbassoc-2' },
  'iam:GetRole': { Role: { Arn: 'arn:aws:iam::000000000000:role/r', RoleId: 'AROA1' } },
  'iam:CreatePolicy': { Policy: { Arn: 'arn:aws:iam::000000000000:policy/p' } },
  'iam:GetPolicy': { Policy: { DefaultVersionId: 'v1', PolicyId: 'ANPA1', CreateDate: new Date(0), UpdateDate: new Date(0) } },
  'iam:GetServerCertificate': { ServerCertificate: { ServerCertificateMetadata: { Arn: 'arn:aws:iam::000000000000:server-certificate/sc' } } },
  'iam:GetInstanceProfile': { InstanceProfile: { Arn: 'arn:aws:iam::000000000000:instance-profile/ip' } },
  'acm:RequestCertificate': { CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/1' },
  'acm:DescribeCertificate': { Certificate: { Status: 'ISSUED' } },
  'lambda:GetFunctionConfiguration': { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f', CodeSha256: 'x', State: 'Active', LastUpdateStatus: 'Successful' },
  'lambda:CreateAlias': { AliasArn: 'arn:aws:lambda:us-east-1:000000000000:function:f:live' },
  'lambda:CreateFunctionUrlConfig': { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f' },
  'lambda:GetFunctionUrlConfig': { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f', FunctionUrl: 'https://x.lambda-url.us-east-1.localhost/' },
  'lambda:PublishLayerVersion': ({ Content }: { readonly Content: { readonly S3Key: string } }) => ({ LayerVersionArn: `arn:aws:lambda:us-east-1:000000000000:layer:l:${Content.S3Key === 'other' ? 2 : 1}` }),
  'lambda:CreateCodeSigningConfig': { CodeSigningConfig: { CodeSigningConfigArn: 'arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000' } },
  'lambda:GetCodeSigningConfig': { CodeSigningConfig: { CodeSigningConfigArn: 'arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000', CodeSigningConfigId: 'csc-00000000000000000' } },
  'lambda:PublishVersion': { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f:1', Version: '1' },
  'logs:DescribeLogGroups': { logGroups: [{ logGroupName: 'group', arn: 'arn:aws:logs:us-east-1:000000000000:log-group:group:*' }] },
};

interface Case {
  readonly type: string;
  /** Properties at first. */
  readonly from: object;
  /** Those that replace them; undefined ones leave. */
  readonly to: object;
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
  /** What Ref gives, or the start of it. */
  readonly ref: RegExp;
}

const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': true } } }] };
const FORWARD = [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'tg', Weight: '3' }], TargetGroupStickinessConfig: { Enabled: 'false' } } }];

const CASES: readonly Case[] = [
  ...DISCOVERY_CASES,
  ...GATEWAY_CASES,
  ...USAGE_CASES,
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    from: { Name: 'web', Subnets: ['a', 'b'], SecurityGroups: ['sg-1'], LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: 30 }], Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '1' }] },
    to: { Name: 'web', Subnets: ['a', 'c'], SecurityGroups: ['sg-2'], IpAddressType: 'ipv4', LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: 40 }], Tags: [{ Key: 'a', Value: '2' }] },
    created: ['elbv2:CreateLoadBalancer', 'elbv2:ModifyLoadBalancerAttributes'],
    updated: ['elbv2:SetSubnets', 'elbv2:SetSecurityGroups', 'elbv2:ModifyLoadBalancerAttributes', 'elbv2:RemoveTags', 'elbv2:AddTags'],
    deleted: ['elbv2:DeleteLoadBalancer'],
    ref: /:loadbalancer\/app\/web\/1$/,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    from: { LoadBalancerArn: 'lb', Port: '80', Protocol: 'HTTP', DefaultActions: FORWARD },
    to: { LoadBalancerArn: 'lb', Port: 443, Protocol: 'HTTPS', SslPolicy: 'p', Certificates: [{ CertificateArn: 'c' }], DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: 404, MessageBody: 'no' } }], ListenerAttributes: [{ Key: 'routing.http.response.server.enabled', Value: false }] },
    created: ['elbv2:CreateListener'],
    updated: ['elbv2:ModifyListener', 'elbv2:ModifyListenerAttributes'],
    deleted: ['elbv2:DeleteListener'],
    ref: /:listener\//,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    from: { ListenerArn: 'l', Priority: 1, Actions: FORWARD, Conditions: [{ Field: 'path-pattern', Values: ['/a*'] }], Transforms: [{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: 'b' }] } }] },
    to: { ListenerArn: 'l', Priority: '2', Actions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Protocol: 'HTTPS' } }], Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x', Values: ['y'] } }] },
    created: ['elbv2:CreateRule'],
    updated: ['elbv2:SetRulePriorities', 'elbv2:ModifyRule'],
    deleted: ['elbv2:DeleteRule'],
    ref: /:listener-rule\//,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::ListenerCertificate',
    from: { ListenerArn: 'l', Certificates: [{ CertificateArn: 'a' }] },
    to: { ListenerArn: 'l', Certificates: [{ CertificateArn: 'b' }] },
    created: ['elbv2:AddListenerCertificates'],
    updated: ['elbv2:AddListenerCertificates', 'elbv2:RemoveListenerCertificates'],
    deleted: ['elbv2:RemoveListenerCertificates'],
    ref: /^stack-R-/,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    from: { Port: 80, Protocol: 'HTTP', VpcId: 'vpc-1', Targets: [{ Id: '10.0.0.1', Port: 80 }], Matcher: { HttpCode: 200 }, TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: 0 }] },
    to: { Port: 80, Protocol: 'HTTP', VpcId: 'vpc-1', Targets: [{ Id: '10.0.0.2', Port: 80 }], Matcher: { HttpCode: '200-299' }, TargetGroupAttributes: [{ Key: 'slow_start.duration_seconds', Value: 30 }], Tags: [{ Key: 'a', Value: 'b' }] },
    created: ['elbv2:CreateTargetGroup', 'elbv2:ModifyTargetGroupAttributes', 'elbv2:RegisterTargets'],
    updated: ['elbv2:ModifyTargetGroup', 'elbv2:ModifyTargetGroupAttributes', 'elbv2:RegisterTargets', 'elbv2:DeregisterTargets', 'elbv2:AddTags'],
    deleted: ['elbv2:DeleteTargetGroup'],
    ref: /:targetgroup\/tg\/1$/,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::TrustStore',
    from: { CaCertificatesBundleS3Bucket: 'b', CaCertificatesBundleS3Key: 'one.pem' },
    to: { CaCertificatesBundleS3Bucket: 'b', CaCertificatesBundleS3Key: 'two.pem', Tags: [{ Key: 'a', Value: 'b' }] },
    created: ['elbv2:CreateTrustStore'],
    updated: ['elbv2:ModifyTrustStore', 'elbv2:AddTags'],
    deleted: ['elbv2:DeleteTrustStore'],
    ref: /:truststore\/ts\/1$/,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::TrustStoreRevocation',
    from: { TrustStoreArn: 'ts', RevocationContents: [{ S3Bucket: 'b', S3Key: 'k', RevocationType: 'CRL' }] },
    to: { TrustStoreArn: 'ts', RevocationContents: [{ S3Bucket: 'b', S3Key: 'k', RevocationType: 'CRL' }] },
    created: ['elbv2:AddTrustStoreRevocations'],
    updated: [],
    deleted: ['elbv2:RemoveTrustStoreRevocations'],
    ref: /^ts\|1,2$/,
  },
  {
    type: 'AWS::EC2::VPC',
    from: { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true, Tags: [{ Key: 'Name', Value: 'a' }] },
    to: { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: false, EnableDnsSupport: true, InstanceTenancy: 'default', Tags: [{ Key: 'Name', Value: 'b' }] },
    created: ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute'],
    updated: ['ec2:ModifyVpcAttribute', 'ec2:ModifyVpcAttribute', 'ec2:ModifyVpcTenancy', 'ec2:CreateTags'],
    deleted: ['ec2:DeleteVpc'],
    ref: /^vpc-1$/,
  },
  {
    type: 'AWS::EC2::Subnet',
    from: { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24', MapPublicIpOnLaunch: true, Tags: [{ Key: 'a', Value: '1' }] },
    to: { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24', Tags: [] },
    created: ['ec2:CreateSubnet', 'ec2:ModifySubnetAttribute'],
    updated: ['ec2:ModifySubnetAttribute', 'ec2:DeleteTags'],
    deleted: ['ec2:DeleteSubnet'],
    ref: /^subnet-1$/,
  },
  {
    type: 'AWS::EC2::InternetGateway',
    from: { Tags: [{ Key: 'a', Value: '1' }] },
    to: { Tags: [{ Key: 'a', Value: '2' }] },
    created: ['ec2:CreateInternetGateway'],
    updated: ['ec2:CreateTags'],
    deleted: ['ec2:DeleteInternetGateway'],
    ref: /^igw-1$/,
  },
  {
    type: 'AWS::EC2::VPCCidrBlock',
    from: { VpcId: 'vpc-1', AmazonProvidedIpv6CidrBlock: true },
    to: { VpcId: 'vpc-1', AmazonProvidedIpv6CidrBlock: true },
    created: ['ec2:AssociateVpcCidrBlock'],
    updated: [],
    deleted: ['ec2:DisassociateVpcCidrBlock'],
    ref: /^vpc-cidr-assoc-1$/,
  },
  {
    type: 'AWS::EC2::SubnetCidrBlock',
    from: { SubnetId: 'subnet-1', Ipv6CidrBlock: '2001:db8::/64' },
    to: { SubnetId: 'subnet-1', Ipv6CidrBlock: '2001:db8::/64' },
    created: ['ec2:AssociateSubnetCidrBlock'],
    updated: [],
    deleted: ['ec2:DisassociateSubnetCidrBlock'],
    ref: /^subnet-cidr-assoc-1$/,
  },
  {
    type: 'AWS::EC2::EgressOnlyInternetGateway',
    from: { VpcId: 'vpc-1', Tags: [{ Key: 'a', Value: '1' }] },
    to: { VpcId: 'vpc-1', Tags: [{ Key: 'a', Value: '2' }] },
    created: ['ec2:CreateEgressOnlyInternetGateway'],
    updated: ['ec2:CreateTags'],
    deleted: ['ec2:DeleteEgressOnlyInternetGateway'],
    ref: /^eigw-1$/,
  },
  {
    type: 'AWS::EC2::KeyPair',
    from: { KeyName: 'web', PublicKeyMaterial: 'ssh-ed25519 AAAA', Tags: [{ Key: 'a', Value: '1' }] },
    to: { KeyName: 'web', PublicKeyMaterial: 'ssh-ed25519 AAAA', Tags: [{ Key: 'a', Value: '2' }] },
    created: ['ec2:ImportKeyPair'],
    updated: ['ec2:CreateTags'],
    deleted: ['ec2:DeleteKeyPair'],
    ref: /^web$/,
  },
  {
    type: 'AWS::EC2::EIP',
    from: { Domain: 'vpc', InstanceId: 'i-1', Tags: [{ Key: 'a', Value: '1' }] },
    to: { Domain: 'vpc', Tags: [{ Key: 'a', Value: '2' }] },
    created: ['ec2:AllocateAddress', 'ec2:AssociateAddress'],
    updated: ['ec2:DisassociateAddress', 'ec2:CreateTags'],
    deleted: ['ec2:DisassociateAddress', 'ec2:ReleaseAddress'],
    ref: /^198\.18\.0\.1$/,
  },
  {
    type: 'AWS::EC2::NatGateway',
    from: { SubnetId: 'subnet-1', AllocationId: 'eipalloc-1' },
    to: { SubnetId: 'subnet-1', AllocationId: 'eipalloc-1', Tags: [{ Key: 'a', Value: '2' }] },
    created: ['ec2:CreateNatGateway'],
    updated: ['ec2:CreateTags'],
    deleted: ['ec2:DeleteNatGateway'],
    ref: /^nat-1$/,
  },
  {
    type: 'AWS::EC2::VPCGatewayAttachment',
    from: { VpcId: 'vpc-1', InternetGatewayId: 'igw-1' },
    to: { VpcId: 'vpc-1', InternetGatewayId: 'igw-2' },
    created: ['ec2:AttachInternetGateway'],
    updated: ['ec2:DetachInternetGateway', 'ec2:AttachInternetGateway'],
    deleted: ['ec2:DetachInternetGateway'],
    ref: /^IGW\|vpc-1$/,
  },
  {
    type: 'AWS::EC2::SecurityGroup',
    from: { GroupDescription: 'd', VpcId: 'vpc-1', SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0', Description: 'a' }], SecurityGroupEgress: [{ IpProtocol: -1, DestinationSecurityGroupId: 'sg-9' }] },
    to: { GroupDescription: 'd', VpcId: 'vpc-1', SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0', Description: 'b' }, { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv6: '::/0' }], Tags: [{ Key: 'a', Value: 'b' }] },
    created: ['ec2:CreateSecurityGroup', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress'],
    updated: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:UpdateSecurityGroupRuleDescriptionsIngress', 'ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress', 'ec2:CreateTags'],
    deleted: ['ec2:DeleteSecurityGroup'],
    ref: /^sg-1$/,
  },
  {
    type: 'AWS::EC2::SecurityGroupIngress',
    from: { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 80, ToPort: 80, SourceSecurityGroupId: 'sg-2' },
    to: { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 80, ToPort: 80, SourceSecurityGroupId: 'sg-2', Description: 'why' },
    created: ['ec2:AuthorizeSecurityGroupIngress'],
    updated: ['ec2:UpdateSecurityGroupRuleDescriptionsIngress'],
    deleted: ['ec2:RevokeSecurityGroupIngress'],
    ref: /^sgr-1$/,
  },
  {
    type: 'AWS::EC2::SecurityGroupEgress',
    from: { GroupId: 'sg-1', IpProtocol: '-1', DestinationPrefixListId: 'pl-1' },
    to: { GroupId: 'sg-1', IpProtocol: '-1', DestinationPrefixListId: 'pl-1', Description: 'why' },
    created: ['ec2:AuthorizeSecurityGroupEgress'],
    updated: ['ec2:UpdateSecurityGroupRuleDescriptionsEgress'],
    deleted: ['ec2:RevokeSecurityGroupEgress'],
    ref: /^sgr-2$/,
  },
  {
    type: 'AWS::EC2::Instance',
    from: { ImageId: 'ami-1', InstanceType: 't3.micro', SubnetId: 'subnet-1', PrivateIpAddress: '10.0.0.9', SecurityGroupIds: ['sg-1'], IamInstanceProfile: 'ip', KeyName: 'k', Monitoring: true, Tenancy: 'default', BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: '8', DeleteOnTermination: 'true' } }] },
    to: { ImageId: 'ami-1', InstanceType: 't3.small', SubnetId: 'subnet-1', PrivateIpAddress: '10.0.0.9', KeyName: 'k', Tenancy: 'default', EbsOptimized: true, BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } }], SecurityGroupIds: ['sg-2'], SourceDestCheck: false, DisableApiTermination: true, UserData: 'YQ==', Tags: [{ Key: 'a', Value: 'b' }] },
    created: ['ec2:RunInstances'],
    updated: ['ec2:ModifyInstanceAttribute', 'ec2:ModifyInstanceAttribute', 'ec2:ModifyInstanceAttribute', 'ec2:UnmonitorInstances', 'ec2:StopInstances', 'ec2:ModifyInstanceAttribute', 'ec2:ModifyInstanceAttribute', 'ec2:ModifyInstanceAttribute', 'ec2:StartInstances', 'ec2:DisassociateIamInstanceProfile', 'ec2:CreateTags'],
    deleted: ['ec2:TerminateInstances'],
    ref: /^i-1$/,
  },
  {
    type: 'AWS::EC2::RouteTable',
    from: { VpcId: 'vpc-1' },
    to: { VpcId: 'vpc-1', Tags: [{ Key: 'a', Value: 'b' }] },
    created: ['ec2:CreateRouteTable'],
    updated: ['ec2:CreateTags'],
    deleted: ['ec2:DeleteRouteTable'],
    ref: /^rtb-1$/,
  },
  {
    type: 'AWS::EC2::Route',
    from: { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' },
    to: { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-2' },
    created: ['ec2:CreateRoute'],
    updated: ['ec2:ReplaceRoute'],
    deleted: ['ec2:DeleteRoute'],
    ref: /^rtb-1\|0\.0\.0\.0\/0$/,
  },
  {
    type: 'AWS::EC2::SubnetRouteTableAssociation',
    from: { SubnetId: 'subnet-1', RouteTableId: 'rtb-1' },
    to: { SubnetId: 'subnet-1', RouteTableId: 'rtb-2' },
    created: ['ec2:AssociateRouteTable'],
    updated: ['ec2:ReplaceRouteTableAssociation'],
    deleted: ['ec2:DisassociateRouteTable'],
    ref: /^rtbassoc-1$/,
  },
  {
    type: 'AWS::IAM::Role',
    from: { RoleName: 'r', AssumeRolePolicyDocument: POLICY, ManagedPolicyArns: ['m1'], Policies: [{ PolicyName: 'p1', PolicyDocument: POLICY }], Tags: [{ Key: 'a', Value: '1' }] },
    to: { RoleName: 'r', AssumeRolePolicyDocument: JSON.stringify(POLICY), Description: 'd', MaxSessionDuration: 7200, ManagedPolicyArns: ['m2'], PermissionsBoundary: 'b', Policies: [{ PolicyName: 'p2', PolicyDocument: POLICY }] },
    created: ['iam:CreateRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy'],
    updated: ['iam:UpdateAssumeRolePolicy', 'iam:UpdateRole', 'iam:PutRolePermissionsBoundary', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:UntagRole'],
    deleted: ['iam:DetachRolePolicy', 'iam:DeleteRolePolicy', 'iam:DeleteRole'],
    ref: /^r$/,
  },
  {
    type: 'AWS::IAM::Policy',
    from: { PolicyName: 'p', PolicyDocument: POLICY, Roles: ['r1'], Users: ['u'] },
    to: { PolicyName: 'q', PolicyDocument: POLICY, Roles: ['r1'], Groups: ['g'] },
    created: ['iam:PutRolePolicy', 'iam:PutUserPolicy'],
    updated: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:DeleteUserPolicy', 'iam:PutGroupPolicy'],
    deleted: ['iam:DeleteRolePolicy', 'iam:DeleteGroupPolicy'],
    ref: /^stack-R-/,
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    from: { ManagedPolicyName: 'p', PolicyDocument: POLICY, Roles: ['r1'] },
    to: { ManagedPolicyName: 'p', PolicyDocument: { ...POLICY, Statement: [] }, Roles: ['r2'] },
    created: ['iam:CreatePolicy', 'iam:AttachRolePolicy'],
    updated: ['iam:CreatePolicyVersion', 'iam:DeletePolicyVersion', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
    deleted: ['iam:DetachRolePolicy', 'iam:DeletePolicy'],
    ref: /:policy\/p$/,
  },
  {
    type: 'AWS::IAM::InstanceProfile',
    from: { Roles: ['a'] },
    to: { Roles: ['b'] },
    created: ['iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile'],
    updated: ['iam:RemoveRoleFromInstanceProfile', 'iam:AddRoleToInstanceProfile'],
    deleted: ['iam:RemoveRoleFromInstanceProfile', 'iam:DeleteInstanceProfile'],
    ref: /^stack-R-/,
  },
  {
    type: 'AWS::IAM::ServerCertificate',
    from: { CertificateBody: 'c', PrivateKey: 'k', Tags: [{ Key: 'a', Value: '1' }] },
    to: { CertificateBody: 'c', PrivateKey: 'k', Path: '/web/', Tags: [{ Key: 'b', Value: '1' }] },
    created: ['iam:UploadServerCertificate'],
    updated: ['iam:UpdateServerCertificate', 'iam:UntagServerCertificate', 'iam:TagServerCertificate'],
    deleted: ['iam:DeleteServerCertificate'],
    ref: /^stack-R-/,
  },
  {
    type: 'AWS::CertificateManager::Certificate',
    from: { DomainName: 'shop.test', SubjectAlternativeNames: ['*.shop.test'], ValidationMethod: 'DNS', DomainValidationOptions: [{ DomainName: 'shop.test', HostedZoneId: 'Z1' }], Tags: [{ Key: 'a', Value: '1' }] },
    to: { DomainName: 'shop.test', SubjectAlternativeNames: ['*.shop.test'], ValidationMethod: 'DNS', DomainValidationOptions: [{ DomainName: 'shop.test', HostedZoneId: 'Z1' }], CertificateTransparencyLoggingPreference: 'DISABLED', Tags: [{ Key: 'b', Value: '1' }] },
    created: ['acm:RequestCertificate'],
    updated: ['acm:UpdateCertificateOptions', 'acm:RemoveTagsFromCertificate', 'acm:AddTagsToCertificate'],
    deleted: ['acm:DeleteCertificate'],
    ref: /:certificate\/1$/,
  },
  {
    type: 'AWS::Lambda::Function',
    from: { FunctionName: 'f', Code: { ZipFile: 'exports.handler = () => 1' }, Handler: 'index.handler', Runtime: 'nodejs22.x', Role: 'r', Timeout: '5', Environment: { Variables: { A: 1 } }, Tags: [{ Key: 'a', Value: '1' }] },
    to: { FunctionName: 'f', Code: { ZipFile: 'exports.handler = () => 2' }, Handler: 'index.handler', Runtime: 'nodejs22.x', Role: 'r', MemorySize: 256, ReservedConcurrentExecutions: 2, Tags: [{ Key: 'b', Value: '1' }] },
    created: ['lambda:CreateFunction'],
    updated: ['lambda:UpdateFunctionConfiguration', 'lambda:UpdateFunctionCode', 'lambda:PutFunctionConcurrency', 'lambda:UntagResource', 'lambda:TagResource'],
    deleted: ['lambda:DeleteFunction'],
    ref: /^f$/,
  },
  {
    type: 'AWS::Lambda::Permission',
    from: { FunctionName: 'f', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' },
    to: { FunctionName: 'f', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com', SourceArn: 'tg' },
    created: ['lambda:AddPermission'],
    updated: ['lambda:AddPermission', 'lambda:RemovePermission'],
    deleted: ['lambda:RemovePermission'],
    ref: /^stack-R-/,
  },
  {
    type: 'AWS::Lambda::Version',
    from: { FunctionName: 'f' },
    to: { FunctionName: 'f', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } },
    created: ['lambda:PublishVersion'],
    updated: ['lambda:PutProvisionedConcurrencyConfig'],
    deleted: ['lambda:DeleteFunction'],
    ref: /:function:f:1$/,
  },
  {
    type: 'AWS::Lambda::Alias',
    from: { FunctionName: 'f', Name: 'live', FunctionVersion: '1', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } },
    to: { FunctionName: 'f', Name: 'live', FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '1', FunctionWeight: 0.5 }] } },
    created: ['lambda:CreateAlias', 'lambda:PutProvisionedConcurrencyConfig'],
    updated: ['lambda:UpdateAlias', 'lambda:DeleteProvisionedConcurrencyConfig'],
    deleted: ['lambda:DeleteAlias'],
    ref: /:function:f:live$/,
  },
  {
    type: 'AWS::Lambda::Url',
    from: { TargetFunctionArn: 'f', AuthType: 'NONE', Cors: { AllowOrigins: ['*'] } },
    to: { TargetFunctionArn: 'f', AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM' },
    created: ['lambda:CreateFunctionUrlConfig'],
    updated: ['lambda:UpdateFunctionUrlConfig'],
    deleted: ['lambda:DeleteFunctionUrlConfig'],
    ref: /:function:f$/,
  },
  {
    type: 'AWS::Lambda::LayerVersion',
    from: { LayerName: 'l', Content: { S3Bucket: 'bucket', S3Key: 'key' }, CompatibleRuntimes: ['nodejs22.x'] },
    to: { LayerName: 'l', Content: { S3Bucket: 'bucket', S3Key: 'other' } },
    created: ['lambda:PublishLayerVersion'],
    updated: ['lambda:PublishLayerVersion', 'lambda:DeleteLayerVersion'],
    deleted: ['lambda:DeleteLayerVersion'],
    ref: /:layer:l:[12]$/,
  },
  {
    type: 'AWS::Lambda::LayerVersionPermission',
    from: { LayerVersionArn: 'arn:aws:lambda:us-east-1:000000000000:layer:l:1', Action: 'lambda:GetLayerVersion', Principal: '*' },
    to: { LayerVersionArn: 'arn:aws:lambda:us-east-1:000000000000:layer:l:1', Action: 'lambda:GetLayerVersion', Principal: '210987654321' },
    created: ['lambda:AddLayerVersionPermission'],
    updated: ['lambda:AddLayerVersionPermission', 'lambda:RemoveLayerVersionPermission'],
    deleted: ['lambda:RemoveLayerVersionPermission'],
    ref: /:layer:l:1#stack-R-/,
  },
  {
    type: 'AWS::Lambda::EventInvokeConfig',
    from: { FunctionName: 'f', Qualifier: '$LATEST', MaximumRetryAttempts: 1 },
    to: { FunctionName: 'f', Qualifier: '$LATEST', MaximumEventAgeInSeconds: 60 },
    created: ['lambda:PutFunctionEventInvokeConfig'],
    updated: ['lambda:PutFunctionEventInvokeConfig'],
    deleted: ['lambda:DeleteFunctionEventInvokeConfig'],
    ref: /^f\|\$LATEST$/,
  },
  {
    type: 'AWS::Lambda::CodeSigningConfig',
    from: { AllowedPublishers: { SigningProfileVersionArns: ['arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/1'] }, Tags: [{ Key: 'a', Value: '1' }] },
    to: { AllowedPublishers: { SigningProfileVersionArns: ['arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/1'] }, Description: 'd', Tags: [{ Key: 'b', Value: '1' }] },
    created: ['lambda:CreateCodeSigningConfig'],
    updated: ['lambda:UpdateCodeSigningConfig', 'lambda:UntagResource', 'lambda:TagResource'],
    deleted: ['lambda:DeleteCodeSigningConfig'],
    ref: /:code-signing-config:csc-/,
  },
  {
    type: 'AWS::Logs::LogGroup',
    from: { LogGroupName: 'group', RetentionInDays: 7, Tags: [{ Key: 'a', Value: '1' }] },
    to: { LogGroupName: 'group', Tags: [{ Key: 'b', Value: '1' }] },
    created: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
    updated: ['logs:DeleteRetentionPolicy', 'logs:UntagResource', 'logs:TagResource'],
    deleted: ['logs:DeleteLogGroup'],
    ref: /^group$/,
  },
];

test('there is a case for every resource type', () => {
  assert.deepEqual(CASES.map(({ type }) => type).sort(), [...resourceTypes.keys()].sort());
});

for (const { type, from, to, created, updated, deleted, ref } of CASES) {
  test(`${type} is created, read, updated and deleted by calls that the models allow`, async () => {
    let state = 'running';
    const calls = new RecordedCalls({
      ...ANSWERS,
      'ec2:DescribeInstances': () => ({ Reservations: [{ Instances: [{ State: { Name: state }, PrivateIpAddress: '10.0.0.9', Placement: { AvailabilityZone: 'us-east-1a' } }] }] }),
      'ec2:StopInstances': () => ((state = 'stopped'), {}),
      'ec2:StartInstances': () => ((state = 'running'), {}),
      'ec2:TerminateInstances': () => ((state = 'terminated'), {}),
      'ec2:DescribeIamInstanceProfileAssociations': { IamInstanceProfileAssociations: [{ AssociationId: 'iip-assoc-1' }] },
    });
    const stacks = new Stacks({ store: memoryStore(), blobs: new MemoryBlobs(), clock: immediateClock(), random: seededRandom(7), call: calls.call, account: '000000000000', region: 'us-east-1' });
    const outputs = Object.fromEntries(resourceTypes.get(type)!.attributes.map((name, index) => [`O${index}`, { Value: attributeText(name) }]));
    const apply = (properties: object): Promise<StackResult> =>
      stacks.apply(JSON.stringify({ Resources: { R: { Type: type, Properties: properties } }, Outputs: outputs }), { name: 'stack', parameters: {}, baseFolder: null });

    const first = await apply(from);
    assert.equal(first.failure, null);
    assert.deepEqual(calls.writes(), created);
    assert.match(first.stack!.resources[0]!.ref, ref);
    assert.equal(first.stack!.outputs.length, resourceTypes.get(type)!.attributes.length);

    assert.equal((await apply(from)).outcome, 'unchanged');
    assert.deepEqual(calls.writes(), []);

    const second = await apply(to);
    assert.equal(second.failure, null);
    assert.deepEqual(calls.writes(), updated);

    assert.equal((await stacks.delete('stack')).outcome, 'deleted');
    assert.deepEqual(calls.writes(), deleted);
  });
}

/** An expression that gives text whether the attribute is text or a list. */
function attributeText(name: string): object {
  const lists = ['CidrBlockAssociations', 'Ipv6CidrBlocks', 'LoadBalancerArns', 'SecurityGroups', 'TrustStoreRevocations'];
  const get = { 'Fn::GetAtt': ['R', name] };
  return lists.includes(name) ? { 'Fn::Join': [',', get] } : get;
}
