import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv6Subnet } from '../../../../test/support/ipv6-block.ts';
import { ec2Stage, type Answer } from '../../../../test/support/ec2-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-sizing-ipv6
test('a VPC gets a /56 at its creation or later, every route table of it a local route, and gives it back when no subnet has part of it', async () => {
  const { run } = ec2Stage();
  const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true });
  const [first] = Vpc.Ipv6CidrBlockAssociationSet;
  assert.match(first.Ipv6CidrBlock, /^2001:db8:[0-9a-f:]+::\/56$/);
  assert.deepEqual([first.Ipv6CidrBlockState.State, first.Ipv6Pool, first.NetworkBorderGroup], ['associating', 'Amazon', 'us-east-1']);
  const { RouteTable } = await run('CreateRouteTable', { VpcId: Vpc.VpcId });
  const second = (await run('AssociateVpcCidrBlock', { VpcId: Vpc.VpcId, AmazonProvidedIpv6CidrBlock: true })).Ipv6CidrBlockAssociation;
  assert.notEqual(second.Ipv6CidrBlock, first.Ipv6CidrBlock);
  const local = async (): Promise<readonly string[]> =>
    (await run('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [Vpc.VpcId] }] })).RouteTables.map((table: Answer) => table.Routes.map((route: Answer) => route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock).join(' '));
  const all = `10.0.0.0/16 ${first.Ipv6CidrBlock} ${second.Ipv6CidrBlock}`;
  assert.deepEqual(await local(), [all, all]);
  assert.equal(RouteTable.Routes.length, 2);
  const named = async (name: string, value: string): Promise<Answer> => (await run('DescribeVpcs', { Filters: [{ Name: name, Values: [value] }] })).Vpcs;
  const [shown] = await named('ipv6-cidr-block-association.association-id', second.AssociationId);
  assert.deepEqual(shown.Ipv6CidrBlockAssociationSet.map((each: Answer) => each.Ipv6CidrBlockState.State), ['associated', 'associated']);
  assert.equal((await named('ipv6-cidr-block-association.ipv6-cidr-block', first.Ipv6CidrBlock)).length, 1);

  const inside = ipv6Subnet(first.Ipv6CidrBlock, 7);
  const { Subnet } = await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.0.0/24', Ipv6CidrBlock: inside });
  await assert.rejects(run('DisassociateVpcCidrBlock', { AssociationId: first.AssociationId }), refusal('DependencyViolation'));
  await run('DisassociateVpcCidrBlock', { AssociationId: second.AssociationId });
  assert.deepEqual(await local(), [`10.0.0.0/16 ${first.Ipv6CidrBlock}`, `10.0.0.0/16 ${first.Ipv6CidrBlock}`]);
  await run('DeleteSubnet', { SubnetId: Subnet.SubnetId });
  assert.equal((await run('DisassociateVpcCidrBlock', { AssociationId: first.AssociationId })).Ipv6CidrBlockAssociation.Ipv6CidrBlockState.State, 'disassociating');
  assert.equal((await run('DescribeVpcs', { VpcIds: [Vpc.VpcId] })).Vpcs[0].Ipv6CidrBlockAssociationSet, undefined);

  await assert.rejects(run('AssociateVpcCidrBlock', { VpcId: Vpc.VpcId, AmazonProvidedIpv6CidrBlock: true, CidrBlock: '10.9.0.0/16' }), refusal('InvalidParameterCombination'));
  await assert.rejects(run('AssociateVpcCidrBlock', { VpcId: Vpc.VpcId, AmazonProvidedIpv6CidrBlock: true, Ipv6CidrBlockNetworkBorderGroup: 'us-east-1-bos-1' }), refusal('InvalidParameterValue'));
  await assert.rejects(run('AssociateVpcCidrBlock', { VpcId: Vpc.VpcId, Ipv6Pool: 'ipv6pool-ec2-1', Ipv6CidrBlock: '2001:db8::/56' }), refusal('UnsupportedOperation'));
  for (let i = 0; i < 5; i++) await run('AssociateVpcCidrBlock', { VpcId: Vpc.VpcId, AmazonProvidedIpv6CidrBlock: true });
  await assert.rejects(run('AssociateVpcCidrBlock', { VpcId: Vpc.VpcId, AmazonProvidedIpv6CidrBlock: true }), refusal('CidrBlockLimitExceeded'));
});

// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html#subnet-sizing-ipv6
test('a subnet has one block of its VPC, of which interfaces get addresses where it says so', async () => {
  const { run } = ec2Stage();
  const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true });
  const block: string = Vpc.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock;
  const [one, two] = [ipv6Subnet(block, 0), ipv6Subnet(block, 1)];
  const { Subnet } = await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.0.0/24' });
  assert.deepEqual(Subnet.Ipv6CidrBlockAssociationSet, []);
  const assign = (Value: boolean): Promise<Answer> => run('ModifySubnetAttribute', { SubnetId: Subnet.SubnetId, AssignIpv6AddressOnCreation: { Value } });
  await assert.rejects(assign(true), refusal('InvalidParameterValue'));
  const associate = (Ipv6CidrBlock: string, SubnetId = Subnet.SubnetId): Promise<Answer> => run('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock });
  await assert.rejects(associate('2001:dead::/64'), refusal('InvalidSubnet.Range'));
  await assert.rejects(associate(one.replace('/64', '/62')), refusal('InvalidSubnet.Range'));
  await assert.rejects(associate('ten'), refusal('InvalidParameterValue'));
  const { Ipv6CidrBlockAssociation: association } = await associate(one);
  assert.deepEqual([association.Ipv6CidrBlock, association.Ipv6CidrBlockState.State], [one, 'associating']);
  await assert.rejects(associate(two), refusal('InvalidSubnet.Conflict'));
  const other = (await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.1.0/24' })).Subnet.SubnetId;
  await assert.rejects(associate(one, other), refusal('InvalidSubnet.Conflict'));
  const found = (await run('DescribeSubnets', { Filters: [{ Name: 'ipv6-cidr-block-association.association-id', Values: [association.AssociationId] }] })).Subnets;
  assert.deepEqual(found.map((subnet: Answer) => [subnet.SubnetId, subnet.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlockState.State]), [[Subnet.SubnetId, 'associated']]);

  await assign(true);
  const { NetworkInterface } = await run('CreateNetworkInterface', { SubnetId: Subnet.SubnetId });
  assert.equal(NetworkInterface.Ipv6Addresses.length, 1);
  assert.ok(NetworkInterface.Ipv6Addresses[0].Ipv6Address.startsWith(one.replace('::/64', ':')));
  await assert.rejects(run('DisassociateSubnetCidrBlock', { AssociationId: association.AssociationId }), refusal('DependencyViolation'));
  await run('DeleteNetworkInterface', { NetworkInterfaceId: NetworkInterface.NetworkInterfaceId });
  await assign(false);
  await run('DisassociateSubnetCidrBlock', { AssociationId: association.AssociationId });
  await assert.rejects(run('DisassociateSubnetCidrBlock', { AssociationId: association.AssociationId }), refusal('InvalidSubnetCidrBlockAssociationID.NotFound'));
});
