import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ec2Stage, type Answer } from '../../../../test/support/ec2-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';

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
    await assert.rejects(run('CreateNatGateway', { SubnetId: Subnet.SubnetId }), refusal('MissingParameter', /allocationId/));
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
