import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ec2Stage, type Answer } from '../../../../test/support/ec2-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';
import type { LimitName } from '../../resources/index.ts';

describe('NAT gateways', () => {
  test('hold an interface and an address of their subnet until they are deleted', async () => {
    const { run } = ec2Stage();
    const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { Subnet } = await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.1.0/24' });
    const { AllocationId, PublicIp } = await run('AllocateAddress', { Domain: 'vpc' });
    const wanted = { SubnetId: Subnet.SubnetId, AllocationId };
    await assert.rejects(run('CreateNatGateway', wanted), refusal('Gateway.NotAttached'));
    const gateway = (await run('CreateInternetGateway')).InternetGateway.InternetGatewayId;
    await run('AttachInternetGateway', { InternetGatewayId: gateway, VpcId: Vpc.VpcId });
    await assert.rejects(run('CreateNatGateway', { SubnetId: Subnet.SubnetId }), refusal('MissingParameter', /AllocationId/));
    const nat = (await run('CreateNatGateway', wanted)).NatGateway;
    assert.equal(nat.NatGatewayAddresses[0].PublicIp, PublicIp);
    await assert.rejects(run('CreateNatGateway', wanted), refusal('Resource.AlreadyAssociated'));
    await assert.rejects(run('ReleaseAddress', { AllocationId }), refusal('InvalidIPAddress.InUse'));
    await assert.rejects(run('DisassociateAddress', { AssociationId: nat.NatGatewayAddresses[0].AssociationId }), refusal('AuthFailure'));
    const other = (await run('AllocateAddress', { Domain: 'vpc' })).AllocationId;
    const nic = (await run('CreateNetworkInterface', { SubnetId: Subnet.SubnetId })).NetworkInterface.NetworkInterfaceId;
    await assert.rejects(run('AssociateAddress', { AllocationId, NetworkInterfaceId: nic }), refusal('AuthFailure'));
    await assert.rejects(run('AssociateAddress', { AllocationId: other, NetworkInterfaceId: nat.NatGatewayAddresses[0].NetworkInterfaceId }), refusal('AuthFailure'));
    await run('DeleteNetworkInterface', { NetworkInterfaceId: nic });
    await run('ReleaseAddress', { AllocationId: other });
    await assert.rejects(run('DeleteSubnet', { SubnetId: Subnet.SubnetId }), refusal('DependencyViolation'));
    const table = (await run('CreateRouteTable', { VpcId: Vpc.VpcId })).RouteTable.RouteTableId;
    await run('CreateRoute', { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: nat.NatGatewayId });
    const state = async (): Promise<string> => (await run('DescribeRouteTables', { RouteTableIds: [table] })).RouteTables[0].Routes.find((route: Answer) => route.NatGatewayId).State;
    assert.equal(await state(), 'active');
    assert.equal((await run('DescribeNatGateways', { Filter: [{ Name: 'vpc-id', Values: [Vpc.VpcId] }] })).NatGateways.length, 1);
    await run('DeleteNatGateway', { NatGatewayId: nat.NatGatewayId });
    assert.equal(await state(), 'blackhole');
    await assert.rejects(run('DescribeNatGateways', { NatGatewayIds: [nat.NatGatewayId] }), refusal('NatGatewayNotFound'));
    await run('ReleaseAddress', { AllocationId });
    const inner = (await run('CreateNatGateway', { SubnetId: Subnet.SubnetId, ConnectivityType: 'private', PrivateIpAddress: '10.0.1.9' })).NatGateway;
    assert.deepEqual([inner.NatGatewayAddresses[0].PrivateIp, inner.NatGatewayAddresses[0].PublicIp], ['10.0.1.9', undefined]);
    await run('DeleteNatGateway', { NatGatewayId: inner.NatGatewayId });
    await run('DeleteSubnet', { SubnetId: Subnet.SubnetId });
  });
});

/** https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html */
test('an egress-only internet gateway takes IPv6 routes of its VPC, and stands in the way of its end', async () => {
  const { run } = ec2Stage();
  const vpc = (await run('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true })).Vpc.VpcId;
  const made = await run('CreateEgressOnlyInternetGateway', { VpcId: vpc, ClientToken: 'once', TagSpecifications: [{ ResourceType: 'egress-only-internet-gateway', Tags: [{ Key: 'Name', Value: 'out' }] }] });
  const gateway = made.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId;
  assert.match(gateway, /^eigw-[0-9a-f]{17}$/);
  const found = (await run('DescribeEgressOnlyInternetGateways', { Filters: [{ Name: 'tag:Name', Values: ['out'] }] })).EgressOnlyInternetGateways;
  assert.deepEqual(found, [{ EgressOnlyInternetGatewayId: gateway, Attachments: [{ State: 'attached', VpcId: vpc }], Tags: [{ Key: 'Name', Value: 'out' }] }]);
  const table = (await run('CreateRouteTable', { VpcId: vpc })).RouteTable.RouteTableId;
  const route = { RouteTableId: table, EgressOnlyInternetGatewayId: gateway };
  await assert.rejects(run('CreateRoute', { ...route, DestinationCidrBlock: '0.0.0.0/0' }), refusal('InvalidParameterValue', /IPv6/));
  await run('CreateRoute', { ...route, DestinationIpv6CidrBlock: '::/0' });
  const states = async (): Promise<string[]> => (await run('DescribeRouteTables', { RouteTableIds: [table] })).RouteTables[0].Routes.filter((each: Answer) => each.EgressOnlyInternetGatewayId === gateway).map((each: Answer) => each.State);
  assert.deepEqual(await states(), ['active']);
  const other = (await run('CreateVpc', { CidrBlock: '10.1.0.0/16' })).Vpc.VpcId;
  const foreign = (await run('CreateRouteTable', { VpcId: other })).RouteTable.RouteTableId;
  await assert.rejects(run('CreateRoute', { ...route, RouteTableId: foreign, DestinationIpv6CidrBlock: '::/0' }), refusal('InvalidParameterValue', /different networks/));
  await assert.rejects(run('DeleteVpc', { VpcId: vpc }), refusal('DependencyViolation'));
  assert.deepEqual(await run('DeleteEgressOnlyInternetGateway', { EgressOnlyInternetGatewayId: gateway }), { ReturnCode: true });
  assert.deepEqual(await states(), ['blackhole']);
  await assert.rejects(run('DescribeEgressOnlyInternetGateways', { EgressOnlyInternetGatewayIds: [gateway] }), refusal('InvalidGatewayID.NotFound', new RegExp(`The eigw ID '${gateway}' does not exist`)));
});

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
describe('gateways and route tables are held to their quotas', () => {
  const only = (name: LimitName, most: number) => ec2Stage({ limits: { value: (asked, otherwise) => (asked === name ? most : otherwise) } }).run;

  test('internet gateways, that of the default VPC among them, which rise with the VPCs', async () => {
    const run = only('internet-gateways-per-region', 2);
    const gateway = (await run('CreateInternetGateway')).InternetGateway.InternetGatewayId;
    const tooMany = refusal('InternetGatewayLimitExceeded', /^The maximum number of internet gateways has been reached\.$/);
    await assert.rejects(run('CreateInternetGateway'), tooMany);
    await run('DeleteInternetGateway', { InternetGatewayId: gateway });
    await run('CreateInternetGateway');
    const withVpcs = only('vpcs-per-region', 6);
    for (let i = 0; i < 5; i++) await withVpcs('CreateInternetGateway');
    await assert.rejects(withVpcs('CreateInternetGateway'), tooMany);
  });

  test('egress-only internet gateways, and a token repeated is none more', async () => {
    const run = only('egress-only-internet-gateways-per-region', 1);
    const wanted = { VpcId: (await run('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId, ClientToken: 'once' };
    const made = await run('CreateEgressOnlyInternetGateway', wanted);
    assert.deepEqual(await run('CreateEgressOnlyInternetGateway', wanted), made);
    await assert.rejects(run('CreateEgressOnlyInternetGateway', { ...wanted, ClientToken: 'twice' }), refusal('ResourceLimitExceeded', /egress-only internet gateways/));
  });

  test('NAT gateways, each zone for itself', async () => {
    const run = only('nat-gateways-per-availability-zone', 1);
    const { VpcId } = (await run('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc;
    const subnet = async (CidrBlock: string, zone: string): Promise<string> => (await run('CreateSubnet', { VpcId, CidrBlock, AvailabilityZone: `us-east-1${zone}` })).Subnet.SubnetId;
    const create = async (SubnetId: string) => run('CreateNatGateway', { SubnetId, ConnectivityType: 'private' });
    const first = await subnet('10.0.1.0/24', 'a');
    await create(first);
    const beside = await subnet('10.0.2.0/24', 'a');
    await assert.rejects(create(beside), refusal('NatGatewayLimitExceeded', /^The maximum number of NAT Gateways has been reached\.$/));
    await create(await subnet('10.0.3.0/24', 'b'));
  });

  test('route tables, each VPC for itself, its main one among them', async () => {
    const run = only('route-tables-per-vpc', 2);
    const vpc = async (CidrBlock: string): Promise<string> => (await run('CreateVpc', { CidrBlock })).Vpc.VpcId;
    const VpcId = await vpc('10.0.0.0/16');
    await run('CreateRouteTable', { VpcId });
    await assert.rejects(run('CreateRouteTable', { VpcId }), refusal('RouteTableLimitExceeded', /^The maximum number of route tables has been reached\.$/));
    await run('CreateRouteTable', { VpcId: await vpc('10.1.0.0/16') });
  });
});
