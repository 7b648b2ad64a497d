/** What EC2 was measured to refuse when stacks were deployed to it, and its sentences: notes of deployments that are public. The codes are EC2's where the notes have them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ec2Stage } from '../../../../test/support/ec2-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';

const { run } = ec2Stage();
const VpcId: string = (await run('CreateVpc', { CidrBlock: '10.60.0.0/16' })).Vpc.VpcId;
const SubnetId: string = (await run('CreateSubnet', { VpcId, CidrBlock: '10.60.1.0/24' })).Subnet.SubnetId;
const { GroupId } = await run('CreateSecurityGroup', { GroupName: 'g', Description: 'd', VpcId });
const { RouteTableId } = (await run('CreateRouteTable', { VpcId })).RouteTable;
const { NetworkAclId } = (await run('CreateNetworkAcl', { VpcId })).NetworkAcl;
const eip = await run('AllocateAddress', { Domain: 'vpc' });
const { ImageId } = (await run('DescribeImages', {})).Images[0];
const ENTRY = { NetworkAclId, RuleNumber: 100, Protocol: '-1', RuleAction: 'allow', Egress: false, CidrBlock: '0.0.0.0/0' };
await run('CreateNetworkAclEntry', ENTRY);
const [{ InternetGatewayId }, second] = await Promise.all([0, 1].map(async () => (await run('CreateInternetGateway')).InternetGateway));
await run('AttachInternetGateway', { InternetGatewayId, VpcId });

const LAUNCH = { ImageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' };
const ingress = (IpProtocol: string, [FromPort, ToPort]: readonly [number, number], range: object = { CidrIp: '10.0.0.0/8' }): object => ({ GroupId, IpPermissions: [{ IpProtocol, FromPort, ToPort, IpRanges: [range] }] });
const userData = (bytes: number): string => Buffer.alloc(bytes, 'a').toString('base64');
const ONE_TARGET =
  'The request must contain exactly one of gatewayId, localGatewayId, carrierGatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, vpcEndpointId, coreNetworkArn or instanceId';
const DESCRIPTION = 'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*';

const ROWS: readonly (readonly [operation: string, input: object, code: string, sentence: string | RegExp])[] = [
  ...['10.0.0.0/8', '10.0.0.0/29', '224.0.0.0/16', '127.0.0.0/16', '169.254.0.0/16', '0.0.0.0/16'].map((CidrBlock) => ['CreateVpc', { CidrBlock }, 'InvalidVpc.Range', `The CIDR '${CidrBlock}' is invalid.`] as const),
  ['AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.60.128.0/17' }, 'CidrConflict', /^CIDR range conflicts with 10\.60\.0\.0\/16 with association ID vpc-cidr-assoc-[0-9a-f]{17}$/],
  ['CreateSubnet', { VpcId, CidrBlock: '10.60.0.0/29' }, 'InvalidSubnet.Range', "The CIDR '10.60.0.0/29' is invalid."],
  ['ModifySubnetAttribute', { SubnetId, EnableDns64: { Value: true } }, 'InvalidParameterValue', `Invalid value 'true' for enable-dns64. Cannot set enable-dns64 to true unless the subnet (${SubnetId}) has an IPv6 CIDR block associated with it.`],
  ['AttachInternetGateway', { InternetGatewayId: second.InternetGatewayId, VpcId }, 'InvalidParameterValue', `Network ${VpcId} already has an internet gateway attached`],
  ['CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }, 'InvalidParameterCombination', ONE_TARGET],
  ['CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', NatGatewayId: 'nat-1' }, 'InvalidParameterCombination', ONE_TARGET],
  ['CreateNatGateway', { SubnetId }, 'MissingParameter', 'The request must include the AllocationId parameter.'],
  ['CreateNatGateway', { SubnetId, ConnectivityType: 'private', AllocationId: eip.AllocationId }, 'InvalidParameter', 'AllocationId cannot be specified for a NAT Gateway with Connectivity Type private.'],
  ['AssociateAddress', { AllocationId: eip.AllocationId, PublicIp: eip.PublicIp, InstanceId: 'i-1' }, 'InvalidParameterCombination', 'You may specify public IP or allocation id, but not both in the same call'],
  ['CreateNetworkAclEntry', ENTRY, 'NetworkAclEntryAlreadyExists', 'The network acl entry identified by 100 already exists.'],
  ['CreateSecurityGroup', { GroupName: 'default', Description: 'd', VpcId }, 'InvalidParameterValue', 'Cannot use reserved security group name: default'],
  ['CreateSecurityGroup', { GroupName: 'sg-x', Description: 'd', VpcId }, 'InvalidParameterValue', 'Value (sg-x) for parameter GroupName is invalid. Group names may not be in the format sg-*.'],
  ['AuthorizeSecurityGroupIngress', ingress('tcp', [1, 1], { CidrIp: '10.0.0.0/33' }), 'InvalidParameterValue', 'CIDR block 10.0.0.0/33 is malformed'],
  ['AuthorizeSecurityGroupIngress', ingress('tcp', [1, 1], { CidrIp: '10.0.0.0/8', Description: 'a'.repeat(256) }), 'InvalidParameterValue', DESCRIPTION],
  ['AuthorizeSecurityGroupIngress', ingress('icmp', [256, 0]), 'InvalidParameterValue', 'ICMP type (256) out of range'],
  ['AuthorizeSecurityGroupIngress', ingress('icmp', [0, -2]), 'InvalidParameterValue', 'ICMP code (-2) out of range'],
  ['AuthorizeSecurityGroupIngress', ingress('tcp', [65_536, 65_536]), 'InvalidParameterValue', 'TCP/UDP (from) port (65536) out of range'],
  ['AuthorizeSecurityGroupIngress', ingress('udp', [-1, 80]), 'InvalidParameterValue', 'TCP/UDP (from) port (-1) out of range'],
  ['AuthorizeSecurityGroupIngress', ingress('tcp', [65_535, 65_534]), 'InvalidParameterValue', 'Invalid TCP/UDP port range(65535:65534)'],
  ['CreateKeyPair', { KeyName: ' key ' }, 'InvalidParameterValue', "Invalid value ' key ' for keyName. It should be trimmed"],
  ['CreateNetworkInterface', { SubnetId, PrivateIpAddress: '10.60.9.9' }, 'InvalidParameterValue', "Address does not fall within the subnet's address range"],
  ['CreateNetworkInterface', { SubnetId, PrivateIpAddresses: [8, 9].map((n) => ({ PrivateIpAddress: `10.60.1.${n}`, Primary: true })) }, 'InvalidParameterValue', 'Only one primary private IP address can be specified.'],
  ['RunInstances', { ...LAUNCH, NetworkInterfaces: [{ DeviceIndex: 1, SubnetId, AssociatePublicIpAddress: true }] }, 'InvalidParameterValue', 'The associatePublicIPAddress parameter can only be specified for the network interface with DeviceIndex 0.'],
  ['RunInstances', { ...LAUNCH, NetworkInterfaces: [{ DeviceIndex: 0, SubnetId }], SecurityGroupIds: [GroupId] }, 'InvalidParameterCombination', 'Network interfaces and an instance-level security groups may not be specified on the same request'],
  ['RunInstances', { ...LAUNCH, SubnetId, UserData: userData(16_385) }, 'InvalidParameterValue', 'User data is limited to 16384 bytes'],
];
describe('EC2 refuses', () => {
  for (const [operation, input, code, sentence] of ROWS) test(`${operation}: ${String(sentence)}`, async () => void (await assert.rejects(run(operation, input), refusal(code, sentence))));
});

test('what lies at the bounds is taken, as EC2 was measured to take it', async () => {
  for (const CidrBlock of ['100.64.0.0/16', '223.255.0.0/16', '240.0.0.0/16']) await run('DeleteVpc', { VpcId: (await run('CreateVpc', { CidrBlock })).Vpc.VpcId });
  await run('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.61.0.0/16' });
  await run('CreateNetworkAclEntry', { ...ENTRY, Egress: true });
  for (const at of [255, -1] as const) await run('AuthorizeSecurityGroupIngress', ingress('icmp', [at, at]));
  for (const from of [0, 65_535] as const) await run('AuthorizeSecurityGroupIngress', ingress('tcp', [from, 65_535]));
  await run('RunInstances', { ...LAUNCH, SubnetId, UserData: userData(16_384) });
});
