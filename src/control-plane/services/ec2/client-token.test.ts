import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ec2Stage, type Answer } from '../../../../test/support/ec2-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';

// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
test('who sends a request again under its client token gets what it made, and under another with it a refusal', async () => {
  const { run } = ec2Stage();
  const vpc = (await run('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId;
  const other = (await run('CreateVpc', { CidrBlock: '10.1.0.0/16' })).Vpc.VpcId;
  const subnet = async (VpcId: string, CidrBlock: string): Promise<string> => (await run('CreateSubnet', { VpcId, CidrBlock })).Subnet.SubnetId;
  const [here, there] = [await subnet(vpc, '10.0.0.0/24'), await subnet(other, '10.1.0.0/24')];
  for (const [operation, wanted, different, id] of [
    ['CreateRouteTable', { VpcId: vpc }, { VpcId: other }, ({ RouteTable }: Answer) => RouteTable.RouteTableId],
    ['CreateNetworkAcl', { VpcId: vpc }, { VpcId: other }, ({ NetworkAcl }: Answer) => NetworkAcl.NetworkAclId],
    ['CreateEgressOnlyInternetGateway', { VpcId: vpc }, { VpcId: other }, ({ EgressOnlyInternetGateway: made }: Answer) => made.EgressOnlyInternetGatewayId],
    ['CreateNetworkInterface', { SubnetId: here, Description: 'a' }, { SubnetId: here, Description: 'b' }, ({ NetworkInterface }: Answer) => NetworkInterface.NetworkInterfaceId],
    ['CreateNatGateway', { SubnetId: here, ConnectivityType: 'private' }, { SubnetId: there, ConnectivityType: 'private' }, ({ NatGateway }: Answer) => NatGateway.NatGatewayId],
  ] as const) {
    const first = await run(operation, { ...wanted, ClientToken: 'once' });
    assert.equal(first.ClientToken, 'once');
    assert.equal(id(await run(operation, { ...wanted, ClientToken: 'once' })), id(first), operation);
    assert.notEqual(id(await run(operation, { ...wanted, ClientToken: 'twice' })), id(first), operation);
    assert.notEqual(id(await run(operation, wanted)), id(first), operation);
    await assert.rejects(run(operation, { ...different, ClientToken: 'once' }), refusal('IdempotentParameterMismatch', /once was used for/), operation);
    await assert.rejects(run(operation, { ...wanted, ClientToken: 'x'.repeat(65) }), refusal('InvalidParameterValue', /64/), operation);
  }
});
